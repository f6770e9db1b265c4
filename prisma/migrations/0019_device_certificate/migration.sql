-- Every device certificate that was given out, until it ends: a broker that knows certificates only by a revocation list must be told each serial of a
-- revoked device, also of those that the device never used.
CREATE TABLE "device_certificate" (
    "serial" TEXT NOT NULL,
    "organisationId" TEXT NOT NULL,
    "deviceId" UUID NOT NULL,
    "validFrom" TIMESTAMPTZ(3) NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "device_certificate_pkey" PRIMARY KEY ("serial")
);
CREATE INDEX "device_certificate_deviceId_idx" ON "device_certificate"("deviceId");

INSERT INTO "device_certificate" ("serial", "organisationId", "deviceId", "validFrom", "expiresAt")
SELECT "certificateSerial", "organisationId", id, "certificateValidFrom", "certificateExpiresAt" FROM "device"
WHERE "certificateSerial" IS NOT NULL AND "certificateValidFrom" IS NOT NULL AND "certificateExpiresAt" IS NOT NULL
UNION ALL
SELECT "previousCertificateSerial", "organisationId", id, "certificateValidFrom" - interval '1 second', "certificateExpiresAt" FROM "device"
WHERE "previousCertificateSerial" IS NOT NULL AND "certificateValidFrom" IS NOT NULL AND "certificateExpiresAt" IS NOT NULL
ON CONFLICT DO NOTHING;
