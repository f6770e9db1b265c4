-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "user" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "emailVerified" BOOLEAN NOT NULL DEFAULT false,
    "image" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "user_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "session" (
    "id" TEXT NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "token" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,
    "ipAddress" TEXT,
    "userAgent" TEXT,
    "userId" TEXT NOT NULL,
    "activeOrganizationId" TEXT,

    CONSTRAINT "session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "account" (
    "id" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "providerId" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "accessToken" TEXT,
    "refreshToken" TEXT,
    "idToken" TEXT,
    "accessTokenExpiresAt" TIMESTAMPTZ(3),
    "refreshTokenExpiresAt" TIMESTAMPTZ(3),
    "scope" TEXT,
    "password" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "verification" (
    "id" TEXT NOT NULL,
    "identifier" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "verification_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "organization" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "logo" TEXT,
    "metadata" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "organization_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "member" (
    "id" TEXT NOT NULL,
    "organizationId" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "member_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "invitation" (
    "id" TEXT NOT NULL,
    "organizationId" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "role" TEXT,
    "status" TEXT NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "inviterId" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "invitation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "setup_token" (
    "id" UUID NOT NULL,
    "organisationId" TEXT NOT NULL,
    "tokenSha256" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "usedAt" TIMESTAMPTZ(3),

    CONSTRAINT "setup_token_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "upload" (
    "id" UUID NOT NULL,
    "organisationId" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "fileName" TEXT NOT NULL,
    "sizeBytes" BIGINT NOT NULL,
    "receivedBytes" BIGINT NOT NULL DEFAULT 0,
    "progressAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "claimedSha256" TEXT,
    "sha256" TEXT,
    "state" TEXT NOT NULL,
    "errorCode" TEXT,
    "errorMessage" TEXT,
    "inspection" JSONB,
    "targetModelId" UUID,
    "modelVersionId" UUID,
    "dataSetId" UUID,
    "createdBy" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "receivedAt" TIMESTAMPTZ(3),
    "verdictAt" TIMESTAMPTZ(3),

    CONSTRAINT "upload_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "model" (
    "id" UUID NOT NULL,
    "organisationId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "releaseCounter" INTEGER NOT NULL DEFAULT 0,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "archivedAt" TIMESTAMPTZ(3),

    CONSTRAINT "model_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "model_version" (
    "id" UUID NOT NULL,
    "organisationId" TEXT NOT NULL,
    "modelId" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "fileName" TEXT NOT NULL,
    "sha256" TEXT NOT NULL,
    "sizeBytes" BIGINT NOT NULL,
    "inspection" JSONB NOT NULL,
    "card" JSONB NOT NULL,
    "createdBy" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "model_version_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "variant" (
    "id" UUID NOT NULL,
    "organisationId" TEXT NOT NULL,
    "modelVersionId" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "recipe" JSONB NOT NULL,
    "cacheKey" TEXT NOT NULL,
    "sha256" TEXT NOT NULL,
    "sizeBytes" BIGINT NOT NULL,
    "opset" INTEGER NOT NULL,
    "isSource" BOOLEAN NOT NULL DEFAULT false,
    "jobId" UUID,
    "report" JSONB,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "variant_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "model_event" (
    "id" UUID NOT NULL,
    "organisationId" TEXT NOT NULL,
    "modelId" UUID NOT NULL,
    "modelVersionId" UUID,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "params" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "model_event_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "data_set" (
    "id" UUID NOT NULL,
    "organisationId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "sha256" TEXT NOT NULL,
    "sizeBytes" BIGINT NOT NULL,
    "sampleCount" INTEGER NOT NULL,
    "sampleShape" JSONB NOT NULL,
    "classNames" JSONB NOT NULL,
    "labelsSha256" TEXT,
    "createdBy" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "data_set_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "job" (
    "id" UUID NOT NULL,
    "organisationId" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "modelVersionId" UUID NOT NULL,
    "recipe" JSONB NOT NULL,
    "variantId" UUID,
    "calibrationDataSetId" UUID,
    "testDataSetId" UUID,
    "gates" JSONB NOT NULL,
    "progress" JSONB,
    "errorCode" TEXT,
    "errorMessage" TEXT,
    "cancelRequestedAt" TIMESTAMPTZ(3),
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "createdBy" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "startedAt" TIMESTAMPTZ(3),
    "finishedAt" TIMESTAMPTZ(3),

    CONSTRAINT "job_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "job_log" (
    "id" BIGSERIAL NOT NULL,
    "organisationId" TEXT NOT NULL,
    "jobId" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "level" TEXT NOT NULL,
    "message" TEXT NOT NULL,

    CONSTRAINT "job_log_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "release" (
    "id" UUID NOT NULL,
    "organisationId" TEXT NOT NULL,
    "modelId" UUID NOT NULL,
    "modelVersionId" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "counter" INTEGER NOT NULL,
    "variantIds" UUID[],
    "goldenDataSetId" UUID,
    "goldenCount" INTEGER NOT NULL DEFAULT 32,
    "gates" JSONB NOT NULL,
    "state" TEXT NOT NULL,
    "errorCode" TEXT,
    "errorMessage" TEXT,
    "manifest" JSONB,
    "envelope" JSONB,
    "sizeBytes" BIGINT NOT NULL DEFAULT 0,
    "gatesPassed" BOOLEAN NOT NULL DEFAULT true,
    "createdBy" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "release_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "device" (
    "id" UUID NOT NULL,
    "organisationId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "keySha256" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "csrPem" TEXT,
    "profile" JSONB NOT NULL,
    "profileName" TEXT NOT NULL,
    "tags" JSONB NOT NULL DEFAULT '{}',
    "certificateSerial" TEXT,
    "certificateExpiresAt" TIMESTAMPTZ(3),
    "enrolmentTokenId" UUID,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "enrolledAt" TIMESTAMPTZ(3),
    "revokedAt" TIMESTAMPTZ(3),

    CONSTRAINT "device_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "device_status" (
    "deviceId" UUID NOT NULL,
    "organisationId" TEXT NOT NULL,
    "online" BOOLEAN NOT NULL DEFAULT false,
    "bootId" TEXT,
    "lastN" INTEGER NOT NULL DEFAULT -1,
    "earlierBootIds" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "lastSeenAt" TIMESTAMPTZ(3),
    "phase" TEXT,
    "phaseAt" TIMESTAMPTZ(3),
    "seq" INTEGER NOT NULL DEFAULT 0,
    "progress" DOUBLE PRECISION,
    "reasonCode" TEXT,
    "reasonMessage" TEXT,
    "runningReleaseId" UUID,
    "runningVariantSha256" TEXT,
    "standbyReleaseId" UUID,
    "standbyVariantSha256" TEXT,
    "latencyP50Ms" DOUBLE PRECISION,
    "latencyP95Ms" DOUBLE PRECISION,
    "memoryBytes" BIGINT,
    "temperatureC" DOUBLE PRECISION,
    "probe" JSONB,

    CONSTRAINT "device_status_pkey" PRIMARY KEY ("deviceId")
);

-- CreateTable
CREATE TABLE "enrolment_token" (
    "id" UUID NOT NULL,
    "organisationId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "groupId" UUID,
    "tokenSha256" TEXT NOT NULL,
    "tags" JSONB NOT NULL DEFAULT '{}',
    "maxUses" INTEGER NOT NULL,
    "uses" INTEGER NOT NULL DEFAULT 0,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "revokedAt" TIMESTAMPTZ(3),
    "createdBy" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "enrolment_token_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "group" (
    "id" UUID NOT NULL,
    "organisationId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "filter" JSONB NOT NULL DEFAULT '{}',
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "group_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "group_member" (
    "groupId" UUID NOT NULL,
    "deviceId" UUID NOT NULL,
    "organisationId" TEXT NOT NULL,

    CONSTRAINT "group_member_pkey" PRIMARY KEY ("groupId","deviceId")
);

-- CreateTable
CREATE TABLE "assignment" (
    "deviceId" UUID NOT NULL,
    "organisationId" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "releaseId" UUID NOT NULL,
    "variantId" UUID NOT NULL,
    "rolloutId" UUID,
    "previousReleaseId" UUID,
    "previousVariantId" UUID,
    "assignedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "assignment_pkey" PRIMARY KEY ("deviceId")
);

-- CreateTable
CREATE TABLE "outbox" (
    "id" BIGSERIAL NOT NULL,
    "organisationId" TEXT NOT NULL,
    "deviceId" UUID NOT NULL,
    "topic" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("id")
);

-- CreateTable
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
);

-- CreateTable
CREATE TABLE "device_event" (
    "id" UUID NOT NULL,
    "organisationId" TEXT NOT NULL,
    "deviceId" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "kind" TEXT NOT NULL,
    "phase" TEXT,
    "seq" INTEGER,
    "releaseId" UUID,
    "reasonCode" TEXT,
    "reasonMessage" TEXT,
    "details" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "device_event_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "rollout" (
    "id" UUID NOT NULL,
    "organisationId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "releaseId" UUID NOT NULL,
    "groupId" UUID NOT NULL,
    "state" TEXT NOT NULL,
    "gates" JSONB NOT NULL,
    "readings" JSONB NOT NULL DEFAULT '[]',
    "whyDecisionId" UUID,
    "createdBy" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "startedAt" TIMESTAMPTZ(3),
    "finishedAt" TIMESTAMPTZ(3),

    CONSTRAINT "rollout_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "rollout_stage" (
    "rolloutId" UUID NOT NULL,
    "index" INTEGER NOT NULL,
    "organisationId" TEXT NOT NULL,
    "spec" JSONB NOT NULL,
    "state" TEXT NOT NULL,
    "startedAt" TIMESTAMPTZ(3),
    "soakUntil" TIMESTAMPTZ(3),
    "deadlineAt" TIMESTAMPTZ(3),
    "finishedAt" TIMESTAMPTZ(3),

    CONSTRAINT "rollout_stage_pkey" PRIMARY KEY ("rolloutId","index")
);

-- CreateTable
CREATE TABLE "rollout_device" (
    "rolloutId" UUID NOT NULL,
    "deviceId" UUID NOT NULL,
    "organisationId" TEXT NOT NULL,
    "stageIndex" INTEGER NOT NULL,
    "state" TEXT NOT NULL,
    "variantId" UUID,
    "seq" INTEGER,
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "progress" DOUBLE PRECISION,
    "reasonCode" TEXT,
    "reasonMessage" TEXT,
    "probe" JSONB,
    "previousReleaseId" UUID,
    "previousVariantId" UUID,
    "assignedAt" TIMESTAMPTZ(3),
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "rollout_device_pkey" PRIMARY KEY ("rolloutId","deviceId")
);

-- CreateTable
CREATE TABLE "decision" (
    "id" UUID NOT NULL,
    "organisationId" TEXT NOT NULL,
    "rolloutId" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "actor" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "message" TEXT NOT NULL,
    "params" JSONB NOT NULL,
    "deviceId" UUID,

    CONSTRAINT "decision_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "artifact_fetch" (
    "deviceId" UUID NOT NULL,
    "sha256" TEXT NOT NULL,
    "organisationId" TEXT NOT NULL,
    "bytes" BIGINT NOT NULL DEFAULT 0,
    "firstAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lastAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "artifact_fetch_pkey" PRIMARY KEY ("deviceId","sha256")
);

-- CreateIndex
CREATE UNIQUE INDEX "user_email_key" ON "user"("email");

-- CreateIndex
CREATE UNIQUE INDEX "session_token_key" ON "session"("token");

-- CreateIndex
CREATE INDEX "session_userId_idx" ON "session"("userId");

-- CreateIndex
CREATE INDEX "account_userId_idx" ON "account"("userId");

-- CreateIndex
CREATE INDEX "verification_identifier_idx" ON "verification"("identifier");

-- CreateIndex
CREATE UNIQUE INDEX "organization_slug_key" ON "organization"("slug");

-- CreateIndex
CREATE INDEX "member_userId_idx" ON "member"("userId");

-- CreateIndex
CREATE UNIQUE INDEX "member_organizationId_userId_key" ON "member"("organizationId", "userId");

-- CreateIndex
CREATE INDEX "invitation_organizationId_idx" ON "invitation"("organizationId");

-- CreateIndex
CREATE UNIQUE INDEX "setup_token_tokenSha256_key" ON "setup_token"("tokenSha256");

-- CreateIndex
CREATE INDEX "upload_organisationId_createdAt_idx" ON "upload"("organisationId", "createdAt" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "model_organisationId_name_key" ON "model"("organisationId", "name");

-- CreateIndex
CREATE INDEX "model_version_organisationId_sha256_idx" ON "model_version"("organisationId", "sha256");

-- CreateIndex
CREATE UNIQUE INDEX "model_version_modelId_version_key" ON "model_version"("modelId", "version");

-- CreateIndex
CREATE UNIQUE INDEX "variant_modelVersionId_cacheKey_key" ON "variant"("modelVersionId", "cacheKey");

-- CreateIndex
CREATE INDEX "model_event_modelId_at_idx" ON "model_event"("modelId", "at" DESC);

-- CreateIndex
CREATE INDEX "data_set_organisationId_createdAt_idx" ON "data_set"("organisationId", "createdAt" DESC);

-- CreateIndex
CREATE INDEX "job_organisationId_createdAt_idx" ON "job"("organisationId", "createdAt" DESC);

-- CreateIndex
CREATE INDEX "job_modelVersionId_idx" ON "job"("modelVersionId");

-- CreateIndex
CREATE INDEX "job_log_jobId_id_idx" ON "job_log"("jobId", "id");

-- CreateIndex
CREATE INDEX "release_organisationId_createdAt_idx" ON "release"("organisationId", "createdAt" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "release_modelId_counter_key" ON "release"("modelId", "counter");

-- CreateIndex
CREATE INDEX "device_organisationId_name_id_idx" ON "device"("organisationId", "name", "id");

-- CreateIndex
CREATE UNIQUE INDEX "device_organisationId_keySha256_key" ON "device"("organisationId", "keySha256");

-- CreateIndex
CREATE INDEX "device_status_organisationId_idx" ON "device_status"("organisationId");

-- CreateIndex
CREATE UNIQUE INDEX "enrolment_token_tokenSha256_key" ON "enrolment_token"("tokenSha256");

-- CreateIndex
CREATE INDEX "enrolment_token_organisationId_idx" ON "enrolment_token"("organisationId");

-- CreateIndex
CREATE UNIQUE INDEX "group_organisationId_name_key" ON "group"("organisationId", "name");

-- CreateIndex
CREATE INDEX "group_member_deviceId_idx" ON "group_member"("deviceId");

-- CreateIndex
CREATE INDEX "assignment_releaseId_idx" ON "assignment"("releaseId");

-- CreateIndex
CREATE INDEX "device_metric_organisationId_at_idx" ON "device_metric"("organisationId", "at");

-- CreateIndex
CREATE INDEX "device_event_deviceId_at_idx" ON "device_event"("deviceId", "at" DESC);

-- CreateIndex
CREATE INDEX "device_event_organisationId_kind_at_idx" ON "device_event"("organisationId", "kind", "at" DESC);

-- CreateIndex
CREATE INDEX "rollout_organisationId_createdAt_idx" ON "rollout"("organisationId", "createdAt" DESC);

-- CreateIndex
CREATE INDEX "rollout_state_idx" ON "rollout"("state");

-- CreateIndex
CREATE INDEX "rollout_device_deviceId_idx" ON "rollout_device"("deviceId");

-- CreateIndex
CREATE INDEX "decision_rolloutId_at_idx" ON "decision"("rolloutId", "at" DESC);

-- AddForeignKey
ALTER TABLE "session" ADD CONSTRAINT "session_userId_fkey" FOREIGN KEY ("userId") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "account" ADD CONSTRAINT "account_userId_fkey" FOREIGN KEY ("userId") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "member" ADD CONSTRAINT "member_organizationId_fkey" FOREIGN KEY ("organizationId") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "member" ADD CONSTRAINT "member_userId_fkey" FOREIGN KEY ("userId") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "invitation" ADD CONSTRAINT "invitation_organizationId_fkey" FOREIGN KEY ("organizationId") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "model_version" ADD CONSTRAINT "model_version_modelId_fkey" FOREIGN KEY ("modelId") REFERENCES "model"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "variant" ADD CONSTRAINT "variant_modelVersionId_fkey" FOREIGN KEY ("modelVersionId") REFERENCES "model_version"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "job_log" ADD CONSTRAINT "job_log_jobId_fkey" FOREIGN KEY ("jobId") REFERENCES "job"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "release" ADD CONSTRAINT "release_modelVersionId_fkey" FOREIGN KEY ("modelVersionId") REFERENCES "model_version"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "device_status" ADD CONSTRAINT "device_status_deviceId_fkey" FOREIGN KEY ("deviceId") REFERENCES "device"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "group_member" ADD CONSTRAINT "group_member_groupId_fkey" FOREIGN KEY ("groupId") REFERENCES "group"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "assignment" ADD CONSTRAINT "assignment_deviceId_fkey" FOREIGN KEY ("deviceId") REFERENCES "device"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "rollout_stage" ADD CONSTRAINT "rollout_stage_rolloutId_fkey" FOREIGN KEY ("rolloutId") REFERENCES "rollout"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "rollout_device" ADD CONSTRAINT "rollout_device_rolloutId_fkey" FOREIGN KEY ("rolloutId") REFERENCES "rollout"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "decision" ADD CONSTRAINT "decision_rolloutId_fkey" FOREIGN KEY ("rolloutId") REFERENCES "rollout"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Tuning: kept by hand in packages/db/src/migrate/tuning.ts, since a Prisma schema cannot say it.
ALTER TABLE "device_status" SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE "rollout_device" SET (fillfactor = 80);
ALTER TABLE "assignment" SET (fillfactor = 80);

CREATE INDEX "upload_unfinished_idx" ON "upload" ("state", "createdAt") WHERE "state" IN ('UPLOADING', 'RECEIVED', 'INSPECTING');
CREATE INDEX "job_unfinished_idx" ON "job" ("state", "createdAt") WHERE "state" IN ('QUEUED', 'RUNNING');
CREATE INDEX "rollout_device_unfinished_idx" ON "rollout_device" ("rolloutId", "stageIndex", "state") WHERE "state" NOT IN ('SUCCEEDED', 'ROLLED_BACK', 'REFUSED', 'FAILED', 'TIMED_OUT', 'SUPERSEDED', 'CANCELLED', 'ALREADY_CURRENT', 'REVERTED');
