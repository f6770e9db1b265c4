import { describe, expect, it } from "vitest";
import { DimensionType, type SparsityParameters } from "../../tflite-schema/gen/tflite.ts";
import { densify } from "./densify.ts";

const dense = (denseSize: number) => ({ format: DimensionType.DENSE, denseSize, arraySegments: null, arrayIndices: null });
const sparse = (segments: readonly number[], indices: readonly number[]) => ({
  format: DimensionType.SPARSE_CSR,
  denseSize: 0,
  arraySegments: { type: "Int32Vector", value: { values: segments } } as const,
  arrayIndices: { type: "Uint8Vector", value: { values: Uint8Array.from(indices) } } as const,
});

const ROWS: SparsityParameters = { traversalOrder: [0, 1], blockMap: [], dimMetadata: [dense(3), sparse([0, 2, 2, 3], [0, 3, 1])] };

describe("a sparse constant", () => {
  it("of compressed rows becomes dense", () => {
    expect([...densify(ROWS, [3, 4], Uint8Array.of(1, 2, 3), 1, "w")]).toEqual([1, 0, 0, 2, 0, 0, 0, 0, 0, 3, 0, 0]);
  });

  it("of compressed columns becomes dense", () => {
    const columns: SparsityParameters = { traversalOrder: [1, 0], blockMap: [], dimMetadata: [dense(2), sparse([0, 1, 3], [2, 0, 1])] };
    expect([...densify(columns, [3, 2], Uint8Array.of(1, 2, 3), 1, "w")]).toEqual([0, 2, 0, 3, 1, 0]);
  });

  it("of blocks becomes dense, block by block", () => {
    // 4 × 4 in blocks of 2 × 2: the second one of the first row, the first one of the second row.
    const blocks: SparsityParameters = {
      traversalOrder: [0, 1, 2, 3],
      blockMap: [0, 1],
      dimMetadata: [dense(2), sparse([0, 1, 2], [1, 0]), dense(2), dense(2)],
    };
    expect([...densify(blocks, [4, 4], Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8), 1, "w")]).toEqual([
      0, 0, 1, 2, 0, 0, 3, 4, 5, 6, 0, 0, 7, 8, 0, 0,
    ]);
  });

  it.each([
    ["an index outside the shape", { ...ROWS, dimMetadata: [dense(3), sparse([0, 2, 2, 3], [0, 9, 1])] }],
    ["a segment behind the list", { ...ROWS, dimMetadata: [dense(3), sparse([0, 2, 2, 300], [0, 3, 1])] }],
    ["a level too few", { ...ROWS, dimMetadata: [dense(3)] }],
    ["an order that repeats", { ...ROWS, traversalOrder: [0, 0] }],
    ["a dense level of a billion", { ...ROWS, dimMetadata: [dense(2 ** 30), sparse([0, 2, 2, 3], [0, 3, 1])] }],
  ])("with %s is refused", (_, sparsity) => {
    expect(() => densify(sparsity, [3, 4], Uint8Array.of(1, 2, 3), 1, "w")).toThrow(/damaged/);
  });

  it("that would fill the memory is refused", () => {
    expect(() => densify(ROWS, [65_536, 65_536], Uint8Array.of(1, 2, 3), 1, "w")).toThrow(/would take 4294967296 bytes/);
  });
});
