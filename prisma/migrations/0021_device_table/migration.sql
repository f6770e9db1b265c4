-- Every device has a status: lists in the order of a status begin there. Enrolment has always made one, this is for what was put in by hand.
INSERT INTO "device_status" ("deviceId", "organisationId")
SELECT d."id", d."organisationId" FROM "device" d WHERE NOT EXISTS (SELECT 1 FROM "device_status" s WHERE s."deviceId" = d."id");

-- What lists are sorted and filtered by, kept by the database. An index on what every report changes would end heap-only updates:
-- these change with the health and once a minute. The rules are `deviceHealth` of packages/domain, which a test holds to.
ALTER TABLE "device_status"
  ADD COLUMN "healthRank" SMALLINT GENERATED ALWAYS AS (CASE
    WHEN NOT "online" THEN 3
    WHEN "phase" IN ('REFUSED', 'REJECTED', 'ROLLED_BACK') THEN 1
    WHEN "temperatureC" >= 80 OR "reasonCode" IS NOT NULL THEN 2
    WHEN "phase" IN ('PREFLIGHT', 'DOWNLOADING', 'VERIFYING', 'STAGED', 'ACTIVATING', 'PROBING') THEN 5
    ELSE 6 END) STORED,
  ADD COLUMN "lastSeenMinute" INTEGER GENERATED ALWAYS AS (COALESCE(floor(extract(epoch FROM "lastSeenAt" AT TIME ZONE 'UTC') / 60), 0)::integer) STORED;

DROP INDEX "device_status_organisationId_idx";
CREATE INDEX "device_status_organisationId_healthRank_deviceId_idx" ON "device_status"("organisationId", "healthRank", "deviceId");
CREATE INDEX "device_status_organisationId_lastSeenMinute_deviceId_idx" ON "device_status"("organisationId", "lastSeenMinute", "deviceId");
CREATE INDEX "device_organisationId_state_name_id_idx" ON "device"("organisationId", "state", "name", "id");

-- Names by any part of them, tags by key or value, numbers of the profile: over the expressions that packages/services/src/devices/filter-columns.ts writes.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE INDEX "device_name_trigram_idx" ON "device" USING gin ((lower("name" COLLATE "und-x-icu")) gin_trgm_ops);
CREATE INDEX "device_tags_idx" ON "device" USING gin ("tags");
CREATE INDEX "device_profile_idx" ON "device" ("organisationId", "profileName");
CREATE INDEX "device_memory_idx" ON "device" ("organisationId", (("profile" -> 'memoryBytes')::float8));
