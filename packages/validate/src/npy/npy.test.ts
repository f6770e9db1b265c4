import { readFileSync } from "node:fs";
import { isFlotillaError } from "@flotilla/contracts";
import { samples } from "@flotilla/samples";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type NpyArray, readNpy, writeNpy } from "./index.ts";

const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    return isFlotillaError(error) ? error.code : String(error);
  }
  return "no error";
};

const header = (dictionary: string): Uint8Array => {
  const text = `${dictionary.padEnd(117, " ")}\n`;
  return Buffer.concat([
    Buffer.from("\u0093NUMPY\u0001\u0000", "latin1"),
    Buffer.from([text.length & 255, text.length >> 8]),
    Buffer.from(text),
  ]);
};

test("reads what numpy wrote, and writes the same bytes", () => {
  const file = readFileSync(samples.mnistTestImages);
  const array = readNpy(file);
  expect([array.type, array.shape]).toEqual(["uint8", [1000, 28, 28]]);
  expect(Buffer.from(writeNpy(array)).equals(file)).toBe(true);
});

test("every array survives a round trip", () => {
  const arrays = fc.oneof(
    fc.array(fc.float(), { maxLength: 50 }).map((v): NpyArray => ({ type: "float32", shape: [v.length], data: Float32Array.from(v) })),
    fc
      .array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }))
      .map((v): NpyArray => ({ type: "int64", shape: [1, v.length], data: BigInt64Array.from(v) })),
    fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }).map((v): NpyArray => ({ type: "int32", shape: [], data: Int32Array.of(v) })),
  );
  fc.assert(
    fc.property(arrays, (array) => {
      expect(readNpy(writeNpy(array))).toEqual(array);
    }),
  );
});

describe("refuses", () => {
  const good = writeNpy({ type: "float32", shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) });
  test.each<[string, string, Uint8Array]>([
    ["an empty file", "EMPTY_FILE", new Uint8Array()],
    ["another format", "NOT_A_DATA_SET", Buffer.from("PK\u0003\u0004 not numpy")],
    ["a file cut in its header", "TRUNCATED_FILE", good.subarray(0, 40)],
    ["a file cut in its data", "TRUNCATED_FILE", good.subarray(0, good.length - 1)],
    ["bytes after the data", "NOT_A_DATA_SET", Buffer.concat([good, Buffer.from("x")])],
    ["pickled objects", "NOT_A_DATA_SET", header("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }")],
    ["big-endian values", "NOT_A_DATA_SET", header("{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }")],
    ["Fortran order", "NOT_A_DATA_SET", header("{'descr': '<f4', 'fortran_order': True, 'shape': (1,), }")],
    [
      "a shape that overflows",
      "DIMENSION_OVERFLOW",
      header("{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), }"),
    ],
  ])("%s with %s", (_, code, bytes) => {
    expect(codeOf(() => readNpy(bytes))).toBe(code);
  });

  test("random bytes, always with a typed error", () => {
    const magic = Buffer.from("\u0093NUMPY\u0001\u0000", "latin1");
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (tail) => {
        expect(codeOf(() => readNpy(Buffer.concat([magic, tail])))).toMatch(/^[A-Z_]+$/);
      }),
    );
  });
});
