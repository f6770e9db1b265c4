import { conversionOptionsSchema, FlotillaError, sha256Schema, uploadKinds } from "@flotilla/contracts";
import type { Tx } from "@flotilla/db";
import { checkUploadSize, formatBytes } from "@flotilla/domain";
import { z } from "zod";
import type { Actor, ServiceContext } from "../context.ts";
import { notFound } from "../views/not-found.ts";
import { addArrivedUpload, addUpload, addUploadOfSameDataSet } from "./add-upload.ts";
import { continueUpload } from "./continue-upload.ts";
import { findReferenceTarget } from "./find-reference-target.ts";
import { isKnownBlob } from "./is-known-blob.ts";
import { UPLOAD_LIMITS } from "./upload-limits.ts";

export const beginUploadInput = z.object({
  kind: z.enum(uploadKinds),
  fileName: z.string().trim().min(1).max(255),
  sizeBytes: z.number().int().nonnegative(),
  /** Of the whole file, when the client computed it: compared with what arrives, and used to spare the transfer. */
  sha256: sha256Schema.nullable(),
  /** A model upload becomes a new version of this model instead of a new model. */
  targetModelId: z.uuid().optional(),
  /** A reference is compared with the conversion of this version; of nothing else. */
  targetVersionId: z.uuid().optional(),
  /** For a model in another format than ONNX. */
  options: conversionOptionsSchema.optional(),
});
export type BeginUploadInput = z.infer<typeof beginUploadInput>;

export interface BegunUpload {
  uploadId: string;
  /** Nothing needs to be sent: the organisation has these very bytes, and their inspection starts at once; or the data set made of them. */
  alreadyThere: boolean;
  /** It continues an upload of the same person and file: so many bytes have arrived. null for a new one. */
  continuedAtBytes: number | null;
}

/**
 * Announces a file. What the organisation has is not sent again, and what this person has begun to send is continued, from whichever
 * browser. Throws EMPTY_FILE, TOO_LARGE, RATE_LIMITED (too many unfinished uploads), NOT_FOUND (the target), INVALID_INPUT (a
 * reference without a target), CONFLICT (a target that takes no reference).
 */
export async function beginUpload(ctx: ServiceContext, actor: Actor, input: BeginUploadInput): Promise<BegunUpload> {
  const file = { ...input, fileName: baseName(input.fileName) };
  checkUploadSize(file);
  const { sha256 } = file;
  const known = sha256 !== null && (await isKnownBlob(ctx, actor.organisationId, sha256, file.sizeBytes));
  return ctx.db.transaction(async (tx) => {
    if (file.targetModelId !== undefined) await checkTarget(tx, actor, file.targetModelId);
    if (file.kind === "reference") await findReferenceTarget(tx, { organisationId: actor.organisationId, id: file.targetVersionId });
    if (sha256 !== null) {
      const hashed = { ...file, sha256 };
      const there =
        (await addUploadOfSameDataSet(ctx, tx, actor, hashed)) ?? (known ? await addArrivedUpload(ctx, tx, actor, hashed) : null);
      if (there !== null) return { uploadId: there, alreadyThere: true, continuedAtBytes: null };
      const continued = await continueUpload(ctx, tx, actor, hashed);
      if (continued !== null) return { uploadId: continued.id, alreadyThere: false, continuedAtBytes: continued.receivedBytes };
    }
    await checkQuota(tx, actor.organisationId, file.sizeBytes);
    return { uploadId: await addUpload(ctx, tx, actor, file), alreadyThere: false, continuedAtBytes: null };
  });
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
