import { InferenceSession, type Tensor as RuntimeTensor } from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { DataType } from "../graph/data-types.ts";
import { allGraphs } from "../graph/model.ts";
import { type Attribute, floatAttribute, intAttribute, intsAttribute, stringAttribute } from "../graph/node.ts";
import { readModel } from "../graph/read-model.ts";
import { floatTensor, int64Tensor, type Tensor, tensorFromNumbers, toNumbers } from "../graph/tensor.ts";
import { writeModel } from "../graph/write-model.ts";
import { inferModel } from "../infer/infer-model.ts";
import { buildModel, noise, noiseTensor } from "../test-support/build-model.ts";
import { readPacked } from "../test-support/node-tests/read-packed.ts";
import { runModel } from "./run-graph.ts";
import { OPERATOR_FAMILIES } from "./run-node.ts";

interface Case {
  readonly name: string;
  readonly opType: string;
  readonly opset: number;
  readonly inputs: readonly (Tensor | null)[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly outputs?: number;
  readonly tolerance?: number;
}

const int8 = (dims: readonly number[], seed = 1): Tensor =>
  tensorFromNumbers(
    DataType.INT8,
    dims,
    noise(
      dims.reduce((a, b) => a * b, 1),
      seed,
    ).map((value) => value * 120),
  );
const int4 = (dims: readonly number[], seed = 1): Tensor =>
  tensorFromNumbers(
    DataType.INT4,
    dims,
    noise(
      dims.reduce((a, b) => a * b, 1),
      seed,
    ).map((value) => value * 7),
  );
const positive = (dims: readonly number[], seed = 1): Tensor =>
  floatTensor(
    dims,
    toNumbers(noiseTensor(dims, seed)).map((value) => Math.abs(value) + 0.1),
  );
const empty = floatTensor([0], []);
const ints = (values: readonly number[]): Tensor => int64Tensor(values);
const int32 = (values: readonly number[]): Tensor => tensorFromNumbers(DataType.INT32, [values.length], values);
const x4 = noiseTensor([2, 4, 5, 6], 3);

/** Operators, and newer forms of operators, that the node tests do not know. */
const CASES: readonly Case[] = [
  { name: "Gelu", opType: "Gelu", opset: 20, inputs: [x4] },
  { name: "Gelu by tanh", opType: "Gelu", opset: 20, inputs: [x4], attributes: { approximate: stringAttribute("tanh") } },
  { name: "Mish", opType: "Mish", opset: 18, inputs: [x4] },
  ...["BitwiseAnd", "BitwiseOr", "BitwiseXor"].map((opType) => ({
    name: opType,
    opType,
    opset: 18,
    inputs: [int32([5, -3, 1 << 30]), int32([6, 7, -1])],
  })),
  { name: "BitwiseNot", opType: "BitwiseNot", opset: 18, inputs: [int32([5, -3, 1 << 30])] },
  {
    name: "GroupNormalization",
    opType: "GroupNormalization",
    opset: 21,
    inputs: [x4, noiseTensor([4], 2), noiseTensor([4], 5)],
    attributes: { num_groups: intAttribute(2) },
  },
  { name: "LpPool", opType: "LpPool", opset: 18, inputs: [x4], attributes: { kernel_shape: intsAttribute([2, 3]), p: intAttribute(3) } },
  { name: "GlobalLpPool", opType: "GlobalLpPool", opset: 13, inputs: [x4] },
  { name: "LpNormalization", opType: "LpNormalization", opset: 13, inputs: [x4], attributes: { axis: intAttribute(1) } },
  { name: "LpNormalization by sum", opType: "LpNormalization", opset: 13, inputs: [x4], attributes: { p: intAttribute(1) } },
  { name: "CenterCropPad", opType: "CenterCropPad", opset: 18, inputs: [noiseTensor([5, 4]), ints([3, 7])] },
  {
    name: "Conv in groups, dilated",
    opType: "Conv",
    opset: 17,
    inputs: [x4, noiseTensor([6, 2, 2, 2], 4), noiseTensor([6])],
    attributes: { group: intAttribute(2), dilations: intsAttribute([2, 1]), pads: intsAttribute([1, 0, 2, 1]) },
  },
  {
    name: "ConvTranspose in groups",
    opType: "ConvTranspose",
    opset: 17,
    inputs: [x4, noiseTensor([4, 3, 2, 3], 4), noiseTensor([6])],
    attributes: {
      group: intAttribute(2),
      strides: intsAttribute([2, 1]),
      pads: intsAttribute([1, 0, 0, 1]),
      output_padding: intsAttribute([1, 0]),
    },
  },
  {
    name: "AveragePool, dilated",
    opType: "AveragePool",
    opset: 19,
    inputs: [x4],
    attributes: { kernel_shape: intsAttribute([2, 2]), dilations: intsAttribute([2, 3]) },
  },
  {
    name: "AveragePool rounding up",
    opType: "AveragePool",
    opset: 19,
    inputs: [x4],
    attributes: { kernel_shape: intsAttribute([3, 3]), strides: intsAttribute([2, 2]), ceil_mode: intAttribute(1) },
  },
  {
    name: "MaxPool with indices by column",
    opType: "MaxPool",
    opset: 17,
    inputs: [noiseTensor([1, 2, 5, 6])],
    outputs: 2,
    attributes: { kernel_shape: intsAttribute([2, 2]), storage_order: intAttribute(1) },
  },
  {
    name: "DequantizeLinear by blocks",
    opType: "DequantizeLinear",
    opset: 21,
    inputs: [int8([4, 6]), positive([2, 6]), int8([2, 6], 2)],
    attributes: { axis: intAttribute(0), block_size: intAttribute(2) },
  },
  {
    name: "DequantizeLinear of int4 by blocks",
    opType: "DequantizeLinear",
    opset: 21,
    inputs: [int4([4, 6]), positive([2, 6])],
    attributes: { axis: intAttribute(0), block_size: intAttribute(2) },
  },
  {
    name: "QuantizeLinear to int8 per channel",
    opType: "QuantizeLinear",
    opset: 13,
    inputs: [noiseTensor([3, 4]), positive([4]), tensorFromNumbers(DataType.INT8, [4], [0, 1, -2, 3])],
    attributes: { axis: intAttribute(-1) },
  },
  {
    name: "QuantizeLinear to uint16",
    opType: "QuantizeLinear",
    opset: 21,
    inputs: [noiseTensor([3, 4]), positive([]), tensorFromNumbers(DataType.UINT16, [], [300])],
  },
  {
    name: "MatMulInteger with zero points per column",
    opType: "MatMulInteger",
    opset: 13,
    inputs: [
      int8([3, 4]),
      int8([4, 5], 2),
      tensorFromNumbers(DataType.INT8, [], [3]),
      tensorFromNumbers(DataType.INT8, [5], [1, -2, 3, 0, 5]),
    ],
  },
  {
    name: "Resize, antialiased linear",
    opType: "Resize",
    opset: 18,
    inputs: [x4, null, null, ints([2, 4, 3, 4])],
    attributes: { mode: stringAttribute("linear"), antialias: intAttribute(1) },
  },
  {
    name: "Resize of two axes",
    opType: "Resize",
    opset: 18,
    inputs: [x4, null, floatTensor([2], [2, 1.5])],
    attributes: { mode: stringAttribute("linear"), axes: intsAttribute([2, 3]) },
  },
  {
    name: "Resize, half pixel symmetric",
    opType: "Resize",
    opset: 19,
    inputs: [x4, empty, floatTensor([4], [1, 1, 1.3, 1.7])],
    attributes: { mode: stringAttribute("linear"), coordinate_transformation_mode: stringAttribute("half_pixel_symmetric") },
  },
  { name: "Pad of one axis", opType: "Pad", opset: 18, inputs: [x4, ints([1, 2]), null, ints([-1])] },
  {
    name: "Pad around",
    opType: "Pad",
    opset: 19,
    inputs: [noiseTensor([3, 4]), ints([1, 2, 0, 1])],
    attributes: { mode: stringAttribute("wrap") },
  },
  { name: "ReduceL2 by an input", opType: "ReduceL2", opset: 18, inputs: [x4, ints([1, -1])], attributes: { keepdims: intAttribute(0) } },
  {
    name: "Split in three, the last smaller",
    opType: "Split",
    opset: 18,
    inputs: [noiseTensor([7, 2])],
    outputs: 3,
    attributes: { num_outputs: intAttribute(3) },
  },
  {
    name: "ScatterElements that adds",
    opType: "ScatterElements",
    opset: 18,
    inputs: [noiseTensor([3, 3]), { ...ints([0, 0, 1]), dims: [1, 3] }, noiseTensor([1, 3], 2)],
    attributes: { reduction: stringAttribute("add") },
  },
  {
    name: "ScatterND that takes the larger",
    opType: "ScatterND",
    opset: 18,
    inputs: [noiseTensor([4]), { ...ints([1, 3]), dims: [2, 1] }, noiseTensor([2], 2)],
    attributes: { reduction: stringAttribute("max") },
  },
  {
    name: "Softmax until opset 12, two axes",
    opType: "Softmax",
    opset: 11,
    inputs: [noiseTensor([2, 3, 4])],
    attributes: { axis: intAttribute(1) },
  },
  {
    name: "Einsum with dots",
    opType: "Einsum",
    opset: 13,
    inputs: [noiseTensor([2, 3, 4]), noiseTensor([2, 4, 5], 2)],
    attributes: { equation: stringAttribute("...ij,...jk->...ik") },
  },
  {
    name: "LSTM, both directions",
    opType: "LSTM",
    opset: 14,
    outputs: 3,
    inputs: [noiseTensor([4, 2, 3]), noiseTensor([2, 20, 3], 2), noiseTensor([2, 20, 5], 3), noiseTensor([2, 40], 4)],
    attributes: { hidden_size: intAttribute(5), direction: stringAttribute("bidirectional") },
  },
  {
    name: "GRU, backwards, reset after",
    opType: "GRU",
    opset: 14,
    outputs: 2,
    inputs: [noiseTensor([4, 2, 3]), noiseTensor([1, 15, 3], 2), noiseTensor([1, 15, 5], 3), noiseTensor([1, 30], 4)],
    attributes: { hidden_size: intAttribute(5), direction: stringAttribute("reverse"), linear_before_reset: intAttribute(1) },
  },
  {
    name: "LayerNormalization of two axes",
    opType: "LayerNormalization",
    opset: 17,
    inputs: [x4, noiseTensor([5, 6]), noiseTensor([5, 6], 2)],
    attributes: { axis: intAttribute(2), epsilon: floatAttribute(1e-3) },
  },
];

/** Runtimes have these only since operator sets that this package does not write. */
const DEFINITION_ONLY = ["Swish", "RMSNormalization"];

function modelOf({ opType, opset, inputs, attributes = {}, outputs = 1 }: Case) {
  const names = inputs.map((tensor, index) => (tensor === null ? "" : `i${index}`));
  const results = Array.from({ length: outputs }, (_, index) => `y${index}`);
  const constants = Object.fromEntries(inputs.flatMap((tensor, index) => (tensor === null ? [] : [[`i${index}`, tensor] as const])));
  const model = buildModel({
    nodes: [{ opType, inputs: names, outputs: results, attributes }],
    constants,
    inputs: {},
    outputs: results,
    opset,
  });
  inferModel(model);
  return model;
}

describe("interpreter, inference and onnxruntime agree on", () => {
  test.each(CASES)("$name", async (given) => {
    const model = modelOf(given);
    const types = model.graph.outputs.map((name) => model.graph.typeOf(name));
    const bytes = writeModel(model);
    const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1, logSeverityLevel: 4, graphOptimizationLevel: "disabled" });
    const wanted: Readonly<Record<string, RuntimeTensor>> = await session.run({});
    const got = runModel(readModel(bytes), new Map());
    for (const [index, tensor] of got.entries()) {
      const expected = wanted[`y${index}`] as RuntimeTensor;
      expect(types[index]).toEqual({ elemType: tensor.dataType, shape: tensor.dims });
      expect(tensor.dims).toEqual([...expected.dims]);
      const values = Array.from(expected.data as ArrayLike<number | bigint>, Number);
      const worst = toNumbers(tensor).reduce((most, value, at) => Math.max(most, Math.abs(value - (values[at] ?? Number.NaN))), 0);
      expect(worst).toBeLessThanOrEqual(given.tolerance ?? 2e-6 * Math.max(1, ...values.map(Math.abs)));
    }
  });

  test("every operator is in a node test or in the list above", () => {
    const known = new Set([...DEFINITION_ONLY, ...CASES.map(({ opType }) => opType)]);
    for (const { model } of readPacked())
      for (const graph of allGraphs(readModel(model).graph)) for (const node of graph.nodes) known.add(node.opType);
    const operators = Object.values(OPERATOR_FAMILIES).flatMap((family) => Object.keys(family));
    expect(operators.filter((operator) => !known.has(operator))).toEqual([]);
  });
});
