/**
 * What `schema.prisma` cannot say. Fill factor 70 leaves room on each page for heap-only updates of rows that ingest rewrites
 * all the time; partial indexes answer "which are unfinished" without growing with history.
 */
export const TUNING_SQL = `
-- Tuning: kept by hand in packages/db/src/migrate/tuning.ts, since a Prisma schema cannot say it.
ALTER TABLE "device_status" SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE "rollout_device" SET (fillfactor = 80);
ALTER TABLE "assignment" SET (fillfactor = 80);

CREATE INDEX "upload_unfinished_idx" ON "upload" ("state", "createdAt") WHERE "state" IN ('UPLOADING', 'RECEIVED', 'INSPECTING');
CREATE INDEX "job_unfinished_idx" ON "job" ("state", "createdAt") WHERE "state" IN ('QUEUED', 'RUNNING');
CREATE INDEX "rollout_device_unfinished_idx" ON "rollout_device" ("rolloutId", "stageIndex", "state") WHERE "state" NOT IN ('SUCCEEDED', 'ROLLED_BACK', 'REFUSED', 'FAILED', 'TIMED_OUT', 'SUPERSEDED', 'CANCELLED', 'ALREADY_CURRENT', 'REVERTED');
`;
