import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { notifyLive } from "@flotilla/db";
import { samples } from "@flotilla/samples";
import { z } from "zod";
import type { Actor, ServiceContext } from "../context.ts";
import { claimBlob } from "./lock-blob.ts";

export const useSampleInput = z.object({ sample: z.enum(["mnist-cnn", "mnist-test", "mnist-calibration"]) });
export type UseSampleInput = z.infer<typeof useSampleInput>;

const files = {
  "mnist-cnn": { kind: "model", path: samples.mnistCnn },
  "mnist-test": { kind: "data-set", path: samples.mnistTestZip },
  "mnist-calibration": { kind: "data-set", path: samples.mnistCalibrationZip },
} as const satisfies Record<UseSampleInput["sample"], { kind: "model" | "data-set"; path: string }>;

/** Brings a file that ships with Flotilla in, as if it had been uploaded: it is stored, inspected and judged the same way. */
export async function useSample(ctx: ServiceContext, actor: Actor, input: UseSampleInput): Promise<{ uploadId: string }> {
  const { kind, path } = files[input.sample];
  const { organisationId } = actor;
  const { size } = await stat(path);
  const { sha256 } = await ctx.blob.put(createReadStream(path), { maxBytes: size });
  return ctx.db.transaction(async (tx) => {
    await claimBlob(ctx, tx, sha256);
    const now = ctx.clock();
    const upload = await tx.upload.create({
      data: {
        organisationId,
        kind,
        fileName: basename(path),
        sizeBytes: size,
        receivedBytes: size,
        sha256,
        state: "RECEIVED",
        createdBy: actor.userId,
        createdAt: now,
        receivedAt: now,
      },
    });
    await ctx.queue.enqueue(tx, "inspect-upload", { organisationId, uploadId: upload.id });
    await notifyLive(tx, { organisationId, topic: "upload", id: upload.id });
    return { uploadId: upload.id };
  });
}
