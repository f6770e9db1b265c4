-- What filters ask for and few devices have: when it was added, which release it runs, and why it is not well. None of them changes with a report.
CREATE INDEX "device_organisationId_createdAt_idx" ON "device"("organisationId", "createdAt");
CREATE INDEX "device_status_organisationId_runningReleaseId_idx" ON "device_status"("organisationId", "runningReleaseId");
CREATE INDEX "device_status_reason_idx" ON "device_status" ("organisationId", "reasonCode") WHERE "reasonCode" IS NOT NULL;
