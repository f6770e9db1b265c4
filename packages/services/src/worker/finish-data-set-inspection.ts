import { notifyLive, type Upload } from "@flotilla/db";
import type { ServiceContext } from "../context.ts";
import { deleteUnusedBlob } from "../data-sets/delete-unused-blob.ts";
import { toJson } from "../to-json.ts";
import { claimBlob } from "../uploads/lock-blob.ts";

export interface FinishDataSetInspectionInput {
  upload: Upload;
  kind: "images" | "npy" | "npz";
  /** The blob with the samples: the uploaded file, or what was made of it. */
  sha256: string;
  labelsSha256: string | null;
  sizeBytes: number;
  sampleCount: number;
  sampleShape: number[];
  classNames: string[];
}

/** Gives a data-set upload its positive verdict. Where the samples were taken out of an archive, the archive itself is removed and only its digest kept. */
export async function finishDataSetInspection(ctx: ServiceContext, input: FinishDataSetInspectionInput): Promise<void> {
  const { upload, sha256, labelsSha256 } = input;
  const { organisationId, id } = upload;
  await ctx.db.transaction(async (tx) => {
    const open = await tx.upload.findFirst({ where: { id, organisationId, state: "INSPECTING" } });
    if (open === null) return;
    // In one order everywhere: two transactions that lock two blobs cannot wait for each other.
    for (const digest of [sha256, labelsSha256].filter((value) => value !== null).sort()) await claimBlob(ctx, tx, digest);
    const dataSet = await tx.dataSet.create({
      data: {
        organisationId,
        name: upload.fileName.replace(/\.[^.]+$/, "").slice(0, 200),
        kind: input.kind,
        sha256,
        sourceSha256: upload.sha256,
        sizeBytes: input.sizeBytes,
        sampleCount: input.sampleCount,
        sampleShape: toJson(input.sampleShape),
        classNames: toJson(input.classNames),
        labelsSha256,
        createdBy: upload.createdBy,
        createdAt: ctx.clock(),
      },
    });
    await tx.upload.update({ where: { id }, data: { state: "READY", dataSetId: dataSet.id, verdictAt: ctx.clock() } });
    await notifyLive(tx, { organisationId, topic: "upload", id });
    await notifyLive(tx, { organisationId, topic: "data-set", id: dataSet.id });
  });
  if (upload.sha256 !== null && upload.sha256 !== sha256) await deleteUnusedBlob(ctx, upload.sha256);
}
