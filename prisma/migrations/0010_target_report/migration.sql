-- What each kind of device makes of a model: made by the worker when somebody first asks.
CREATE TABLE "target_report" (
    "id" UUID NOT NULL,
    "organisationId" TEXT NOT NULL,
    "modelSha256" TEXT NOT NULL,
    "fileSha256" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "state" TEXT NOT NULL,
    "step" TEXT,
    "report" JSONB,
    "errorCode" TEXT,
    "errorMessage" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finishedAt" TIMESTAMPTZ(3),

    CONSTRAINT "target_report_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "target_report_organisationId_modelSha256_fileSha256_key" ON "target_report"("organisationId", "modelSha256", "fileSha256");
