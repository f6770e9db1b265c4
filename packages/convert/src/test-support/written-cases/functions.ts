import {
  DataType,
  floatAttribute,
  floatTensor,
  int64Tensor,
  intAttribute,
  intsAttribute,
  stringAttribute,
  tensorFromNumbers,
} from "@flotilla/onnx";
import { image, one, random, type WrittenCase } from "./written-case.ts";

/** Functions of one value, each on the same noise. */
const FUNCTIONS: readonly WrittenCase[] = [
  ...["Relu", "LeakyRelu", "HardSwish", "Sigmoid", "Tanh", "Exp", "Abs", "Neg", "Floor", "Ceil", "Sin", "Cos", "Softplus", "Softsign"],
  ...["Mish", "Elu", "Selu", "Celu", "ThresholdedRelu", "Reciprocal", "Sign", "Erf", "HardSigmoid", "Identity"],
].map((opType) => ({ inputs: { x: [2, 3, 4] }, opset: 18, nodes: [one(opType)], stretch: (value) => value * 3 }));

const POSITIVE: readonly WrittenCase[] = ["Log", "Sqrt"].map((opType) => ({
  inputs: { x: [2, 3, 4] },
  nodes: [one(opType)],
  stretch: (value) => Math.abs(value) + 0.01,
}));

const GELUS: readonly WrittenCase[] = ["none", "tanh"].map((approximate) => ({
  inputs: { x: [2, 9] },
  opset: 20,
  nodes: [one("Gelu", { approximate: stringAttribute(approximate) })],
  stretch: (value) => value * 3,
}));

/** Functions, data that move, reductions, normalisations and recurrent layers. */
export const FUNCTION_CASES: Readonly<Record<string, WrittenCase>> = {
  ...Object.fromEntries([...FUNCTIONS, ...POSITIVE, ...GELUS].map((item, index) => [`${item.nodes[0]?.opType} (${index})`, item])),
  "Pow of a float and an integer": {
    inputs: { x: [2, 4] },
    constants: { two: int64Tensor([3]) },
    nodes: [one("Pow", {}, ["x", "two"])],
  },
  "Pow of an integer and a float": {
    inputs: { x: { elemType: DataType.INT32, shape: [2, 4] } },
    constants: { half: floatTensor([], [1.5]) },
    outputs: { y: DataType.INT32 },
    nodes: [one("Pow", {}, ["x", "half"])],
    stretch: (value) => Math.round(Math.abs(value) * 9),
  },
  "Trilu below a moved diagonal": {
    inputs: { x: [2, 3, 4] },
    constants: { k: tensorFromNumbers(DataType.INT64, [], [1]) },
    nodes: [one("Trilu", { upper: intAttribute(0) }, ["x", "k"])],
  },
  "ConstantOfShape too large to be stored": {
    inputs: { x: [1, 64, 64] },
    constants: { shape: int64Tensor([2, 64, 64]) },
    nodes: [
      { opType: "ConstantOfShape", inputs: ["shape"], outputs: ["zeros"] },
      { opType: "Concat", inputs: ["x", "zeros"], outputs: ["y"], attributes: { axis: intAttribute(0) } },
    ],
  },
  "Trilu above the diagonal": { inputs: { x: [4, 3] }, nodes: [one("Trilu")] },
  "Div, Pow, Max and Min of three": {
    inputs: { x: [2, 4], v: [2, 4] },
    constants: { two: floatTensor([], [2]), k: floatTensor([4], [0.1, -0.2, 0.3, 0]) },
    nodes: [
      { opType: "Pow", inputs: ["v", "two"], outputs: ["p"] },
      { opType: "Max", inputs: ["p", "k", "x"], outputs: ["m"] },
      { opType: "Min", inputs: ["m", "x", "k"], outputs: ["n"] },
      { opType: "Add", inputs: ["m", "two"], outputs: ["d"] },
      one("Div", {}, ["n", "d"]),
    ],
  },
  "Sum and Mean of several": {
    inputs: { x: [2, 4], v: [2, 4], u: [1, 4] },
    outputs: ["s", "m"],
    nodes: [
      { opType: "Sum", inputs: ["x", "v", "u"], outputs: ["s"] },
      { opType: "Mean", inputs: ["x", "v", "u"], outputs: ["m"] },
    ],
  },
  "comparisons, logic and Where": {
    inputs: { x: [2, 4], v: [1, 4] },
    constants: { z: floatTensor([], [0]) },
    nodes: [
      { opType: "Greater", inputs: ["x", "v"], outputs: ["g"] },
      { opType: "Less", inputs: ["x", "z"], outputs: ["l"] },
      { opType: "Or", inputs: ["g", "l"], outputs: ["o"] },
      { opType: "Not", inputs: ["o"], outputs: ["n"] },
      { opType: "And", inputs: ["n", "g"], outputs: ["b"] },
      { opType: "Xor", inputs: ["b", "l"], outputs: ["q"] },
      one("Where", {}, ["q", "x", "v"]),
    ],
  },
  "PRelu per channel": { inputs: image, constants: { s: random([3, 1, 1]) }, nodes: [one("PRelu", {}, ["x", "s"])] },
  "Softmax along the channels of an image": {
    inputs: image,
    constants: { w: random([4, 3, 1, 1]) },
    nodes: [{ opType: "Conv", inputs: ["x", "w"], outputs: ["c"] }, one("Softmax", { axis: intAttribute(1) }, ["c"])],
  },
  LogSoftmax: { inputs: { x: [3, 5] }, nodes: [one("LogSoftmax", { axis: intAttribute(0) })] },
  LRN: {
    inputs: image,
    nodes: [one("LRN", { size: intAttribute(3), alpha: floatAttribute(0.3), beta: floatAttribute(0.7), bias: floatAttribute(1.5) })],
  },
  "Concat of an image and a constant": {
    inputs: image,
    constants: { k: random([1, 2, 8, 6]), w: random([4, 3, 1, 1]) },
    nodes: [{ opType: "Conv", inputs: ["x", "w"], outputs: ["c"] }, one("Concat", { axis: intAttribute(1) }, ["c", "k", "x"])],
  },
  "Split, equal and not": {
    inputs: { x: [1, 6, 4] },
    constants: { p: int64Tensor([1, 3, 2]) },
    outputs: ["a", "b", "c", "d", "e"],
    nodes: [
      { opType: "Split", inputs: ["x", "p"], outputs: ["a", "b", "c"], attributes: { axis: intAttribute(1) } },
      { opType: "Split", inputs: ["x"], outputs: ["d", "e"], attributes: { axis: intAttribute(-1) } },
    ],
  },
  "Slice with steps, also backwards": {
    inputs: { x: [6, 5, 4] },
    constants: { s: int64Tensor([1, -1, 0]), e: int64Tensor([100, -100, 4]), a: int64Tensor([0, 1, 2]), t: int64Tensor([2, -1, 3]) },
    nodes: [one("Slice", {}, ["x", "s", "e", "a", "t"])],
  },
  "Slice of an image": {
    inputs: image,
    constants: { w: random([4, 3, 1, 1]), s: int64Tensor([1, 2]), e: int64Tensor([-1, 6]), a: int64Tensor([1, 2]) },
    nodes: [{ opType: "Conv", inputs: ["x", "w"], outputs: ["c"] }, one("Slice", {}, ["c", "s", "e", "a"])],
  },
  "Pad with another value, and reflected": {
    inputs: image,
    constants: { p: int64Tensor([0, 1, 2, 0, 0, 0, 1, 3]), v: floatTensor([], [0.5]), r: int64Tensor([0, 0, 2, 1, 0, 0, 1, 2]) },
    nodes: [{ opType: "Pad", inputs: ["x", "p", "v"], outputs: ["c"] }, one("Pad", { mode: stringAttribute("reflect") }, ["c", "r"])],
  },
  "Squeeze, Unsqueeze and Flatten": {
    inputs: { x: [2, 1, 3, 1, 4] },
    constants: { a: int64Tensor([1]), b: int64Tensor([0, 3]) },
    nodes: [
      { opType: "Squeeze", inputs: ["x", "a"], outputs: ["s"] },
      { opType: "Unsqueeze", inputs: ["s", "b"], outputs: ["u"] },
      one("Flatten", { axis: intAttribute(2) }, ["u"]),
    ],
  },
  "Transpose of five axes": { inputs: { x: [2, 3, 4, 2, 3] }, nodes: [one("Transpose", { perm: intsAttribute([4, 1, 3, 0, 2]) })] },
  "Gather with negative indices": {
    inputs: { x: [4, 5, 2] },
    constants: { i: tensorFromNumbers(DataType.INT64, [2, 2], [0, -1, 2, 1]) },
    nodes: [one("Gather", { axis: intAttribute(1) }, ["x", "i"])],
  },
  "an embedding": {
    inputs: { x: { elemType: DataType.INT64, shape: [2, 3] } },
    constants: { t: random([10, 4]) },
    nodes: [one("Gather", {}, ["t", "x"])],
    stretch: (value) => Math.floor(Math.abs(value) * 10),
  },
  "Expand and Tile": {
    inputs: { x: [1, 3, 1] },
    constants: { s: int64Tensor([2, 3, 4]), r: int64Tensor([1, 2, 1]) },
    nodes: [{ opType: "Expand", inputs: ["x", "s"], outputs: ["e"] }, one("Tile", {}, ["e", "r"])],
  },
  "SpaceToDepth and DepthToSpace": {
    inputs: image,
    constants: { w: random([4, 12, 1, 1]) },
    nodes: [
      { opType: "SpaceToDepth", inputs: ["x"], outputs: ["s"], attributes: { blocksize: intAttribute(2) } },
      { opType: "Conv", inputs: ["s", "w"], outputs: ["c"] },
      one("DepthToSpace", { blocksize: intAttribute(2) }, ["c"]),
    ],
  },
  "DepthToSpace in mode CRD": {
    inputs: { x: [1, 8, 2, 3] },
    nodes: [one("DepthToSpace", { blocksize: intAttribute(2), mode: stringAttribute("CRD") })],
  },
  "Resize, nearest, twice as large": {
    inputs: image,
    constants: { s: floatTensor([4], [1, 1, 2, 2]) },
    nodes: [
      one("Resize", { coordinate_transformation_mode: stringAttribute("asymmetric"), nearest_mode: stringAttribute("floor") }, [
        "x",
        "",
        "s",
      ]),
    ],
  },
  "Resize, nearest, at positions of neither flag": {
    inputs: image,
    constants: { s: int64Tensor([1, 3, 3, 5]) },
    nodes: [one("Resize", {}, ["x", "", "", "s"])],
  },
  "Resize, linear, half pixels": {
    inputs: image,
    constants: { s: floatTensor([4], [1, 1, 2, 3]) },
    nodes: [one("Resize", { mode: stringAttribute("linear") }, ["x", "", "s"])],
  },
  "Resize, linear, aligned corners": {
    inputs: image,
    constants: { s: int64Tensor([1, 3, 15, 4]) },
    nodes: [
      one("Resize", { mode: stringAttribute("linear"), coordinate_transformation_mode: stringAttribute("align_corners") }, [
        "x",
        "",
        "",
        "s",
      ]),
    ],
  },
  "Upsample of an old operator set": {
    inputs: image,
    opset: 9,
    constants: { s: floatTensor([4], [1, 1, 2, 2]) },
    nodes: [one("Upsample", { mode: stringAttribute("nearest") }, ["x", "s"])],
  },
  "Cast and ArgMax": {
    inputs: { x: [3, 5] },
    outputs: { y: DataType.INT64, z: DataType.INT32 },
    constants: { k: floatTensor([], [10]) },
    nodes: [
      one("ArgMax", { axis: intAttribute(1) }),
      { opType: "Mul", inputs: ["x", "k"], outputs: ["m"] },
      { opType: "Cast", inputs: ["m"], outputs: ["z"], attributes: { to: intAttribute(DataType.INT32) } },
    ],
  },
  "reductions over some axes": {
    inputs: { x: [2, 3, 4] },
    outputs: ["a", "b", "c", "d", "e", "f"],
    opset: 13,
    constants: { n: int64Tensor([1]) },
    nodes: [
      { opType: "ReduceMean", inputs: ["x"], outputs: ["a"], attributes: { axes: intsAttribute([1]) } },
      { opType: "ReduceSum", inputs: ["x", "n"], outputs: ["b"], attributes: { keepdims: intAttribute(0) } },
      { opType: "ReduceMax", inputs: ["x"], outputs: ["c"] },
      { opType: "ReduceL2", inputs: ["x"], outputs: ["d"], attributes: { axes: intsAttribute([-1]) } },
      { opType: "ReduceL1", inputs: ["x"], outputs: ["e"], attributes: { axes: intsAttribute([0, 2]) } },
      { opType: "ReduceLogSumExp", inputs: ["x"], outputs: ["f"], attributes: { axes: intsAttribute([2]), keepdims: intAttribute(0) } },
    ],
  },
  "a reduction of an image without its axes": {
    inputs: image,
    constants: { w: random([4, 3, 1, 1]) },
    nodes: [
      { opType: "Conv", inputs: ["x", "w"], outputs: ["c"] },
      one("ReduceMean", { axes: intsAttribute([2]), keepdims: intAttribute(0) }, ["c"]),
    ],
  },
  "BatchNormalization that nothing absorbs": {
    inputs: image,
    constants: { s: random([3]), b: random([3], 2), m: random([3], 3), v: floatTensor([3], [0.5, 1, 2]) },
    nodes: [{ opType: "Relu", inputs: ["x"], outputs: ["r"] }, one("BatchNormalization", {}, ["r", "s", "b", "m", "v"])],
  },
  InstanceNormalization: {
    inputs: image,
    constants: { s: random([3]), b: random([3], 2) },
    nodes: [one("InstanceNormalization", {}, ["x", "s", "b"])],
  },
  LayerNormalization: {
    inputs: { x: [2, 3, 8] },
    constants: { s: random([8]), b: random([8], 2) },
    nodes: [one("LayerNormalization", {}, ["x", "s", "b"])],
  },
  GroupNormalization: {
    inputs: { x: [1, 4, 3, 5] },
    opset: 21,
    constants: { s: random([4]), b: random([4], 2) },
    nodes: [one("GroupNormalization", { num_groups: intAttribute(2) }, ["x", "s", "b"])],
  },
  LpNormalization: { inputs: { x: [2, 5] }, nodes: [one("LpNormalization")] },
  LSTM: {
    inputs: { x: [4, 2, 3] },
    outputs: ["y", "h", "c"],
    constants: { w: random([2, 20, 3]), r: random([2, 20, 5], 2), b: random([2, 40], 3) },
    nodes: [
      {
        opType: "LSTM",
        inputs: ["x", "w", "r", "b"],
        outputs: ["y", "h", "c"],
        attributes: { hidden_size: intAttribute(5), direction: stringAttribute("bidirectional") },
      },
    ],
  },
  "GRU, both ways of resetting": {
    inputs: { x: [4, 2, 3] },
    outputs: ["y", "z"],
    constants: { w: random([1, 15, 3]), r: random([1, 15, 5], 2), b: random([1, 30], 3) },
    nodes: [
      { opType: "GRU", inputs: ["x", "w", "r", "b"], outputs: ["y"], attributes: { hidden_size: intAttribute(5) } },
      {
        opType: "GRU",
        inputs: ["x", "w", "r", "b"],
        outputs: ["", "z"],
        attributes: { hidden_size: intAttribute(5), linear_before_reset: intAttribute(1), direction: stringAttribute("reverse") },
      },
    ],
  },
  RNN: {
    inputs: { x: [3, 1, 2] },
    constants: { w: random([1, 4, 2]), r: random([1, 4, 4], 2) },
    nodes: [one("RNN", { hidden_size: intAttribute(4) }, ["x", "w", "r"])],
  },
  "LSTM with other functions": {
    inputs: { x: [3, 2, 3] },
    constants: { w: random([1, 20, 3]), r: random([1, 20, 5], 2), b: random([1, 40], 3) },
    nodes: [
      one(
        "LSTM",
        {
          hidden_size: intAttribute(5),
          activations: { kind: "strings", value: ["HardSigmoid", "Tanh", "Relu"].map((name) => new TextEncoder().encode(name)) },
          activation_alpha: { kind: "floats", value: [0.25] },
          activation_beta: { kind: "floats", value: [0.4] },
        },
        ["x", "w", "r", "b"],
      ),
    ],
  },
  "TopK along an inner axis, and CumSum backwards": {
    inputs: { x: [2, 5, 3] },
    outputs: { v: DataType.FLOAT, i: DataType.INT64, y: DataType.FLOAT },
    constants: { k: int64Tensor([2]), a: tensorFromNumbers(DataType.INT64, [], [-2]) },
    nodes: [
      { opType: "TopK", inputs: ["x", "k"], outputs: ["v", "i"], attributes: { axis: intAttribute(1) } },
      one("CumSum", { reverse: intAttribute(1), exclusive: intAttribute(1) }, ["x", "a"]),
    ],
  },
  GatherND: {
    inputs: { x: [3, 4, 2] },
    constants: { i: tensorFromNumbers(DataType.INT64, [2, 2], [0, 3, 2, 1]) },
    nodes: [one("GatherND", {}, ["x", "i"])],
  },
  Shrink: { inputs: { x: [2, 8] }, nodes: [one("Shrink", { lambd: floatAttribute(0.3), bias: floatAttribute(0.1) })] },
  "sequences with lengths of their own, there and back": {
    inputs: { x: [4, 2, 3] },
    outputs: ["y", "h", "c", "g"],
    constants: {
      w: random([2, 20, 3]),
      r: random([2, 20, 5], 2),
      v: random([1, 15, 3]),
      q: random([1, 15, 5], 2),
      n: tensorFromNumbers(DataType.INT32, [2], [2, 4]),
    },
    nodes: [
      {
        opType: "LSTM",
        inputs: ["x", "w", "r", "", "n"],
        outputs: ["y", "h", "c"],
        attributes: { hidden_size: intAttribute(5), direction: stringAttribute("bidirectional") },
      },
      { opType: "GRU", inputs: ["x", "v", "q", "", "n"], outputs: ["g"], attributes: { hidden_size: intAttribute(5) } },
    ],
  },
  "GatherND within batches": {
    inputs: { x: [2, 4, 3] },
    constants: { i: tensorFromNumbers(DataType.INT64, [2, 2, 1], [3, 0, 1, 2]) },
    nodes: [one("GatherND", { batch_dims: intAttribute(1) }, ["x", "i"])],
  },
};
