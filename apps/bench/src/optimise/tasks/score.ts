import { readFile } from "node:fs/promises";
import { argMax } from "@flotilla/validate/metrics";
import { batchesOf, openPixels, type PixelFile } from "../../accuracy/pixel-set.ts";
import { openSession, scoreAll } from "../../accuracy/runtime.ts";
import { productsSaturate } from "../../saturation.ts";

interface Request {
  readonly files: readonly string[];
  readonly pixels: PixelFile;
  readonly batch: number;
}

/** The class that each file gives each sample, and whether 8-bit products saturate on the processor that ran them. */
export async function run({ files, pixels, batch }: Request): Promise<{ classes: number[][]; saturates: boolean }> {
  const set = await openPixels(pixels);
  const classes: number[][] = [];
  for (const file of files) {
    const bytes = await readFile(file);
    const session = await openSession(bytes);
    const [input = ""] = session.inputNames;
    await session.release();
    const scores = await scoreAll(bytes, batchesOf(set, input, batch));
    const size = scores.length / set.count;
    classes.push(Array.from({ length: set.count }, (_, sample) => argMax(scores, sample * size, size)));
  }
  return { classes, saturates: await productsSaturate() };
}
