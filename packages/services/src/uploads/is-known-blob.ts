import type { ServiceContext } from "../context.ts";

/**
 * Whether the organisation itself brought these bytes before. Another organisation's are not "already there": the answer would say
 * that somebody else has the file, and would hand it over to whoever knows its hash.
 */
export async function isKnownBlob(ctx: ServiceContext, organisationId: string, sha256: string, sizeBytes: number): Promise<boolean> {
  const owned = await ctx.db.query(
    `SELECT 1 FROM upload WHERE "organisationId" = $1 AND sha256 = $2
     UNION ALL SELECT 1 FROM model_version WHERE "organisationId" = $1 AND sha256 = $2
     UNION ALL SELECT 1 FROM model_version WHERE "organisationId" = $1 AND "uploadedSha256" = $2
     UNION ALL SELECT 1 FROM data_set WHERE "organisationId" = $1 AND sha256 = $2
     LIMIT 1`,
    [organisationId, sha256],
  );
  if (owned.length === 0) return false;
  const blob = await ctx.blob.stat(sha256);
  return blob?.sizeBytes === sizeBytes;
}
