import { describe, expect, test } from "vitest";
import { DataType } from "../graph/data-types.ts";
import type { OnnxModel } from "../graph/model.ts";
import { intAttribute, type NodeInit, stringAttribute } from "../graph/node.ts";
import { writeModel } from "../graph/write-model.ts";
import { buildModel, noiseTensor } from "../test-support/build-model.ts";
import { difference, expectSame, noiseFeeds, runModel } from "../test-support/oracle.ts";
import { kernelsOf } from "../test-support/quantise-model.ts";
import { quantiseDynamic } from "./quantise-dynamic.ts";
import { quantiseWeightOnly } from "./quantise-weight-only.ts";

const PRODUCTS: Record<string, NodeInit> = {
  MatMul: { opType: "MatMul", inputs: ["x", "w"], outputs: ["y"] },
  Gemm: { opType: "Gemm", inputs: ["x", "w", "b"], outputs: ["y"] },
  "Gemm, transposed": { opType: "Gemm", inputs: ["x", "w", "b"], outputs: ["y"], attributes: { transB: intAttribute(1) } },
};

function product(kind: string): OnnxModel {
  const node = PRODUCTS[kind];
  return buildModel({
    inputs: { x: ["n", 64] },
    constants: { w: noiseTensor([64, 64]), b: noiseTensor([64], 2) },
    nodes: node === undefined ? [] : [node],
  });
}

function recurrent(opType: string, directions: number): OnnxModel {
  const gates = opType === "LSTM" ? 4 : 3;
  return buildModel({
    inputs: { x: [5, 1, 16] },
    constants: {
      w: noiseTensor([directions, gates * 16, 16], 3),
      r: noiseTensor([directions, gates * 16, 16], 4),
      b: noiseTensor([directions, 2 * gates * 16], 5),
    },
    nodes: [
      {
        opType,
        inputs: ["x", "w", "r", "b"],
        outputs: ["y"],
        attributes: { hidden_size: intAttribute(16), direction: stringAttribute(directions === 2 ? "bidirectional" : "forward") },
      },
    ],
  });
}

describe("quantiseWeightOnly", () => {
  test.each(Object.keys(PRODUCTS))("8 bits: %s keeps its result", async (kind) => {
    const given = product(kind);
    const after = await expectSame(given, (copy) => quantiseWeightOnly(copy), { tolerance: 0.01 });
    expect(writeModel(after).length).toBeLessThan(writeModel(given).length * 0.35);
  });

  test.each(Object.keys(PRODUCTS))("4 bits: %s is one MatMulNBits in onnxruntime", async (kind) => {
    for (const symmetric of [true, false]) {
      const given = product(kind);
      const after = await expectSame(given, (copy) => quantiseWeightOnly(copy, { bits: 4, blockSize: 16, symmetric }), { tolerance: 0.15 });
      expect(await kernelsOf(writeModel(after))).toEqual(["MatMulNBits"]);
      expect(after.opsets.get("")).toBe(21);
    }
  });

  test("blocks of 8 bits are MatMulNBits too", async () => {
    const after = await expectSame(product("MatMul"), (copy) => quantiseWeightOnly(copy, { blockSize: 32 }), { tolerance: 0.01 });
    expect(await kernelsOf(writeModel(after))).toEqual(["MatMulNBits"]);
  });

  test("an embedding looks integers up and scales only those rows", async () => {
    const given = buildModel({
      inputs: { x: ["n"] },
      constants: { table: noiseTensor([50, 16]) },
      nodes: [
        { opType: "Cast", inputs: ["x"], outputs: ["i"], attributes: { to: intAttribute(DataType.INT64) } },
        { opType: "Gather", inputs: ["table", "i"], outputs: ["y"] },
      ],
    });
    const after = await expectSame(given, (copy) => quantiseWeightOnly(copy), { tolerance: 0.01 });
    expect(after.graph.nodes.map((node) => node.opType)).not.toContain("DequantizeLinear");
    expect(writeModel(after).length).toBeLessThan(writeModel(given).length * 0.55);
  });

  test.each([
    ["LSTM", 1],
    ["GRU", 2],
  ])("%s with %i directions stores int8", async (opType, directions) => {
    const given = recurrent(opType, directions);
    const after = await expectSame(given, (copy) => quantiseWeightOnly(copy), { tolerance: 0.03 });
    expect(writeModel(after).length).toBeLessThan(writeModel(given).length * 0.45);
  });

  test("small weights stay, and nothing else to store is said", () => {
    const small = buildModel({ constants: { w: noiseTensor([4, 4]) }, nodes: [{ opType: "MatMul", inputs: ["x", "w"], outputs: ["y"] }] });
    expect(() => quantiseWeightOnly(small)).toThrow(/nothing to store as integers/);
  });
});

describe("quantiseDynamic", () => {
  test.each([1, 2])("an LSTM of %i directions becomes onnxruntime's integer kernel", async (directions) => {
    const given = recurrent("LSTM", directions);
    const wanted = await runModel(writeModel(given), noiseFeeds(given));
    const feeds = noiseFeeds(given);
    const { notes } = quantiseDynamic(given);
    const bytes = writeModel(given);
    expect(await kernelsOf(bytes)).toEqual(["DynamicQuantizeLSTM"]);
    expect(difference(wanted["y"], (await runModel(bytes, feeds))["y"])).toBeLessThan(0.06);
    expect(notes.join(" ")).toContain("1 LSTM layers run on integers");
  });

  test("a convolutional model comes with a warning", async () => {
    const conv: NodeInit = { opType: "Conv", inputs: ["x", "w"], outputs: ["y"] };
    const given = buildModel({ inputs: { x: [1, 4, 4, 4] }, constants: { w: noiseTensor([8, 4, 3, 3]) }, nodes: [conv] });
    let codes: string[] = [];
    await expectSame(given, (copy) => (codes = quantiseDynamic(copy).warnings.map(({ code }) => code)), { tolerance: 0.02 });
    expect(codes).toEqual(["SLOWER_CONVOLUTIONS"]);
  });
});
