import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { type NpyArray, readNpy } from "@flotilla/validate/npy";
import type { SampleArray } from "@flotilla/validate/feed";

export interface ArraySet {
  readonly count: number;
  /** Shapes of one sample. */
  readonly arrays: readonly SampleArray[];
  /** The values of one sample, an array each; bytes are pixels, which the models here take divided by 255. */
  read(index: number): Float32Array[];
}

/** A folder with one `.npy` an input, named like it, all with the same number of samples; `most` of them at most, evenly spread. */
export async function readArraySet(folder: string, most: number): Promise<ArraySet> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".npy")).toSorted();
  const files: NpyArray[] = [];
  for (const name of names) files.push(readNpy(await readFile(path.join(folder, name))));
  const all = files[0]?.shape[0] ?? 0;
  const count = Math.min(all, most);
  if (files.length === 0 || files.some(({ shape }) => shape[0] !== all))
    throw new Error(`${folder} holds no arrays of equally many samples.`);
  return {
    count,
    arrays: files.map(({ shape }, at) => ({ name: names[at]?.replace(/\.npy$/, "") ?? "", shape: shape.slice(1) })),
    read: (index) => files.map((file) => sampleOf(file, Math.floor((index * all) / count))),
  };
}

function sampleOf({ data, shape, type }: NpyArray, index: number): Float32Array {
  const size = shape.slice(1).reduce((product, side) => product * side, 1);
  const values = Float32Array.from(data.subarray(index * size, (index + 1) * size) as ArrayLike<number | bigint>, Number);
  return type === "uint8" ? values.map((value) => value / 255) : values;
}
