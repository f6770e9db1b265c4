import { FlotillaError, idSchema } from "@flotilla/contracts";
import { notifyLive } from "@flotilla/db";
import type { DeviceIdentity, DevicePlaneContext } from "./context.ts";
import { type AssignmentRow, findDevice } from "./find-device.ts";
import { noteSeen } from "./note-seen.ts";
import { judgeCertificate, type PresentedCertificate } from "./judge-certificate.ts";
import { recordSecurityEvent, type SecurityEvent } from "./record-security-event.ts";

/** A client certificate that TLS accepted. */
export interface DeviceCertificateClaim extends PresentedCertificate {
  /** Its CN: the device's id. */
  commonName: string;
}

/** A device that proved itself, and what is assigned to it at this moment. */
export interface AuthenticatedDevice extends DeviceIdentity {
  assignment: AssignmentRow | null;
}

/**
 * The device behind a verified certificate (null where there was none), which must be ACTIVE now and the certificate its newest: a certificate
 * outlives a revocation, and a renewal. Notes that the device was seen. Throws `CERTIFICATE_REQUIRED`, `DEVICE_REVOKED` or `CERTIFICATE_REPLACED`.
 */
export async function authenticateDevice(ctx: DevicePlaneContext, claim: DeviceCertificateClaim | null): Promise<AuthenticatedDevice> {
  if (claim === null || !idSchema.safeParse(claim.commonName).success) {
    throw new FlotillaError("CERTIFICATE_REQUIRED", "This call needs a device certificate. Enrol first: POST /device/v1/enrol.");
  }
  const deviceId = claim.commonName;
  const device = await findDevice(ctx.db, deviceId);
  if (device === undefined) {
    throw new FlotillaError(
      "CERTIFICATE_REQUIRED",
      `The certificate names device ${deviceId}, which this server does not know. Enrol again.`,
    );
  }
  const identity = { deviceId, organisationId: device.organisationId };
  if (device.state !== "ACTIVE") {
    const message = "It was revoked and still asked the server; it was refused.";
    await refuse(
      ctx,
      identity,
      { code: "DEVICE_REVOKED", message, target: "https" },
      `Device ${deviceId} is ${device.state.toLowerCase()}.`,
    );
  }
  const verdict = judgeCertificate(device, claim, ctx.clock());
  if (verdict === "replaced") {
    const since = device.usedAt?.toISOString() ?? "";
    const message = `It asked with a certificate that was replaced; a newer one has been in use since ${since}. Somebody may have a copy of the old key: revoke the device if nobody of yours does.`;
    const answer = `This certificate of device ${deviceId} was replaced; a newer one has been in use since ${since}.`;
    await refuse(ctx, identity, { code: "CERTIFICATE_REPLACED", message, target: "https" }, answer);
  }
  if (verdict === "newer") await takeUp(ctx, identity, claim);
  await noteSeen(ctx, deviceId, device.seenAt);
  return { ...identity, assignment: device.assignment };
}

async function refuse(ctx: DevicePlaneContext, device: DeviceIdentity, event: SecurityEvent, answer: string): Promise<never> {
  await recordSecurityEvent(ctx, device, event);
  throw new FlotillaError(event.code, answer);
}

/** From its first use on this certificate is the device's own, unless an even newer one was taken up meanwhile. */
async function takeUp(ctx: DevicePlaneContext, { deviceId, organisationId }: DeviceIdentity, claim: PresentedCertificate): Promise<void> {
  const taken = await ctx.db.query<{ renewed: boolean }>(
    `UPDATE device SET "previousCertificateSerial" = "certificateSerial", "certificateSerial" = $2, "certificateValidFrom" = $3, "certificateUsedAt" = $4
      WHERE id = $1::uuid AND ("certificateSerial" IS NULL OR "certificateValidFrom" < $3)
      RETURNING "previousCertificateSerial" IS NOT NULL AS renewed`,
    [deviceId, claim.serial, claim.validFrom, ctx.clock()],
  );
  if (taken[0]?.renewed === true) await notifyLive(ctx.db.prisma, { organisationId, topic: "device", id: deviceId });
}
