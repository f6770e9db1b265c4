import type { ServiceContext } from "../context.ts";
import { REPLACED_GRACE_MS } from "./judge-certificate.ts";

export interface RevokedCertificate {
  /** Lower-case hex. */
  serial: string;
  deviceId: string;
  /** The device itself may not connect any more, with no certificate, and still does. */
  mustLeave: boolean;
}

const SQL = `
SELECT c.serial, c."deviceId", coalesce(d.state IS DISTINCT FROM 'ACTIVE' AND s.online, false) AS "mustLeave"
FROM device_certificate c LEFT JOIN device d ON d.id = c."deviceId" LEFT JOIN device_status s ON s."deviceId" = d.id
WHERE c."expiresAt" > $1 AND (d.id IS NULL OR d.state <> 'ACTIVE' OR
  (d."previousCertificateSerial" IS NOT NULL AND d."certificateUsedAt" <= $2 AND c."validFrom" < d."certificateValidFrom"))
ORDER BY c.serial`;

/**
 * Every certificate that is not over and may not be used: of devices that are revoked or gone, and those that a newer one has replaced. The same
 * rule as `listRevocations`, for brokers that know certificates and not devices.
 */
export async function listRevokedCertificates(ctx: ServiceContext): Promise<RevokedCertificate[]> {
  const now = ctx.clock();
  return await ctx.db.query<RevokedCertificate>(SQL, [now, new Date(now.getTime() - REPLACED_GRACE_MS)]);
}
