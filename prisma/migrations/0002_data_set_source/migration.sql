-- The file that a data set was made of: the same file again is recognised without being sent.
ALTER TABLE "data_set" ADD COLUMN "sourceSha256" TEXT;

-- What the uploads of existing data sets remember.
UPDATE "data_set" SET "sourceSha256" = "upload"."sha256"
  FROM "upload" WHERE "upload"."dataSetId" = "data_set"."id" AND "upload"."organisationId" = "data_set"."organisationId";

CREATE INDEX "data_set_organisationId_sourceSha256_idx" ON "data_set"("organisationId", "sourceSha256");
