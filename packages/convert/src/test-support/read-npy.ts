import { readFileSync } from "node:fs";
import type { TestTensor } from "./model-archive.ts";

const TYPES: Readonly<Record<string, TestTensor["type"]>> = { "<f4": "float32", "<i4": "int32", "|i1": "int8", "|u1": "uint8" };

/** A `.npy` file of version 1, row by row. Format: numpy/lib/format.py */
export function readNpy(path: string): TestTensor {
  const file = readFileSync(path);
  const start = 10 + file.readUInt16LE(8);
  const head = file.subarray(10, start).toString("latin1");
  const type = TYPES[/'descr': '([^']+)'/.exec(head)?.[1] ?? ""];
  if (type === undefined || !head.includes("'fortran_order': False"))
    throw new Error(`${path} is not an array as tests use them: ${head.trim()}.`);
  const dims = [...(/'shape': \(([^)]*)\)/.exec(head)?.[1] ?? "").matchAll(/\d+/g)].map(([size]) => Number(size));
  return { type, dims, bytes: file.subarray(start) };
}
