-- Metrics by day: what is too old is dropped as a table, not row by row. The days live in a schema of their own. The gateway makes the next ones
-- and drops the oldest (packages/services/src/history). What falls on no day goes to the default partition, which is emptied as well.
CREATE SCHEMA "history";

-- The rows that are there stay where they are: their table becomes the default partition. None of them is copied.
ALTER TABLE "device_metric" SET SCHEMA "history";
ALTER TABLE "history"."device_metric" RENAME TO "device_metric_default";
ALTER TABLE "history"."device_metric_default" RENAME CONSTRAINT "device_metric_pkey" TO "device_metric_default_pkey";
ALTER INDEX "history"."device_metric_organisationId_at_idx" RENAME TO "device_metric_default_organisationId_at_idx";

CREATE TABLE "device_metric" (
    "deviceId" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "organisationId" TEXT NOT NULL,
    "releaseId" UUID,
    "windowSeconds" DOUBLE PRECISION NOT NULL,
    "inferenceCount" INTEGER NOT NULL,
    "errorCount" INTEGER NOT NULL,
    "latencyP50Ms" DOUBLE PRECISION,
    "latencyP95Ms" DOUBLE PRECISION,
    "histogram" JSONB NOT NULL,
    "memoryBytes" BIGINT NOT NULL,
    "temperatureC" DOUBLE PRECISION,
    "classCounts" JSONB NOT NULL DEFAULT '{}',
    "meanConfidence" DOUBLE PRECISION,

    CONSTRAINT "device_metric_pkey" PRIMARY KEY ("deviceId","at")
) PARTITION BY RANGE ("at");
CREATE INDEX "device_metric_organisationId_at_idx" ON "device_metric"("organisationId", "at");

ALTER TABLE "device_metric" ATTACH PARTITION "history"."device_metric_default" DEFAULT;

-- Ingest rewrites these rows all the time: room on each page for the next version of a row, and a vacuum that comes before the table has grown.
ALTER TABLE "rollout_device" SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
