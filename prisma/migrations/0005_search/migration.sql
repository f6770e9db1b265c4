-- A job that looks for a variant which meets a goal.
CREATE TABLE "search" (
    "jobId" UUID NOT NULL,
    "organisationId" TEXT NOT NULL,
    "goal" JSONB NOT NULL,
    "steeringDataSetId" UUID NOT NULL,
    "findings" JSONB,
    "stopRequestedAt" TIMESTAMPTZ(3),

    CONSTRAINT "search_pkey" PRIMARY KEY ("jobId")
);
ALTER TABLE "search" ADD CONSTRAINT "search_jobId_fkey" FOREIGN KEY ("jobId") REFERENCES "job"("id") ON DELETE CASCADE ON UPDATE CASCADE;
