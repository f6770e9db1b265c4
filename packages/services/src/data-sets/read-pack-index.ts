import { buffer } from "node:stream/consumers";
import { FlotillaError } from "@flotilla/contracts";
import { z } from "zod";
import type { ServiceContext } from "../context.ts";

/** Layout: apps/worker/src/data-sets/image-pack.ts, which writes it. */
const TRAILER = "FLIX";
const TRAILER_BYTES = 8;
const MAX_INDEX_BYTES = 64 * 1024 * 1024;

const indexSchema = z.object({ offsets: z.array(z.number().int().nonnegative()), lengths: z.array(z.number().int().nonnegative()) });
export type PackIndex = z.infer<typeof indexSchema>;

/** The indexes of the packs that were read last: a page of samples asks for many pictures of one data set. */
const recent = new Map<string, Promise<PackIndex>>();
const KEPT = 8;

/** Where each image of a stored pack lies. A pack is immutable, so its index is kept by the pack's digest. */
export function readPackIndex(ctx: ServiceContext, sha256: string): Promise<PackIndex> {
  const known = recent.get(sha256);
  if (known !== undefined) return known;
  const index = load(ctx, sha256);
  recent.set(sha256, index);
  const [oldest] = recent.keys();
  if (recent.size > KEPT && oldest !== undefined) recent.delete(oldest);
  index.catch(() => recent.delete(sha256));
  return index;
}

async function load(ctx: ServiceContext, sha256: string): Promise<PackIndex> {
  const blob = await ctx.blob.stat(sha256);
  if (blob === null || blob.sizeBytes < TRAILER_BYTES) throw damaged();
  const trailer = await buffer(await ctx.blob.open(sha256, { start: blob.sizeBytes - TRAILER_BYTES }));
  const length = trailer.readUInt32LE(0);
  const start = blob.sizeBytes - TRAILER_BYTES - length;
  if (trailer.toString("latin1", 4) !== TRAILER || length > MAX_INDEX_BYTES || start < 0) throw damaged();
  const json = await buffer(await ctx.blob.open(sha256, { start, end: start + length - 1 }));
  const parsed = indexSchema.safeParse(JSON.parse(json.toString("utf8")));
  if (!parsed.success) throw damaged();
  return parsed.data;
}

function damaged(): FlotillaError {
  return new FlotillaError("NOT_A_DATA_SET", "The stored data set has no readable index; upload it again.");
}
