import type { BrokerRevocations } from "@flotilla/contracts";
import type { ServiceContext } from "../context.ts";
import { REPLACED_GRACE_MS } from "./judge-certificate.ts";

/** The longest life of a device's certificate: one that began before another has ended this long after it. */
const CERTIFICATE_DAYS = 90;

// Seconds, since a certificate's own instants have no fractions.
const REPLACED_SQL = `
SELECT id, floor(extract(epoch FROM "certificateValidFrom"))::int AS "before" FROM device
WHERE state = 'ACTIVE' AND "previousCertificateSerial" IS NOT NULL AND "certificateUsedAt" <= $1 AND "certificateValidFrom" > $2 ORDER BY id`;

/** Whom the broker must keep out: revoked devices, and certificates that a newer one has replaced, as long as they have not ended. */
export async function listRevocations(ctx: ServiceContext): Promise<BrokerRevocations> {
  const now = ctx.clock();
  const [revoked, replaced] = await Promise.all([
    ctx.db.query<{ id: string }>(`SELECT id FROM device WHERE state = 'REVOKED' AND "certificateExpiresAt" > $1 ORDER BY id`, [now]),
    ctx.db.query<{ id: string; before: number }>(REPLACED_SQL, [
      new Date(now.getTime() - REPLACED_GRACE_MS),
      new Date(now.getTime() - CERTIFICATE_DAYS * 86_400_000),
    ]),
  ]);
  return { deviceIds: revoked.map(({ id }) => id), replacedBefore: Object.fromEntries(replaced.map(({ id, before }) => [id, before])) };
}
