import * as fc from "fast-check";
import { expect, test } from "vitest";
import { castValues } from "./cast-values.ts";

const RANGES = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32_768, 32_767],
  uint32: [0, 2 ** 32 - 1],
  int64: [-(2 ** 53), 2 ** 53],
} as const;

test("integers are taken as they are where they fit, and refused by name where they do not", () => {
  const types = fc.constantFrom(...(Object.keys(RANGES) as (keyof typeof RANGES)[]));
  fc.assert(
    fc.property(types, fc.bigInt({ min: -(2n ** 40n), max: 2n ** 40n }), (type, value) => {
      const [low, high] = RANGES[type];
      const cast = () => castValues(BigInt64Array.of(value), type, "words");
      if (value >= low && value <= high) expect(BigInt(cast()[0] ?? 0)).toBe(value);
      else expect(cast).toThrow(/"words"/);
    }),
  );
});

test("a float takes any number; an integer no float, a bool only 0 and 1, and nothing is given to a string", () => {
  expect(castValues(Uint8Array.of(0, 255), "float32", "x")).toEqual(Float32Array.of(0, 255));
  expect(castValues(Uint8Array.of(0, 1), "bool", "x")).toEqual(Uint8Array.of(0, 1));
  for (const [values, type] of [
    [Float32Array.of(1), "int8"],
    [Uint8Array.of(2), "bool"],
    [Uint8Array.of(2), "string"],
  ] as const)
    expect(() => castValues(values, type, "x")).toThrow(expect.objectContaining({ code: "REFERENCE_TYPES" }));
});
