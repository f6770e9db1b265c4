import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { samples } from "@flotilla/samples";
import { z } from "zod";
import type { Actor, ServiceContext } from "../context.ts";
import { addArrivedUpload, addUploadOfSameDataSet } from "./add-upload.ts";

export const useSampleInput = z.object({ sample: z.enum(["mnist-cnn", "mnist-test", "mnist-calibration"]) });
export type UseSampleInput = z.infer<typeof useSampleInput>;

const files = {
  "mnist-cnn": { kind: "model", path: samples.mnistCnn },
  "mnist-test": { kind: "data-set", path: samples.mnistTestZip },
  "mnist-calibration": { kind: "data-set", path: samples.mnistCalibrationZip },
} as const satisfies Record<UseSampleInput["sample"], { kind: "model" | "data-set"; path: string }>;

/**
 * Brings a file that ships with Flotilla in, as if it had been uploaded: it is stored, inspected and judged the same way. A data set that
 * is there already is pointed at.
 */
export async function useSample(ctx: ServiceContext, actor: Actor, input: UseSampleInput): Promise<{ uploadId: string }> {
  const { kind, path } = files[input.sample];
  const { size } = await stat(path);
  const sha256 = await hashFile(path);
  const file = { kind, fileName: basename(path), sizeBytes: size, sha256 };
  const same = await ctx.db.transaction((tx) => addUploadOfSameDataSet(ctx, tx, actor, file));
  if (same !== null) return { uploadId: same };
  await ctx.blob.put(createReadStream(path), { maxBytes: size, expectedSha256: sha256 });
  return { uploadId: await ctx.db.transaction((tx) => addArrivedUpload(ctx, tx, actor, file)) };
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}
