-- Pace, windows, retries and whom else a rollout takes. An older rollout has none of them.
ALTER TABLE "rollout" ADD COLUMN     "options" JSONB NOT NULL DEFAULT '{}',
ADD COLUMN     "pacedFrom" TIMESTAMPTZ(3),
ADD COLUMN     "pacedAt" TIMESTAMPTZ(3),
ADD COLUMN     "joinedAt" TIMESTAMPTZ(3);
