import { notifyLive, type Tx } from "@flotilla/db";
import type { Actor, ServiceContext } from "../context.ts";
import { toJson } from "../to-json.ts";
import type { BeginUploadInput } from "./begin-upload.ts";

/**
 * Finds the upload that this person began for the very same file and purpose and did not finish, and keeps it open. It is recognised by
 * content, so that another browser, a copy of the file or a new name continue it as well. null where there is none.
 */
export async function continueUpload(
  ctx: ServiceContext,
  tx: Tx,
  actor: Actor,
  file: BeginUploadInput & { sha256: string },
): Promise<{ id: string; receivedBytes: number } | null> {
  const { organisationId } = actor;
  const open = await tx.upload.findFirst({
    where: {
      organisationId,
      createdBy: actor.userId,
      state: "UPLOADING",
      kind: file.kind,
      claimedSha256: file.sha256,
      sizeBytes: file.sizeBytes,
      targetModelId: file.targetModelId ?? null,
      targetVersionId: file.targetVersionId ?? null,
    },
    orderBy: { receivedBytes: "desc" },
    select: { id: true },
  });
  if (open === null) return null;
  const [kept] = await tx.upload.updateManyAndReturn({
    // It may be cancelled or given up at this very moment.
    where: { id: open.id, state: "UPLOADING" },
    // What was chosen last holds.
    data: {
      fileName: file.fileName,
      progressAt: ctx.clock(),
      ...(file.options === undefined ? {} : { options: toJson(file.options) }),
    },
    select: { receivedBytes: true },
  });
  if (kept === undefined) return null;
  await notifyLive(tx, { organisationId, topic: "upload", id: open.id });
  return { id: open.id, receivedBytes: Number(kept.receivedBytes) };
}
