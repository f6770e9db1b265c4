import { buffer } from "node:stream/consumers";
import { FlotillaError } from "@flotilla/contracts";
import type { DataSet } from "@flotilla/db";
import type { Actor, ServiceContext } from "../context.ts";
import { notFound } from "../views/not-found.ts";
import { encodePng } from "./encode-png.ts";
import { findDataSet } from "./list-data-sets.ts";
import { readPackIndex } from "./read-pack-index.ts";
import { readNpySample } from "./read-npy-sample.ts";

export interface SamplePicture {
  contentType: "image/png" | "image/jpeg";
  bytes: Buffer;
}

/** A picture longer than this is not sent: the worker refuses such files, so it would be a damaged index. */
const MAX_PICTURE_BYTES = 64 * 1024 * 1024;

/**
 * One sample of a data set as a picture: an uploaded image as it came (nothing is decoded here), an array's sample encoded as PNG. Throws NOT_FOUND, and
 * UNSUPPORTED_FORMAT for arrays that are no pictures.
 */
export async function readSample(ctx: ServiceContext, actor: Actor, input: { dataSetId: string; index: number }): Promise<SamplePicture> {
  const dataSet = await findDataSet(ctx, actor, input.dataSetId);
  if (!Number.isInteger(input.index) || input.index < 0 || input.index >= dataSet.sampleCount) throw notFound("sample");
  return dataSet.kind === "images" ? readImage(ctx, dataSet, input.index) : readArray(ctx, dataSet, input.index);
}

async function readImage(ctx: ServiceContext, dataSet: DataSet, index: number): Promise<SamplePicture> {
  const pack = await readPackIndex(ctx, dataSet.sha256);
  const start = pack.offsets[index];
  const length = pack.lengths[index];
  if (start === undefined || length === undefined || length <= 0 || length > MAX_PICTURE_BYTES) throw notFound("sample");
  const bytes = await buffer(await ctx.blob.open(dataSet.sha256, { start, end: start + length - 1 }));
  return { contentType: isPng(bytes) ? "image/png" : "image/jpeg", bytes };
}

async function readArray(ctx: ServiceContext, dataSet: DataSet, index: number): Promise<SamplePicture> {
  const picture = dataSet.kind === "npz" ? null : await readNpySample(ctx, dataSet.sha256, index);
  if (picture === null) {
    throw new FlotillaError("UNSUPPORTED_FORMAT", `The samples of "${dataSet.name}" are not pictures: they cannot be shown.`);
  }
  return { contentType: "image/png", bytes: encodePng(picture) };
}

/** PNG specification (ISO/IEC 15948) 5.2: every PNG begins with these eight bytes. */
const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

function isPng(bytes: Buffer): boolean {
  return bytes.subarray(0, PNG_SIGNATURE.length).equals(PNG_SIGNATURE);
}
