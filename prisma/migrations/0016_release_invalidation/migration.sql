-- A release that a person found to be bad: when, who, and why.
ALTER TABLE "release" ADD COLUMN "invalidatedAt" TIMESTAMPTZ(3);
ALTER TABLE "release" ADD COLUMN "invalidatedBy" TEXT;
ALTER TABLE "release" ADD COLUMN "invalidReason" TEXT;
