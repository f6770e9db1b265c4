-- A model may come in another format than ONNX. The sha256 of a version stays that of its ONNX file, and these name what was uploaded and how it was converted.
ALTER TABLE "model_version"
    ADD COLUMN "uploadedSha256" TEXT,
    ADD COLUMN "uploadedSizeBytes" BIGINT,
    ADD COLUMN "uploadedFormat" TEXT,
    ADD COLUMN "conversion" JSONB;

CREATE INDEX "model_version_organisationId_uploadedSha256_idx" ON "model_version"("organisationId", "uploadedSha256");

-- What is known of an upload before its verdict: the choices of who sent it, what the worker is at, and what the file holds.
ALTER TABLE "upload"
    ADD COLUMN "options" JSONB,
    ADD COLUMN "step" TEXT,
    ADD COLUMN "description" JSONB;

-- A variant may be a file for another runtime.
ALTER TABLE "variant" ADD COLUMN "format" TEXT NOT NULL DEFAULT 'onnx';
