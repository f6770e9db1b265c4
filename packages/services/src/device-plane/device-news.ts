import type { LiveEvent } from "@flotilla/contracts";

/** More devices than this in one batch are announced as "devices changed". */
const NAMED_DEVICES = 50;

/** What to announce of changed devices: each by name while they are few, else once an organisation, so that a fleet does not wake every tab once a device. */
export function deviceNews(devices: readonly { organisationId: string; deviceId: string }[], named: number = NAMED_DEVICES): LiveEvent[] {
  if (devices.length <= named)
    return devices.map(({ organisationId, deviceId }) => ({ organisationId, topic: "device" as const, id: deviceId }));
  return [...new Set(devices.map(({ organisationId }) => organisationId))].map((organisationId) => ({ organisationId, topic: "device" }));
}
