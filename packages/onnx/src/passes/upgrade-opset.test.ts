import { describe, expect, test } from "vitest";
import { type Attribute, floatAttribute, intAttribute, intsAttribute, type NodeInit, stringAttribute } from "../graph/node.ts";
import { floatTensor, int64Tensor, type Tensor } from "../graph/tensor.ts";
import type { Dim } from "../graph/types.ts";
import { buildModel, noiseTensor } from "../test-support/build-model.ts";
import { writeModel } from "../graph/write-model.ts";
import { difference, expectSame, noiseFeeds, operators, runModel } from "../test-support/oracle.ts";
import { upgradeOpset } from "./upgrade-opset.ts";

const floats = (value: readonly number[]): Attribute => ({ kind: "floats", value });

interface Case {
  readonly name: string;
  readonly from: number;
  readonly node: Omit<NodeInit, "outputs"> & { readonly outputs?: readonly string[] };
  readonly input?: readonly Dim[];
  readonly constants?: Record<string, Tensor>;
}

const x = ["x"];
/** Each operator that changed, in the last set before the change; onnxruntime runs both. */
const CASES: readonly Case[] = [
  {
    name: "spatial BatchNormalization",
    from: 8,
    node: { opType: "BatchNormalization", inputs: ["x", "one", "b", "b", "one"], attributes: { spatial: intAttribute(1) } },
    input: [2, 3, 4],
    constants: { one: floatTensor([3], [1, 2, 3]), b: noiseTensor([3]) },
  },
  {
    name: "Slice",
    from: 9,
    node: {
      opType: "Slice",
      inputs: x,
      attributes: { starts: intsAttribute([1, -3]), ends: intsAttribute([2, -1]), axes: intsAttribute([0, 2]) },
    },
    input: [2, 3, 4],
  },
  {
    name: "Slice to the end (2^63 - 1)",
    from: 9,
    node: {
      opType: "Slice",
      inputs: x,
      attributes: { starts: intsAttribute([1]), ends: intsAttribute([2n ** 63n - 1n]), axes: intsAttribute([1]) },
    },
    input: [2, 3, 4],
  },
  { name: "TopK", from: 9, node: { opType: "TopK", inputs: x, outputs: ["y", "i"], attributes: { k: intAttribute(2) } }, input: [2, 5] },
  {
    name: "Upsample 7 with an attribute",
    from: 8,
    node: { opType: "Upsample", inputs: x, attributes: { scales: floats([1, 1, 2, 3]), mode: stringAttribute("nearest") } },
    input: [1, 2, 3, 3],
  },
  {
    name: "Upsample 9, linear",
    from: 9,
    node: { opType: "Upsample", inputs: ["x", "s"], attributes: { mode: stringAttribute("linear") } },
    input: [1, 2, 3, 3],
    constants: { s: floatTensor([4], [1, 1, 2, 2]) },
  },
  {
    name: "Resize 10, larger",
    from: 10,
    node: { opType: "Resize", inputs: ["x", "s"] },
    input: [1, 1, 4, 4],
    constants: { s: floatTensor([4], [1, 1, 1.5, 2]) },
  },
  {
    name: "Resize 10, smaller",
    from: 10,
    node: { opType: "Resize", inputs: ["x", "s"] },
    input: [1, 1, 5, 5],
    constants: { s: floatTensor([4], [1, 1, 0.6, 0.6]) },
  },
  {
    name: "Clip with both limits",
    from: 10,
    node: { opType: "Clip", inputs: x, attributes: { min: floatAttribute(-0.2), max: floatAttribute(0.4) } },
  },
  { name: "Clip with an upper limit", from: 10, node: { opType: "Clip", inputs: x, attributes: { max: floatAttribute(0.4) } } },
  {
    name: "Pad with a value",
    from: 10,
    node: { opType: "Pad", inputs: x, attributes: { pads: intsAttribute([0, 1, 1, 0]), value: floatAttribute(7) } },
  },
  {
    name: "Pad that mirrors",
    from: 10,
    node: { opType: "Pad", inputs: x, attributes: { pads: intsAttribute([0, 2, 0, 1]), mode: stringAttribute("reflect") } },
  },
  {
    name: "Scatter",
    from: 10,
    node: { opType: "Scatter", inputs: ["x", "i", "u"], attributes: { axis: intAttribute(1) } },
    input: [1, 4],
    constants: { i: { ...int64Tensor([1, 3]), dims: [1, 2] }, u: floatTensor([1, 2], [8, 9]) },
  },
  { name: "Dropout 10", from: 10, node: { opType: "Dropout", inputs: x, attributes: { ratio: floatAttribute(0.3) } } },
  { name: "Squeeze", from: 12, node: { opType: "Squeeze", inputs: x, attributes: { axes: intsAttribute([0]) } }, input: [1, 4, 1] },
  { name: "Squeeze of every 1", from: 12, node: { opType: "Squeeze", inputs: x }, input: [1, 4, 1] },
  { name: "Unsqueeze", from: 12, node: { opType: "Unsqueeze", inputs: x, attributes: { axes: intsAttribute([0, 2]) } } },
  {
    name: "ReduceSum",
    from: 12,
    node: { opType: "ReduceSum", inputs: x, attributes: { axes: intsAttribute([1]), keepdims: intAttribute(0) } },
  },
  {
    name: "Split in unequal parts",
    from: 12,
    node: { opType: "Split", inputs: x, outputs: ["y", "z"], attributes: { axis: intAttribute(1), split: intsAttribute([1, 3]) } },
  },
  {
    name: "Split in equal parts",
    from: 12,
    node: { opType: "Split", inputs: x, outputs: ["y", "z"], attributes: { axis: intAttribute(1) } },
  },
  { name: "Softmax over the last axis", from: 12, node: { opType: "Softmax", inputs: x } },
  { name: "Softmax over two axes at once", from: 11, node: { opType: "Softmax", inputs: x }, input: ["n", 3, 4] },
  {
    name: "LogSoftmax over everything",
    from: 9,
    node: { opType: "LogSoftmax", inputs: x, attributes: { axis: intAttribute(0) } },
    input: [2, 3, 4],
  },
  { name: "ReduceMean", from: 17, node: { opType: "ReduceMean", inputs: x, attributes: { axes: intsAttribute([0]) } } },
  { name: "ReduceMax over everything", from: 17, node: { opType: "ReduceMax", inputs: x } },
  { name: "DFT", from: 17, node: { opType: "DFT", inputs: x, attributes: { axis: intAttribute(1) } }, input: [1, 8, 4, 1] },
  ...[
    [1, 1, 2, 3],
    [1, 1, 0.6, 1.5],
  ].map((scales) => ({
    name: `Resize at TensorFlow's half pixels by ${scales.join(" × ")}`,
    from: 11,
    node: {
      opType: "Resize",
      inputs: ["x", "none", "s"],
      attributes: { coordinate_transformation_mode: stringAttribute("tf_half_pixel_for_nn"), nearest_mode: stringAttribute("floor") },
    },
    input: [1, 1, 5, 4],
    constants: { none: floatTensor([0], []), s: floatTensor([4], scales) },
  })),
  {
    name: "RoiAlign, whose default moved by half a pixel",
    from: 15,
    node: { opType: "RoiAlign", inputs: ["x", "r", "i"], attributes: { output_height: intAttribute(2), output_width: intAttribute(2) } },
    input: [1, 1, 6, 6],
    constants: { r: floatTensor([1, 4], [0.5, 1, 4, 5]), i: int64Tensor([0]) },
  },
  {
    name: "GridSample",
    from: 17,
    node: { opType: "GridSample", inputs: ["x", "g"], attributes: { mode: stringAttribute("bicubic") } },
    input: [1, 1, 4, 4],
    constants: { g: noiseTensor([1, 3, 3, 2]) },
  },
  {
    name: "GroupNormalization",
    from: 18,
    node: { opType: "GroupNormalization", inputs: ["x", "one", "b"], attributes: { num_groups: intAttribute(2) } },
    input: [2, 4, 3],
    constants: { one: floatTensor([2], [1, 2]), b: noiseTensor([2]) },
  },
];

function build({ from, node, input, constants }: Case) {
  const outputs = node.outputs ?? ["y"];
  const model = buildModel({
    nodes: [{ ...node, outputs }],
    outputs: outputs.filter((name) => name !== "i"),
    opset: from,
    ...(input === undefined ? {} : { inputs: { x: input } }),
    ...(constants === undefined ? {} : { constants }),
  });
  return model;
}

describe("upgradeOpset keeps what a model computes", () => {
  test.each(CASES)("$name, from opset $from to 21", async (given) => {
    const model = build(given);
    const after = await expectSame(model, (copy) => upgradeOpset(copy, 21), { feeds: noiseFeeds(model) });
    expect(after.opsets.get("")).toBe(21);
  });

  test("to 13 leaves alone what changed later", async () => {
    const model = build({ name: "", from: 9, node: { opType: "ReduceMean", inputs: x, attributes: { axes: intsAttribute([1]) } } });
    const after = await expectSame(model, (copy) => upgradeOpset(copy, 13));
    expect(after.graph.nodes[0]?.ints("axes")).toEqual([1]);
  });
});

/** onnxruntime runs opset 7 and newer only, so the oracle is the opset 7 model written by hand. */
const FROM_6: readonly (readonly [string, NodeInit, NodeInit])[] = [
  [
    "Add along axis 1",
    { opType: "Add", inputs: ["x", "b"], outputs: ["y"], attributes: { broadcast: intAttribute(1), axis: intAttribute(1) } },
    { opType: "Add", inputs: ["x", "column"], outputs: ["y"] },
  ],
  [
    "Mul by a suffix",
    { opType: "Mul", inputs: ["x", "row"], outputs: ["y"], attributes: { broadcast: intAttribute(1) } },
    { opType: "Mul", inputs: ["x", "row"], outputs: ["y"] },
  ],
  [
    "Dropout with is_test",
    { opType: "Dropout", inputs: x, outputs: ["y"], attributes: { is_test: intAttribute(1) } },
    { opType: "Identity", inputs: x, outputs: ["y"] },
  ],
];

describe("upgradeOpset from 6", () => {
  test.each(FROM_6)("%s", async (_name, old, wanted) => {
    const constants = { b: noiseTensor([3]), column: noiseTensor([3, 1]), row: noiseTensor([4], 2) };
    const inputs = { x: [2, 3, 4] };
    const model = buildModel({ nodes: [old], constants, inputs, opset: 6 });
    upgradeOpset(model, 21);
    const reference = buildModel({ nodes: [wanted], constants, inputs, opset: 7 });
    const feeds = noiseFeeds(model);
    const [left, right] = [await runModel(writeModel(reference), feeds), await runModel(writeModel(model), feeds)];
    expect(difference(left["y"], right["y"])).toBe(0);
  });
});

describe("upgradeOpset refuses", () => {
  const refused: readonly (readonly [string, number, NodeInit])[] = [
    [
      "normalises every position",
      8,
      { opType: "BatchNormalization", inputs: ["x", "b", "b", "b", "b"], outputs: ["y"], attributes: { spatial: intAttribute(0) } },
    ],
    ["training mode", 12, { opType: "BatchNormalization", inputs: ["x", "b", "b", "b", "b"], outputs: ["y", "m"] }],
    ["first version of Scan", 8, { opType: "Scan", inputs: ["", "x"], outputs: ["y"] }],
    [
      "along axis",
      6,
      { opType: "Add", inputs: ["x", "x"], outputs: ["y"], attributes: { broadcast: intAttribute(1), axis: intAttribute(-9) } },
    ],
    ["operator set 5", 5, { opType: "Relu", inputs: ["x"], outputs: ["y"] }],
  ];
  test.each(refused)("%s", (sentence, opset, node) => {
    const model = buildModel({ nodes: [node], constants: { b: noiseTensor([4]) }, opset });
    expect(() => upgradeOpset(model, 21)).toThrow(sentence);
  });

  test("nothing where the model is new enough", () => {
    const model = buildModel({ nodes: [{ opType: "Relu", inputs: ["x"], outputs: ["y"] }], opset: 20 });
    expect(upgradeOpset(model, 13)).toEqual([]);
    expect(operators(model)).toEqual(["Relu"]);
  });
});
