-- Whether a rollout needs a second person's approval before it begins. No row: it does not.
CREATE TABLE "rollout_policy" (
  "organisationId" TEXT NOT NULL,
  "secondPerson" BOOLEAN NOT NULL DEFAULT false,
  "changedBy" TEXT NOT NULL,
  "changedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "rollout_policy_pkey" PRIMARY KEY ("organisationId")
);

-- When it is to begin, as the person said it, and who asked for the start.
ALTER TABLE "rollout" ADD COLUMN "startAt" TIMESTAMPTZ(3);
ALTER TABLE "rollout" ADD COLUMN "timeZone" TEXT;
ALTER TABLE "rollout" ADD COLUMN "requestedBy" TEXT;
ALTER TABLE "rollout" ADD COLUMN "requestedAt" TIMESTAMPTZ(3);
CREATE INDEX "rollout_releaseId_idx" ON "rollout"("releaseId");

-- What people said to a rollout that waited for them. It counts for the plan whose hash it names, and for no other.
CREATE TABLE "rollout_approval" (
  "id" UUID NOT NULL,
  "organisationId" TEXT NOT NULL,
  "rolloutId" UUID NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,
  "userId" TEXT NOT NULL,
  "userName" TEXT NOT NULL,
  "verdict" TEXT NOT NULL,
  "reason" TEXT,
  "planSha256" TEXT NOT NULL,
  CONSTRAINT "rollout_approval_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "rollout_approval_rolloutId_at_idx" ON "rollout_approval"("rolloutId", "at" DESC);
ALTER TABLE "rollout_approval" ADD CONSTRAINT "rollout_approval_rolloutId_fkey" FOREIGN KEY ("rolloutId") REFERENCES "rollout"("id") ON DELETE CASCADE ON UPDATE CASCADE;
