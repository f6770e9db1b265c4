import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";
import type { NodeTest } from "./node-test.ts";

/** Many node tests in one compressed file: per test its name, model, inputs and outputs, each list and each part with its length in front. */
export function packTests(tests: readonly NodeTest[]): Uint8Array {
  const parts: Uint8Array[] = [];
  const number = (value: number): void => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value);
    parts.push(bytes);
  };
  const part = (bytes: Uint8Array): void => {
    number(bytes.byteLength);
    parts.push(bytes);
  };
  const list = (all: readonly Uint8Array[]): void => {
    number(all.length);
    for (const bytes of all) part(bytes);
  };
  number(tests.length);
  for (const test of tests) {
    part(Buffer.from(test.name));
    part(test.model);
    list(test.inputs);
    list(test.outputs);
  }
  const plain = Buffer.concat(parts);
  return brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 } });
}

export function unpackTests(packed: Uint8Array): NodeTest[] {
  const plain = brotliDecompressSync(packed);
  let at = 0;
  const number = (): number => {
    at += 4;
    return plain.readUInt32LE(at - 4);
  };
  const part = (): Uint8Array => {
    const length = number();
    at += length;
    return plain.subarray(at - length, at);
  };
  const list = (): Uint8Array[] => Array.from({ length: number() }, part);
  return Array.from({ length: number() }, () => ({
    name: Buffer.from(part()).toString("utf8"),
    model: part(),
    inputs: list(),
    outputs: list(),
  }));
}
