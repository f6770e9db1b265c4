import { describe, expect, test } from "vitest";
import { type Attribute, floatAttribute, intAttribute, intsAttribute, type NodeInit } from "../graph/node.ts";
import { floatTensor, type Tensor } from "../graph/tensor.ts";
import type { Dim } from "../graph/types.ts";
import { buildModel, noise, noiseTensor } from "../test-support/build-model.ts";
import { expectSame, operators } from "../test-support/oracle.ts";
import { foldAffine } from "./fold-affine.ts";
import { foldBatchNorm } from "./fold-batch-norm.ts";
import { runPasses } from "./run-passes.ts";

interface Layer {
  readonly name: string;
  readonly opType: string;
  readonly input: readonly Dim[];
  readonly weight: readonly number[];
  readonly channels: number;
  readonly attributes?: Readonly<Record<string, Attribute>>;
}

const LAYERS: readonly Layer[] = [
  { name: "Conv", opType: "Conv", input: [2, 3, 5, 5], weight: [4, 3, 3, 3], channels: 4 },
  {
    name: "depthwise Conv",
    opType: "Conv",
    input: [1, 4, 5, 5],
    weight: [4, 1, 3, 3],
    channels: 4,
    attributes: { group: intAttribute(4) },
  },
  { name: "1-D Conv", opType: "Conv", input: ["n", 3, 8], weight: [4, 3, 3], channels: 4 },
  { name: "ConvTranspose", opType: "ConvTranspose", input: [1, 3, 4, 4], weight: [3, 5, 2, 2], channels: 5 },
  {
    name: "ConvTranspose in 2 groups",
    opType: "ConvTranspose",
    input: [1, 4, 4, 4],
    weight: [4, 3, 2, 2],
    channels: 6,
    attributes: { group: intAttribute(2), strides: intsAttribute([2, 2]) },
  },
  { name: "Gemm", opType: "Gemm", input: ["n", 6], weight: [6, 3], channels: 3 },
  { name: "Gemm, transposed", opType: "Gemm", input: ["n", 6], weight: [3, 6], channels: 3, attributes: { transB: intAttribute(1) } },
];

function constants(layer: Layer): Record<string, Tensor> {
  const positive = (seed: number): Tensor =>
    floatTensor(
      [layer.channels],
      noise(layer.channels, seed).map((value) => Math.abs(value) + 0.3),
    );
  return {
    w: noiseTensor(layer.weight, 2),
    b: noiseTensor([layer.channels], 3),
    gamma: positive(4),
    beta: noiseTensor([layer.channels], 5),
    mean: noiseTensor([layer.channels], 6),
    variance: positive(8),
  };
}

function linear(layer: Layer, bias: boolean): NodeInit {
  const { opType, attributes = {} } = layer;
  return { opType, inputs: bias ? ["x", "w", "b"] : ["x", "w"], outputs: ["a"], attributes };
}

const NORM: NodeInit = {
  opType: "BatchNormalization",
  inputs: ["a", "gamma", "beta", "mean", "variance"],
  outputs: ["y"],
  attributes: { epsilon: floatAttribute(1e-3) },
};

function model(layer: Layer, bias: boolean, after: readonly NodeInit[] = [NORM], outputs = ["y"]) {
  return buildModel({ inputs: { x: layer.input }, outputs, constants: constants(layer), nodes: [linear(layer, bias), ...after] });
}

describe.each(LAYERS)("BatchNormalization behind $name", (layer) => {
  test.each([true, false])("is folded, bias: %s", async (bias) => {
    const folded = await expectSame(model(layer, bias), (copy) => runPasses(copy, [foldBatchNorm], { check: true }));
    expect(operators(folded)).toEqual([layer.opType]);
  });

  test.each(["Mul", "Div", "Add", "Sub"])("%s per channel is folded", async (opType) => {
    const rank = layer.input.length;
    const scale = { ...constants(layer)["gamma"], dims: [layer.channels, ...Array.from({ length: rank - 2 }, () => 1)] } as Tensor;
    const built = buildModel({
      inputs: { x: layer.input },
      constants: { ...constants(layer), scale },
      nodes: [linear(layer, true), { opType, inputs: ["a", "scale"], outputs: ["y"] }],
    });
    expect(operators(await expectSame(built, (copy) => runPasses(copy, [foldAffine], { check: true })))).toEqual([layer.opType]);
  });
});

describe("BatchNormalization must not be folded", () => {
  const [layer] = LAYERS as readonly [Layer];
  const fold = (copy: Parameters<typeof runPasses>[0]): unknown => runPasses(copy, [foldBatchNorm], { check: true });

  test("where another node reads the middle value", async () => {
    const built = model(layer, true, [NORM, { opType: "Relu", inputs: ["a"], outputs: ["z"] }], ["y", "z"]);
    expect(operators(await expectSame(built, fold))).toContain("BatchNormalization");
  });

  test("where the middle value is an output", async () => {
    expect(operators(await expectSame(model(layer, true, [NORM], ["y", "a"]), fold))).toContain("BatchNormalization");
  });

  test("where its scale is computed from an input", async () => {
    const built = buildModel({
      inputs: { x: layer.input, gamma: [layer.channels] },
      constants: Object.fromEntries(Object.entries(constants(layer)).filter(([name]) => name !== "gamma")),
      nodes: [linear(layer, true), NORM],
    });
    expect(operators(await expectSame(built, fold))).toContain("BatchNormalization");
  });

  test("in training mode", () => {
    const training = { ...NORM, outputs: ["y", "m", "v"], attributes: { training_mode: intAttribute(1) } };
    const built = model(layer, true, [training], ["y", "m", "v"]);
    fold(built);
    expect(operators(built)).toContain("BatchNormalization");
  });

  test("the weights that another layer shares stay as they were", async () => {
    const built = model(layer, true, [NORM, { opType: "Conv", inputs: ["x", "w"], outputs: ["z"] }], ["y", "z"]);
    expect(operators(await expectSame(built, fold))).toEqual(["Conv", "Conv"]);
  });

  test("an affine that varies along the width", async () => {
    const built = buildModel({
      inputs: { x: layer.input },
      constants: { ...constants(layer), k: noiseTensor([3], 9) },
      nodes: [linear(layer, true), { opType: "Mul", inputs: ["a", "k"], outputs: ["y"] }],
    });
    const after = await expectSame(built, (copy) => runPasses(copy, [foldAffine], { check: true }));
    expect(operators(after)).toEqual(["Conv", "Mul"]);
  });

  test("a scale that widens a batch of one", async () => {
    const built = buildModel({
      inputs: { x: [1, 3, 5, 5] },
      constants: { ...constants(layer), k: noiseTensor([2, 4, 1, 1], 9) },
      nodes: [linear(layer, true), { opType: "Mul", inputs: ["a", "k"], outputs: ["y"] }],
    });
    const after = await expectSame(built, (copy) => runPasses(copy, [foldAffine], { check: true }));
    expect(operators(after)).toEqual(["Conv", "Mul"]);
  });
});
