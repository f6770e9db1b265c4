import { readFile } from "node:fs/promises";

/** The labels of a data set: int32 little-endian, one a sample. null stays null. */
export async function readLabels(path: string | null): Promise<Int32Array | null> {
  if (path === null) return null;
  const bytes = await readFile(path);
  return Int32Array.from({ length: Math.floor(bytes.length / 4) }, (_, index) => bytes.readInt32LE(index * 4));
}
