import { notifyLive, type Tx } from "@flotilla/db";
import type { Actor, ServiceContext } from "../context.ts";
import type { BeginUploadInput } from "./begin-upload.ts";
import { toJson } from "../to-json.ts";
import { claimBlob } from "./lock-blob.ts";

type Arrival =
  | { state: "UPLOADING" }
  | { state: "RECEIVED"; sha256: string; receivedAt: Date; receivedBytes: number }
  | { state: "READY"; sha256: string; receivedAt: Date; receivedBytes: number; verdictAt: Date; dataSetId: string };

/** Makes the row of an upload; returns its id. */
export async function addUpload(
  ctx: ServiceContext,
  tx: Tx,
  actor: Actor,
  file: BeginUploadInput,
  arrival: Arrival = { state: "UPLOADING" },
): Promise<string> {
  const { organisationId } = actor;
  const now = ctx.clock();
  const { id } = await tx.upload.create({
    data: {
      organisationId,
      kind: file.kind,
      fileName: file.fileName,
      sizeBytes: file.sizeBytes,
      claimedSha256: file.sha256,
      targetModelId: file.targetModelId ?? null,
      targetVersionId: file.targetVersionId ?? null,
      ...(file.options === undefined ? {} : { options: toJson(file.options) }),
      createdBy: actor.userId,
      createdAt: now,
      progressAt: now,
      ...arrival,
    },
    select: { id: true },
  });
  await notifyLive(tx, { organisationId, topic: "upload", id });
  return id;
}

/** For bytes that are in the store: the row of their upload, and its inspection. */
export async function addArrivedUpload(
  ctx: ServiceContext,
  tx: Tx,
  actor: Actor,
  file: BeginUploadInput & { sha256: string },
): Promise<string> {
  const { sha256 } = file;
  await claimBlob(ctx, tx, sha256);
  const arrival = { state: "RECEIVED", sha256, receivedAt: ctx.clock(), receivedBytes: file.sizeBytes } as const;
  const uploadId = await addUpload(ctx, tx, actor, file, arrival);
  await ctx.queue.enqueue(tx, "inspect-upload", { organisationId: actor.organisationId, uploadId });
  return uploadId;
}

/**
 * For a file of which the organisation made a data set before: an upload whose verdict is that data set, since a second copy would only be
 * one more to choose from. null where there is none, which is also said of another organisation's: the answer would tell that somebody
 * has the file.
 */
export async function addUploadOfSameDataSet(
  ctx: ServiceContext,
  tx: Tx,
  actor: Actor,
  file: BeginUploadInput & { sha256: string },
): Promise<string | null> {
  if (file.kind !== "data-set") return null;
  const { sha256 } = file;
  const same = await tx.dataSet.findFirst({
    where: { organisationId: actor.organisationId, sourceSha256: sha256 },
    orderBy: { createdAt: "desc" },
    select: { id: true },
  });
  if (same === null) return null;
  const now = ctx.clock();
  const arrival = { state: "READY", sha256, receivedAt: now, verdictAt: now, receivedBytes: file.sizeBytes, dataSetId: same.id } as const;
  return addUpload(ctx, tx, actor, file, arrival);
}
