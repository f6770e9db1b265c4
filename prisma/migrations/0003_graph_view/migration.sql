-- The picture of a model's graph, made once by the worker. Models that were there before are drawn when somebody first looks.
CREATE TABLE "graph_view" (
    "id" UUID NOT NULL,
    "organisationId" TEXT NOT NULL,
    "modelSha256" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "state" TEXT NOT NULL,
    "step" TEXT,
    "sha256" TEXT,
    "errorCode" TEXT,
    "errorMessage" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finishedAt" TIMESTAMPTZ(3),

    CONSTRAINT "graph_view_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "graph_view_organisationId_modelSha256_key" ON "graph_view"("organisationId", "modelSha256");

CREATE INDEX "graph_view_sha256_idx" ON "graph_view"("sha256");
