import { readFile, writeFile } from "node:fs/promises";
import type { Feeds } from "@flotilla/onnx/optimise";

/** Pixels 0 to 255 of one input; the models take pixel / 255. */
export interface PixelSet {
  readonly pixels: Uint8Array;
  readonly shape: readonly number[];
  readonly count: number;
  readonly labels: readonly number[] | null;
}

export function batchesOf(
  set: PixelSet,
  input: string,
  batch: number,
  indices: readonly number[] = range(set.count),
): () => Iterable<Feeds> {
  const size = set.shape.reduce((total, dim) => total * dim, 1);
  return function* read() {
    for (let from = 0; from < indices.length; from += batch) {
      const chosen = indices.slice(from, from + batch);
      const data = new Float32Array(chosen.length * size);
      for (const [row, index] of chosen.entries())
        for (let at = 0; at < size; at += 1) data[row * size + at] = (set.pixels[index * size + at] ?? 0) / 255;
      yield { [input]: { data, dims: [chosen.length, ...set.shape] } };
    }
  };
}

/** `count` indices spread evenly over the set. */
export function spread(set: PixelSet, count: number): number[] {
  return range(Math.min(count, set.count)).map((at) => Math.floor((at * set.count) / Math.min(count, set.count)));
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

/** A set's pixels as bare bytes in a file, which child processes and other languages read alike. */
export interface PixelFile {
  readonly path: string;
  readonly shape: readonly number[];
  readonly count: number;
}

export async function storePixels({ pixels, shape, count }: PixelSet, path: string): Promise<PixelFile> {
  await writeFile(path, pixels);
  return { path, shape, count };
}

export async function openPixels({ path, shape, count }: PixelFile): Promise<PixelSet> {
  return { pixels: await readFile(path), shape, count, labels: null };
}
