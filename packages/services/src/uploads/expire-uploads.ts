import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { notifyLive, type Upload } from "@flotilla/db";
import { formatBytes, formatSeconds } from "@flotilla/domain";
import type { ServiceContext } from "../context.ts";
import { UPLOAD_LIMITS } from "./upload-limits.ts";

/** A file whose row was made a moment ago must not look like one without a row. */
const GRACE_MS = 60_000;

/** Name of an upload's files in the upload directory: its id, or its id with the tus server's `.json` beside it. */
const UPLOAD_FILE = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:\.json)?$/;

export interface ExpireResult {
  expired: number;
  removedFiles: number;
}

/**
 * Gives up uploads that stood still or took too long, then removes every file in `directory` that belongs to no open upload. Run at start
 * and every few minutes by the process that receives uploads.
 */
export async function expireUploads(
  ctx: ServiceContext,
  input: { directory: string; idleMs?: number; totalMs?: number },
): Promise<ExpireResult> {
  const idleBefore = new Date(ctx.clock().getTime() - (input.idleMs ?? UPLOAD_LIMITS.idleMs));
  const startedBefore = new Date(ctx.clock().getTime() - (input.totalMs ?? UPLOAD_LIMITS.totalMs));
  const stale = await ctx.db.prisma.upload.findMany({
    where: { state: "UPLOADING", OR: [{ progressAt: { lt: idleBefore } }, { createdAt: { lt: startedBefore } }] },
    take: 1000,
  });
  let expired = 0;
  for (const upload of stale) if (await expire(ctx, upload, idleBefore)) expired += 1;
  return { expired, removedFiles: await removeStrays(ctx, input.directory) };
}

async function expire(ctx: ServiceContext, upload: Upload, idleBefore: Date): Promise<boolean> {
  const { id, organisationId } = upload;
  const sentence = sentenceFor(ctx, upload, upload.progressAt < idleBefore);
  return ctx.db.transaction(async (tx) => {
    const changed = await tx.upload.updateMany({
      // Bytes that came since the row was read keep it open.
      where: { id, state: "UPLOADING", progressAt: upload.progressAt },
      data: { state: "EXPIRED", errorCode: "UPLOAD_EXPIRED", errorMessage: sentence, verdictAt: ctx.clock() },
    });
    if (changed.count > 0) await notifyLive(tx, { organisationId, topic: "upload", id });
    return changed.count > 0;
  });
}

function sentenceFor(ctx: ServiceContext, upload: Upload, stoodStill: boolean): string {
  const since = (date: Date): string => formatSeconds((ctx.clock().getTime() - date.getTime()) / 1000);
  const extent = `${formatBytes(Number(upload.receivedBytes))} of ${formatBytes(Number(upload.sizeBytes))}`;
  return stoodStill
    ? `"${upload.fileName}" was given up after ${extent}: nothing more came for ${since(upload.progressAt)}. Upload the file again.`
    : `"${upload.fileName}" was given up after ${extent}: it had not ended after ${since(upload.createdAt)}. Upload it again over a faster connection.`;
}

async function removeStrays(ctx: ServiceContext, directory: string): Promise<number> {
  const names = (await readdir(directory).catch(() => [])).filter((name) => UPLOAD_FILE.test(name));
  const ids = [...new Set(names.map((name) => name.slice(0, 36)))];
  const open = await ctx.db.query<{ id: string }>("SELECT id FROM upload WHERE id = ANY($1::uuid[]) AND state = 'UPLOADING'", [ids]);
  const keep = new Set(open.map((row) => row.id));
  const youngest = ctx.clock().getTime() - GRACE_MS;
  let removed = 0;
  for (const name of names) {
    if (keep.has(name.slice(0, 36))) continue;
    const path = join(directory, name);
    const found = await stat(path).catch(() => null);
    if (found === null || found.mtimeMs > youngest) continue;
    await rm(path, { force: true });
    removed += 1;
  }
  return removed;
}
