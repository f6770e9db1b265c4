import { FlotillaError } from "@flotilla/contracts";
import type { Db, Tx } from "@flotilla/db";
import { hashOneTimeToken } from "../auth/one-time-token.ts";

export interface TokenRow {
  id: string;
  organisationId: string;
  groupId: string | null;
  tags: Record<string, string>;
}

/** Finds a token by its hash: its text is stored nowhere. Throws `TOKEN_INVALID`. It may be used up or expired. */
export async function findToken(db: Db, token: string): Promise<TokenRow> {
  const row = await db.prisma.enrolmentToken.findUnique({ where: { tokenSha256: hashOneTimeToken(token) } });
  if (row === null)
    throw new FlotillaError("TOKEN_INVALID", "This enrolment token is not known here. Make a new one under Devices, Enrol.");
  return { id: row.id, organisationId: row.organisationId, groupId: row.groupId, tags: row.tags as Record<string, string> };
}

/**
 * Counts one use, as one step: of two devices that race for the last use, one gets it. Throws `TOKEN_INVALID` (revoked),
 * `TOKEN_EXPIRED` or `TOKEN_USED_UP`.
 */
export async function claimToken(tx: Tx, tokenId: string, now: Date): Promise<void> {
  const claimed = await tx.$executeRawUnsafe(
    `UPDATE enrolment_token SET uses = uses + 1
      WHERE id = $1::uuid AND "revokedAt" IS NULL AND "expiresAt" > $2 AND uses < "maxUses"`,
    tokenId,
    now,
  );
  if (claimed === 1) return;
  const row = await tx.enrolmentToken.findUniqueOrThrow({ where: { id: tokenId } });
  if (row.revokedAt !== null) throw new FlotillaError("TOKEN_INVALID", `The enrolment token "${row.name}" was revoked. Make a new one.`);
  if (row.expiresAt <= now) {
    throw new FlotillaError("TOKEN_EXPIRED", `The enrolment token "${row.name}" ended on ${row.expiresAt.toISOString()}. Make a new one.`);
  }
  throw new FlotillaError(
    "TOKEN_USED_UP",
    `The enrolment token "${row.name}" was used ${row.uses} of ${row.maxUses} times. Make a new one.`,
  );
}
