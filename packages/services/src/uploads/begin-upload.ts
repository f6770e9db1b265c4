import { FlotillaError, sha256Schema } from "@flotilla/contracts";
import { notifyLive, type Tx } from "@flotilla/db";
import { z } from "zod";
import type { Actor, ServiceContext } from "../context.ts";
import { formatBytes } from "@flotilla/domain";
import { notFound } from "../views/not-found.ts";
import { isKnownBlob } from "./is-known-blob.ts";
import { claimBlob } from "./lock-blob.ts";
import { UPLOAD_LIMITS } from "./upload-limits.ts";

export const beginUploadInput = z.object({
  kind: z.enum(["model", "data-set"]),
  fileName: z.string().trim().min(1).max(255),
  sizeBytes: z.number().int().nonnegative(),
  /** Of the whole file, when the client computed it: compared with what arrives, and used to spare the transfer. */
  sha256: sha256Schema.nullable(),
  /** A model upload becomes a new version of this model instead of a new model. */
  targetModelId: z.uuid().optional(),
});
export type BeginUploadInput = z.infer<typeof beginUploadInput>;

/**
 * Announces a file. `alreadyThere`: the organisation has these very bytes, so nothing needs to be sent and the inspection starts at once.
 * Throws EMPTY_FILE, TOO_LARGE, RATE_LIMITED (too many unfinished uploads), NOT_FOUND (the target model).
 */
export async function beginUpload(
  ctx: ServiceContext,
  actor: Actor,
  input: BeginUploadInput,
): Promise<{ uploadId: string; alreadyThere: boolean }> {
  checkSize(input);
  const known = input.sha256 !== null && (await isKnownBlob(ctx, actor.organisationId, input.sha256, input.sizeBytes));
  return ctx.db.transaction(async (tx) => {
    if (input.targetModelId !== undefined) await checkTarget(tx, actor, input.targetModelId);
    if (known && input.sha256 !== null) await claimBlob(ctx, tx, input.sha256);
    else await checkQuota(tx, actor.organisationId, input.sizeBytes);
    const now = ctx.clock();
    const upload = await tx.upload.create({
      data: {
        organisationId: actor.organisationId,
        kind: input.kind,
        fileName: baseName(input.fileName),
        sizeBytes: input.sizeBytes,
        claimedSha256: input.sha256,
        state: known ? "RECEIVED" : "UPLOADING",
        targetModelId: input.targetModelId ?? null,
        createdBy: actor.userId,
        createdAt: now,
        progressAt: now,
        ...(known ? { sha256: input.sha256, receivedAt: now, receivedBytes: input.sizeBytes } : {}),
      },
    });
    if (known) await ctx.queue.enqueue(tx, "inspect-upload", { organisationId: actor.organisationId, uploadId: upload.id });
    await notifyLive(tx, { organisationId: actor.organisationId, topic: "upload", id: upload.id });
    return { uploadId: upload.id, alreadyThere: known };
  });
}

function checkSize(input: BeginUploadInput): void {
  if (input.sizeBytes === 0)
    throw new FlotillaError("EMPTY_FILE", `"${baseName(input.fileName)}" is empty: 0 bytes. Export it again and drop that file.`);
  const most = input.kind === "model" ? UPLOAD_LIMITS.maxModelBytes : UPLOAD_LIMITS.maxDataSetBytes;
  if (input.sizeBytes <= most) return;
  throw new FlotillaError(
    "TOO_LARGE",
    `"${baseName(input.fileName)}" has ${formatBytes(input.sizeBytes)}; at most ${formatBytes(most)} are taken.`,
    {
      details: { sizeBytes: input.sizeBytes, limitBytes: most },
    },
  );
}

async function checkTarget(tx: Tx, actor: Actor, modelId: string): Promise<void> {
  const model = await tx.model.findFirst({
    where: { id: modelId, organisationId: actor.organisationId, archivedAt: null },
    select: { id: true },
  });
  if (model === null) throw notFound("model");
}

async function checkQuota(tx: Tx, organisationId: string, sizeBytes: number): Promise<void> {
  const open = await tx.upload.aggregate({ where: { organisationId, state: "UPLOADING" }, _count: true, _sum: { sizeBytes: true } });
  const bytes = Number(open._sum.sizeBytes ?? 0n) + sizeBytes;
  if (open._count < UPLOAD_LIMITS.maxUnfinished && bytes <= UPLOAD_LIMITS.maxUnfinishedBytes) return;
  throw new FlotillaError(
    "RATE_LIMITED",
    `${open._count} uploads are unfinished and claim ${formatBytes(bytes)} together; finish or cancel some first (at most ${UPLOAD_LIMITS.maxUnfinished} and ${formatBytes(UPLOAD_LIMITS.maxUnfinishedBytes)}).`,
  );
}

/** A browser sends a bare name; anything else that looks like a path is cut to its last part. */
function baseName(fileName: string): string {
  return fileName.split(/[/\\]/).at(-1) ?? fileName;
}
