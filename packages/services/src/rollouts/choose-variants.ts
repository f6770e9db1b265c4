import type { DeviceProfile, Reason } from "@flotilla/contracts";
import type { RawTx } from "@flotilla/db";
import { chooseVariant } from "@flotilla/domain";
import { readOffers } from "../releases/read-offers.ts";

/**
 * What a variant is chosen by, as a number: devices of one kind are asked once. The free disk differs from device to device and decides nothing.
 * Two kinds with one number would need 2³² of them; and an agent refuses what it cannot run.
 */
export const kindSql = (device: string): string => `jsonb_hash_extended(${device}."profile" - 'diskFreeBytes', 0)`;

/** One device of each kind. */
export interface DeviceKind {
  kind: string;
  profile: DeviceProfile;
}

/** For each kind the variant that fits, or why none does: four columns for unnest. */
export async function chooseVariants(tx: RawTx, releaseId: string, kinds: readonly DeviceKind[]) {
  const offers = kinds.length === 0 ? [] : await readOffers(tx, releaseId);
  const choices = kinds.map(({ profile }) => chooseVariant(offers, profile));
  const refusals = choices.map((choice): Reason | null => ("refusal" in choice ? choice.refusal : null));
  return {
    kinds: kinds.map(({ kind }) => kind),
    variantIds: choices.map((choice) => ("variant" in choice ? choice.variant.id : null)),
    refusalCodes: refusals.map((refusal) => refusal?.code ?? null),
    refusalMessages: refusals.map((refusal) => refusal?.message ?? null),
  };
}

const MISSING = `rd."rolloutId" = $1::uuid AND rd."matters" AND rd."state" = 'QUEUED' AND rd."variantId" IS NULL AND rd."stageIndex" <= $2::int`;

const KINDS_SQL = `
SELECT DISTINCT ON (1) ${kindSql("d")}::text AS "kind", d."profile" FROM "rollout_device" rd JOIN "device" d ON d."id" = rd."deviceId"
WHERE ${MISSING}`;

const WRITE_SQL = `
UPDATE "rollout_device" rd SET "variantId" = t."variantId", "refusalCode" = t."code", "refusalMessage" = t."message"
FROM "device" d, unnest($3::bigint[], $4::uuid[], $5::text[], $6::text[]) AS t("kind", "variantId", "code", "message")
WHERE ${MISSING} AND d."id" = rd."deviceId" AND t."kind" = ${kindSql("d")}
  AND (t."variantId" IS NOT NULL OR rd."refusalCode" IS DISTINCT FROM t."code" OR rd."refusalMessage" IS DISTINCT FROM t."message")`;

/**
 * Queued devices for which no variant was chosen are asked again: their agents may have been updated since. What fits now is written to the row,
 * so that it can be assigned; for the others the row says why not.
 */
export async function chooseMissingVariants(tx: RawTx, { id, releaseId }: { id: string; releaseId: string }, reach: number): Promise<void> {
  const kinds = await tx.$queryRawUnsafe<DeviceKind[]>(KINDS_SQL, id, reach);
  if (kinds.length === 0) return;
  const choices = await chooseVariants(tx, releaseId, kinds);
  await tx.$executeRawUnsafe(WRITE_SQL, id, reach, choices.kinds, choices.variantIds, choices.refusalCodes, choices.refusalMessages);
}
