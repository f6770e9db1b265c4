-- What a rollout's device is was accepted: until now an instant said so, which two hosts with two clocks can disagree about.
ALTER TABLE "rollout_device" ADD COLUMN "settled" BOOLEAN NOT NULL DEFAULT false;

UPDATE "rollout_device" rd SET "settled" = true FROM "rollout_stage" s
WHERE s."rolloutId" = rd."rolloutId" AND s."index" = rd."stageIndex" AND rd."state" <> 'QUEUED'
  AND (s."state" = 'PASSED' OR (s."startedAt" > rd."updatedAt" AND rd."state" IN ('SUCCEEDED', 'ROLLED_BACK', 'FAILED', 'TIMED_OUT')));

-- A certificate counts once the device has used it. Which one each device uses is not known yet: the first that is seen is taken.
ALTER TABLE "device" ADD COLUMN "certificateValidFrom" TIMESTAMPTZ(3),
ADD COLUMN "certificateUsedAt" TIMESTAMPTZ(3),
ADD COLUMN "previousCertificateSerial" TEXT;

UPDATE "device" SET "certificateSerial" = NULL;

-- Who is revoked is asked for whenever a device changes.
CREATE INDEX "device_state_idx" ON "device"("state");
