import type { ServiceContext } from "../context.ts";
import { lockBlob } from "../uploads/lock-blob.ts";

/** Deletes bytes that no row of any organisation names any more. */
export async function deleteUnusedBlob(ctx: ServiceContext, sha256: string): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    await lockBlob(tx, sha256);
    const used = await tx.$queryRawUnsafe<unknown[]>(
      `SELECT 1 AS used FROM data_set WHERE sha256 = $1 OR "labelsSha256" = $1
       UNION ALL SELECT 1 FROM model_version WHERE sha256 = $1 OR "uploadedSha256" = $1
       UNION ALL SELECT 1 FROM variant WHERE sha256 = $1
       UNION ALL SELECT 1 FROM graph_view WHERE sha256 = $1
       UNION ALL SELECT 1 FROM upload WHERE sha256 = $1 AND state IN ('RECEIVED', 'INSPECTING') LIMIT 1`,
      sha256,
    );
    if (used.length === 0) await ctx.blob.delete(sha256);
  });
}
