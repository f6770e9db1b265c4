import type { Enrolled } from "@flotilla/contracts";
import type { Tx } from "@flotilla/db";
import type { DevicePlaneContext } from "./context.ts";

/** Signs the device's key and keeps the certificate's end: what enrolment and renewal answer. Which one the device uses is seen when it does. */
export async function issueCertificate(ctx: DevicePlaneContext, tx: Tx, deviceId: string, csrPem: string): Promise<Enrolled> {
  const { certificatePem, serial, validFrom, expiresAt } = await ctx.ca.issueDevice(csrPem, deviceId);
  const { organisationId } = await tx.device.update({ where: { id: deviceId }, data: { certificateExpiresAt: expiresAt } });
  await tx.deviceCertificate.deleteMany({ where: { deviceId, expiresAt: { lt: ctx.clock() } } });
  await tx.deviceCertificate.create({ data: { serial, organisationId, deviceId, validFrom, expiresAt } });
  return {
    status: "enrolled",
    deviceId,
    certificatePem,
    caPem: ctx.ca.certificatePem,
    brokerUrl: ctx.brokerUrl,
    trustedKeys: [...(ctx.signerKeys ?? [])],
  };
}
