import type { Enrolled } from "@flotilla/contracts";
import type { Tx } from "@flotilla/db";
import type { DevicePlaneContext } from "./context.ts";

/** Signs the device's key and keeps the certificate's end: what enrolment and renewal answer. Which one the device uses is seen when it does. */
export async function issueCertificate(ctx: DevicePlaneContext, tx: Tx, deviceId: string, csrPem: string): Promise<Enrolled> {
  const { certificatePem, expiresAt } = await ctx.ca.issueDevice(csrPem, deviceId);
  await tx.device.update({ where: { id: deviceId }, data: { certificateExpiresAt: expiresAt } });
  return {
    status: "enrolled",
    deviceId,
    certificatePem,
    caPem: ctx.ca.certificatePem,
    brokerUrl: ctx.brokerUrl,
    trustedKeys: [...(ctx.signerKeys ?? [])],
  };
}
