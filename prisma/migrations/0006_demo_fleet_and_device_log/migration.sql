-- How many devices the embedded stack should simulate on its own machine.
CREATE TABLE "demo_fleet" (
    "organisationId" TEXT NOT NULL,
    "wanted" INTEGER NOT NULL DEFAULT 0,
    "problem" TEXT,
    "changedBy" TEXT NOT NULL,
    "changedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "demo_fleet_pkey" PRIMARY KEY ("organisationId")
);

-- The end of a device's own log: one bounded row a device.
CREATE TABLE "device_log" (
    "deviceId" UUID NOT NULL,
    "organisationId" TEXT NOT NULL,
    "lines" JSONB NOT NULL,

    CONSTRAINT "device_log_pkey" PRIMARY KEY ("deviceId")
);

ALTER TABLE "device_log" ADD CONSTRAINT "device_log_deviceId_fkey" FOREIGN KEY ("deviceId") REFERENCES "device"("id") ON DELETE CASCADE ON UPDATE CASCADE;
