import { FlotillaError, idSchema } from "@flotilla/contracts";
import type { DeviceIdentity, DevicePlaneContext } from "./context.ts";
import { recordSecurityEvent } from "./record-security-event.ts";

/** A poll within this time of the last one writes nothing. */
const SEEN_EVERY_SECONDS = 15;

/**
 * The device behind a verified certificate, which must be ACTIVE now: a certificate outlives a revocation. `commonName` is the
 * certificate's CN, null where there was none. Notes that the device was seen. Throws `CERTIFICATE_REQUIRED` or `DEVICE_REVOKED`.
 */
export async function authenticateDevice(ctx: DevicePlaneContext, commonName: string | null): Promise<DeviceIdentity> {
  if (commonName === null || !idSchema.safeParse(commonName).success) {
    throw new FlotillaError("CERTIFICATE_REQUIRED", "This call needs a device certificate. Enrol first: POST /device/v1/enrol.");
  }
  const [device] = await ctx.db.query<{ state: string; organisationId: string }>(
    `SELECT state, "organisationId" FROM device WHERE id = $1::uuid`,
    [commonName],
  );
  if (device === undefined) {
    throw new FlotillaError(
      "CERTIFICATE_REQUIRED",
      `The certificate names device ${commonName}, which this server does not know. Enrol again.`,
    );
  }
  if (device.state !== "ACTIVE") {
    const identity = { deviceId: commonName, organisationId: device.organisationId };
    const event = {
      code: "DEVICE_REVOKED",
      message: "It was revoked and still asked the server; it was refused.",
      target: "https",
    } as const;
    await recordSecurityEvent(ctx, identity, event);
    throw new FlotillaError("DEVICE_REVOKED", `Device ${commonName} is ${device.state.toLowerCase()}.`);
  }
  await ctx.db.query(
    `UPDATE device_status SET "lastSeenAt" = $2
      WHERE "deviceId" = $1::uuid AND ("lastSeenAt" IS NULL OR "lastSeenAt" < $2::timestamptz - interval '${SEEN_EVERY_SECONDS} seconds')`,
    [commonName, ctx.clock()],
  );
  return { deviceId: commonName, organisationId: device.organisationId };
}
