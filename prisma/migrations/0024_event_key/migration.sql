-- An event is found by its device and its time: the key is that index. A key of random ids besides was the most expensive part of a report, since each
-- one wrote to another page of an index that is read by nobody.
ALTER TABLE "device_event" DROP CONSTRAINT "device_event_pkey";
DROP INDEX "device_event_deviceId_at_idx";
ALTER TABLE "device_event" ADD CONSTRAINT "device_event_pkey" PRIMARY KEY ("deviceId", "at", "id");
