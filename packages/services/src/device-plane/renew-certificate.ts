import type { DeviceProfile, Enrolled } from "@flotilla/contracts";
import { FlotillaError } from "@flotilla/contracts";
import { isUniqueViolation, notifyLive } from "@flotilla/db";
import { readCsr } from "@flotilla/trust/ca";
import type { DeviceIdentity, DevicePlaneContext } from "./context.ts";
import { issueCertificate } from "./issue-certificate.ts";

/** A new certificate for the same device, with the same key or a new one. Throws `CSR_INVALID`. */
export async function renewCertificate(
  ctx: DevicePlaneContext,
  device: DeviceIdentity,
  input: { csrPem: string; profile: DeviceProfile },
): Promise<Enrolled> {
  const { keySha256, fingerprint } = await readCsr(input.csrPem);
  try {
    return await ctx.db.transaction(async (tx) => {
      await tx.device.update({
        where: { id: device.deviceId },
        data: { keySha256, fingerprint, csrPem: input.csrPem, profile: input.profile, profileName: input.profile.name },
      });
      await notifyLive(tx, { organisationId: device.organisationId, topic: "device", id: device.deviceId });
      return await issueCertificate(ctx, tx, device.deviceId, input.csrPem);
    });
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new FlotillaError("CSR_INVALID", "Another device has this key. Make a new key and ask again.");
  }
}
