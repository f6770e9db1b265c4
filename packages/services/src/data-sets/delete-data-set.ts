import { FlotillaError } from "@flotilla/contracts";
import { notifyLive } from "@flotilla/db";
import type { Actor, ServiceContext } from "../context.ts";
import { notFound } from "../views/not-found.ts";
import { deleteUnusedBlob } from "./delete-unused-blob.ts";

/**
 * Removes a data set from the organisation. Reports that were measured on it keep their numbers. Throws NOT_FOUND, CONFLICT while a job reads
 * it or a release is being built with it.
 */
export async function deleteDataSet(ctx: ServiceContext, actor: Actor, input: { id: string }): Promise<void> {
  const { organisationId } = actor;
  const digests = await ctx.db.transaction(async (tx) => {
    const row = await tx.dataSet.findFirst({ where: { id: input.id, organisationId } });
    if (row === null) throw notFound("data set");
    const jobs = await tx.job.count({
      where: { organisationId, state: { in: ["QUEUED", "RUNNING"] }, OR: [{ calibrationDataSetId: row.id }, { testDataSetId: row.id }] },
    });
    const releases = await tx.release.count({ where: { organisationId, state: "BUILDING", goldenDataSetId: row.id } });
    if (jobs + releases > 0) {
      throw new FlotillaError(
        "CONFLICT",
        `"${row.name}" is in use by ${jobs} job(s) and ${releases} release(s); wait until they end or cancel them.`,
      );
    }
    const uploads = await tx.upload.findMany({ where: { organisationId, dataSetId: row.id }, select: { sha256: true } });
    await tx.dataSet.delete({ where: { id: row.id } });
    await notifyLive(tx, { organisationId, topic: "data-set", id: row.id });
    return [row.sha256, row.labelsSha256, ...uploads.map((upload) => upload.sha256)];
  });
  for (const sha256 of new Set(digests)) if (sha256 !== null) await deleteUnusedBlob(ctx, sha256);
}
