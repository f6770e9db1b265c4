import { describe, expect, test } from "vitest";
import { DataType } from "../graph/data-types.ts";
import { intAttribute, intsAttribute, type NodeInit, stringAttribute } from "../graph/node.ts";
import { floatTensor, int64Tensor, type Tensor } from "../graph/tensor.ts";
import type { Dim } from "../graph/types.ts";
import { buildModel, noiseTensor } from "../test-support/build-model.ts";
import { expectSame, operators } from "../test-support/oracle.ts";
import { simplify } from "./simplify.ts";

const to = (values: readonly (number | bigint)[]): Tensor => int64Tensor(values);
const perm = (values: readonly number[]) => ({ perm: intsAttribute(values) });
const reshape = (from: string, shape: string, output: string): NodeInit => ({
  opType: "Reshape",
  inputs: [from, shape],
  outputs: [output],
});

interface Case {
  readonly name: string;
  readonly nodes: readonly NodeInit[];
  readonly constants?: Record<string, Tensor>;
  readonly input?: readonly Dim[];
  readonly left: readonly string[];
}

/** Each model goes through the whole clean-up; onnxruntime computes it before and after. */
const FIRES: readonly Case[] = [
  {
    name: "Reshape of Reshape is one Reshape",
    nodes: [reshape("x", "a", "m"), reshape("m", "b", "y")],
    constants: { a: to([2, 8]), b: to([4, 4]) },
    input: [4, 2, 2],
    left: ["Reshape"],
  },
  {
    name: "Reshape of Flatten, Squeeze and Unsqueeze is one Reshape",
    nodes: [
      { opType: "Unsqueeze", inputs: ["x", "axes"], outputs: ["u"] },
      { opType: "Squeeze", inputs: ["u", "axes"], outputs: ["s"] },
      { opType: "Flatten", inputs: ["s"], outputs: ["f"] },
      reshape("f", "b", "y"),
    ],
    constants: { axes: to([0]), b: to([-1, 2]) },
    input: [4, 2, 2],
    left: ["Reshape"],
  },
  {
    name: "two Transposes become their product",
    nodes: [
      { opType: "Transpose", inputs: ["x"], outputs: ["m"], attributes: perm([0, 2, 3, 1]) },
      { opType: "Transpose", inputs: ["m"], outputs: ["y"], attributes: perm([0, 2, 1, 3]) },
    ],
    input: [2, 3, 4, 5],
    left: ["Transpose"],
  },
  {
    name: "Transposes that undo each other go",
    nodes: [
      { opType: "Transpose", inputs: ["x"], outputs: ["m"], attributes: perm([0, 2, 3, 1]) },
      { opType: "Transpose", inputs: ["m"], outputs: ["n"], attributes: perm([0, 3, 1, 2]) },
      { opType: "Relu", inputs: ["n"], outputs: ["y"] },
    ],
    input: [2, 3, 4, 5],
    left: ["Relu"],
  },
  {
    name: "a target computed from shapes becomes a constant",
    nodes: [
      { opType: "Shape", inputs: ["x"], outputs: ["s"] },
      { opType: "Gather", inputs: ["s", "zero"], outputs: ["n"] },
      { opType: "Concat", inputs: ["n", "rest"], outputs: ["t"], attributes: { axis: intAttribute(0) } },
      reshape("x", "t", "y"),
    ],
    constants: { zero: to([0]), rest: to([12]) },
    input: ["n", 3, 4],
    left: ["Reshape"],
  },
  {
    name: "the Slice of a known Shape is folded",
    nodes: [
      { opType: "Shape", inputs: ["x"], outputs: ["s"] },
      { opType: "Slice", inputs: ["s", "one", "end"], outputs: ["t"] },
      { opType: "ConstantOfShape", inputs: ["t"], outputs: ["c"] },
      { opType: "Add", inputs: ["x", "c"], outputs: ["z"] },
      { opType: "Relu", inputs: ["z"], outputs: ["y"] },
    ],
    constants: { one: to([1]), end: to([2n ** 63n - 1n]) },
    input: ["n", 3, 4],
    left: ["Relu"],
  },
  {
    name: "a Pad that mirrors a constant is folded",
    nodes: [
      { opType: "Pad", inputs: ["k", "pads"], outputs: ["p"], attributes: { mode: stringAttribute("reflect") } },
      { opType: "Add", inputs: ["x", "p"], outputs: ["y"] },
    ],
    constants: { k: floatTensor([4], [1, 2, 3, 4]), pads: to([1, 1]) },
    input: [2, 6],
    left: ["Add"],
  },
];

const STAYS: readonly Case[] = [
  {
    name: "a Reshape that copies a dimension of a Reshape",
    nodes: [reshape("x", "a", "m"), reshape("m", "b", "y")],
    constants: { a: to([2, 8]), b: to([0, 4, 2]) },
    input: [4, 2, 2],
    left: ["Reshape", "Reshape"],
  },
  {
    name: "a target with two unknown dimensions",
    nodes: [
      { opType: "Shape", inputs: ["x"], outputs: ["s"] },
      { opType: "Gather", inputs: ["s", "order"], outputs: ["t"] },
      reshape("x", "t", "y"),
    ],
    constants: { order: to([1, 0, 2]) },
    input: ["n", "m", 3],
    left: ["Shape", "Gather", "Reshape"],
  },
  {
    name: "quantised weights behind DequantizeLinear",
    nodes: [
      { opType: "DequantizeLinear", inputs: ["q", "scale"], outputs: ["w"] },
      { opType: "MatMul", inputs: ["x", "w"], outputs: ["y"] },
    ],
    constants: {
      q: { dataType: DataType.INT8, dims: [4, 2], bytes: Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8]) },
      scale: floatTensor([], [0.5]),
    },
    input: ["n", 4],
    left: ["DequantizeLinear", "MatMul"],
  },
  {
    name: "a MatMul of three axes",
    nodes: [
      { opType: "MatMul", inputs: ["x", "w"], outputs: ["m"] },
      { opType: "Add", inputs: ["m", "b"], outputs: ["y"] },
    ],
    constants: { w: noiseTensor([4, 2]), b: noiseTensor([2], 2) },
    input: [2, 3, 4],
    left: ["MatMul", "Add"],
  },
  {
    name: "a bias with a row each",
    nodes: [
      { opType: "MatMul", inputs: ["x", "w"], outputs: ["m"] },
      { opType: "Add", inputs: ["m", "b"], outputs: ["y"] },
    ],
    constants: { w: noiseTensor([4, 3]), b: noiseTensor([3, 1], 2) },
    input: [3, 4],
    left: ["MatMul", "Add"],
  },
];

function check({ nodes, constants = {}, input = ["n", 4], left }: Case): Promise<void> {
  return expectSame(buildModel({ nodes, constants, inputs: { x: input } }), (copy) => simplify(copy, { check: true })).then((after) =>
    expect(operators(after)).toEqual(left),
  );
}

describe("shape passes fire", () => {
  test.each(FIRES)("$name", check);
});

describe("shape passes must not fire", () => {
  test.each(STAYS)("$name stays", check);

  test("another reader keeps the middle value", async () => {
    const model = buildModel({
      inputs: { x: [4, 2, 2] },
      outputs: ["y", "z"],
      constants: { a: to([2, 8]), b: to([4, 4]) },
      nodes: [reshape("x", "a", "m"), reshape("m", "b", "y"), { opType: "Relu", inputs: ["m"], outputs: ["z"] }],
    });
    expect(operators(await expectSame(model, (copy) => simplify(copy, { check: true })))).toEqual(["Reshape", "Reshape", "Relu"]);
  });
});
