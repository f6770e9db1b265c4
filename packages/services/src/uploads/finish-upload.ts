import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { FlotillaError, isFlotillaError } from "@flotilla/contracts";
import { notifyLive, type Upload } from "@flotilla/db";
import type { Actor, ServiceContext } from "../context.ts";
import { findOpenUpload } from "./find-open-upload.ts";
import { claimBlob } from "./lock-blob.ts";
import { refuseUpload } from "./refuse-upload.ts";

/**
 * Takes a file that arrived in full into the blob store and starts its inspection, in one transaction with the row. The caller
 * removes the file afterwards, also when this throws. Throws UPLOAD_INCOMPLETE, and HASH_MISMATCH where the bytes are not those
 * that the browser hashed: the row is then REJECTED with that sentence.
 */
export async function finishUpload(
  ctx: ServiceContext,
  actor: Actor,
  input: { uploadId: string; path: string },
): Promise<{ sha256: string }> {
  const upload = await findOpenUpload(ctx, actor, input.uploadId);
  try {
    const sha256 = await store(ctx, upload, input.path);
    await receive(ctx, upload, sha256);
    return { sha256 };
  } catch (error) {
    if (isFlotillaError(error) && error.code === "HASH_MISMATCH") await refuseUpload(ctx, upload, error);
    throw error;
  }
}

async function store(ctx: ServiceContext, upload: Upload, path: string): Promise<string> {
  const sizeBytes = Number(upload.sizeBytes);
  const found = await stat(path);
  if (found.size !== sizeBytes) {
    throw new FlotillaError(
      "UPLOAD_INCOMPLETE",
      `${found.size} of ${sizeBytes} bytes of "${upload.fileName}" have arrived; continue the upload.`,
    );
  }
  const expected = upload.claimedSha256;
  try {
    const put = await ctx.blob.put(createReadStream(path), {
      maxBytes: sizeBytes,
      ...(expected === null ? {} : { expectedSha256: expected }),
    });
    return put.sha256;
  } catch (cause) {
    if (!isFlotillaError(cause) || cause.code !== "HASH_MISMATCH") throw cause;
    const sentence = `"${upload.fileName}" was changed on its way: the bytes that arrived do not have the SHA-256 that your browser computed. Upload it again.`;
    throw new FlotillaError("HASH_MISMATCH", sentence, { cause, details: { ...cause.details, expectedSha256: expected } });
  }
}

async function receive(ctx: ServiceContext, upload: Upload, sha256: string): Promise<void> {
  const { organisationId, id, sizeBytes } = upload;
  await ctx.db.transaction(async (tx) => {
    await claimBlob(ctx, tx, sha256);
    // The state is asked again: a cancel may have come while the bytes were hashed.
    const changed = await tx.upload.updateMany({
      where: { id, organisationId, state: "UPLOADING" },
      data: { state: "RECEIVED", sha256, receivedBytes: sizeBytes, receivedAt: ctx.clock() },
    });
    if (changed.count === 0) throw new FlotillaError("UPLOAD_EXPIRED", `The upload of "${upload.fileName}" was cancelled.`);
    await ctx.queue.enqueue(tx, "inspect-upload", { organisationId, uploadId: id });
    await notifyLive(tx, { organisationId, topic: "upload", id });
  });
}
