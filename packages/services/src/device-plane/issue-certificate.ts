import type { Enrolled } from "@flotilla/contracts";
import type { Tx } from "@flotilla/db";
import type { DevicePlaneContext } from "./context.ts";

/** Signs the device's key and keeps the certificate's serial and end: what enrolment and renewal answer. */
export async function issueCertificate(ctx: DevicePlaneContext, tx: Tx, deviceId: string, csrPem: string): Promise<Enrolled> {
  const { certificatePem, serial, expiresAt } = await ctx.ca.issueDevice(csrPem, deviceId);
  await tx.device.update({ where: { id: deviceId }, data: { certificateSerial: serial, certificateExpiresAt: expiresAt } });
  return {
    status: "enrolled",
    deviceId,
    certificatePem,
    caPem: ctx.ca.certificatePem,
    brokerUrl: ctx.brokerUrl,
    trustedKeys: [...(ctx.signerKeys ?? [])],
  };
}
