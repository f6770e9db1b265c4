import { floatAttribute, floatTensor, int64Tensor, intAttribute, intsAttribute, stringAttribute } from "@flotilla/onnx";
import { image, one, random, type WrittenCase } from "./written-case.ts";

/** Layers, pools, layouts and arithmetic. */
export const LAYER_CASES: Readonly<Record<string, WrittenCase>> = {
  "Conv, no padding": { inputs: image, constants: { w: random([4, 3, 3, 3]) }, nodes: [one("Conv", {}, ["x", "w"])] },
  "Conv, padding of 1 and stride of 2 on even sizes": {
    inputs: image,
    constants: { w: random([4, 3, 3, 3]), b: random([4]) },
    nodes: [one("Conv", { pads: intsAttribute([1, 1, 1, 1]), strides: intsAttribute([2, 2]) }, ["x", "w", "b"])],
  },
  "Conv, SAME_UPPER and SAME_LOWER": {
    inputs: image,
    constants: { w: random([4, 3, 2, 4]), v: random([2, 4, 2, 2]) },
    nodes: [
      {
        opType: "Conv",
        inputs: ["x", "w"],
        outputs: ["m"],
        attributes: { auto_pad: stringAttribute("SAME_UPPER"), strides: intsAttribute([2, 1]) },
      },
      { opType: "Conv", inputs: ["m", "v"], outputs: ["y"], attributes: { auto_pad: stringAttribute("SAME_LOWER") } },
    ],
  },
  "Conv with dilation": {
    inputs: image,
    constants: { w: random([4, 3, 3, 2]) },
    nodes: [one("Conv", { dilations: intsAttribute([2, 3]), pads: intsAttribute([2, 1, 1, 2]) }, ["x", "w"])],
  },
  "depthwise Conv with multiplier 2": {
    inputs: image,
    constants: { w: random([6, 1, 3, 3]), b: random([6]) },
    nodes: [one("Conv", { group: intAttribute(3), pads: intsAttribute([1, 1, 1, 1]) }, ["x", "w", "b"])],
  },
  "Conv in two groups": {
    inputs: { x: [1, 4, 6, 6] },
    constants: { w: random([6, 2, 3, 3]) },
    nodes: [one("Conv", { group: intAttribute(2) }, ["x", "w"])],
  },
  "Conv over one place, causal": {
    inputs: { x: [2, 3, 9] },
    constants: { w: random([4, 3, 3]), b: random([4]) },
    nodes: [one("Conv", { pads: intsAttribute([4, 0]), dilations: intsAttribute([2]) }, ["x", "w", "b"])],
  },
  "Conv with calculated weights": { inputs: { x: [1, 2, 5, 5], w: [3, 2, 2, 2] }, nodes: [one("Conv", {}, ["x", "w"])] },
  "ConvTranspose, no padding": {
    inputs: image,
    constants: { w: random([3, 4, 3, 3]), b: random([4]) },
    nodes: [one("ConvTranspose", { strides: intsAttribute([2, 2]) }, ["x", "w", "b"])],
  },
  "ConvTranspose with padding and output padding": {
    inputs: image,
    constants: { w: random([3, 4, 3, 3]), b: random([4]) },
    nodes: [
      one("ConvTranspose", { strides: intsAttribute([2, 2]), pads: intsAttribute([1, 1, 1, 1]), output_padding: intsAttribute([1, 1]) }, [
        "x",
        "w",
        "b",
      ]),
    ],
  },
  "ConvTranspose, symmetric padding": {
    inputs: image,
    constants: { w: random([3, 4, 4, 4]) },
    nodes: [one("ConvTranspose", { strides: intsAttribute([2, 2]), pads: intsAttribute([1, 1, 1, 1]) }, ["x", "w"])],
  },
  "ConvTranspose over one place": {
    inputs: { x: [1, 3, 5] },
    constants: { w: random([3, 2, 4]) },
    nodes: [one("ConvTranspose", { strides: intsAttribute([2]) }, ["x", "w"])],
  },
  "Gemm with alpha, beta and a full bias": {
    inputs: { x: [3, 5] },
    constants: { w: random([5, 4]), c: random([3, 4]) },
    nodes: [one("Gemm", { alpha: floatAttribute(0.5), beta: floatAttribute(2) }, ["x", "w", "c"])],
  },
  "Gemm transposed": {
    inputs: { x: [5, 3] },
    constants: { w: random([4, 5]), c: random([4]) },
    nodes: [one("Gemm", { transA: intAttribute(1), transB: intAttribute(1) }, ["x", "w", "c"])],
  },
  "MatMul with a matrix": { inputs: { x: [2, 3, 5] }, constants: { w: random([5, 4]) }, nodes: [one("MatMul", {}, ["x", "w"])] },
  "MatMul of two values, one transposed": {
    inputs: { x: [2, 2, 3, 5], k: [2, 2, 4, 5] },
    nodes: [
      { opType: "Transpose", inputs: ["k"], outputs: ["t"], attributes: { perm: intsAttribute([0, 1, 3, 2]) } },
      one("MatMul", {}, ["x", "t"]),
    ],
  },
  "MatMul with a constant on the left": {
    inputs: { x: [2, 5, 3] },
    constants: { w: random([4, 5]) },
    nodes: [one("MatMul", {}, ["w", "x"])],
  },
  "MaxPool with padding that is not SAME": {
    inputs: image,
    nodes: [one("MaxPool", { kernel_shape: intsAttribute([3, 3]), strides: intsAttribute([2, 2]), pads: intsAttribute([1, 1, 1, 1]) })],
  },
  "MaxPool with ceil_mode": {
    inputs: image,
    nodes: [one("MaxPool", { kernel_shape: intsAttribute([3, 3]), strides: intsAttribute([2, 2]), ceil_mode: intAttribute(1) })],
  },
  "MaxPool over one place": {
    inputs: { x: [1, 2, 9] },
    nodes: [one("MaxPool", { kernel_shape: intsAttribute([2]), strides: intsAttribute([2]) })],
  },
  "AveragePool without counting padding": {
    inputs: image,
    nodes: [one("AveragePool", { kernel_shape: intsAttribute([3, 3]), strides: intsAttribute([2, 2]), pads: intsAttribute([1, 1, 1, 1]) })],
  },
  "AveragePool counting padding": {
    inputs: image,
    nodes: [
      one("AveragePool", { kernel_shape: intsAttribute([3, 3]), pads: intsAttribute([1, 1, 1, 1]), count_include_pad: intAttribute(1) }),
    ],
  },
  "AveragePool with SAME": {
    inputs: image,
    nodes: [one("AveragePool", { kernel_shape: intsAttribute([3, 3]), auto_pad: stringAttribute("SAME_UPPER") })],
  },
  "global pools": {
    inputs: image,
    outputs: ["a", "b"],
    nodes: [
      { opType: "GlobalAveragePool", inputs: ["x"], outputs: ["a"] },
      { opType: "GlobalMaxPool", inputs: ["x"], outputs: ["b"] },
    ],
  },
  "a flattened convolution in front of a layer": {
    inputs: image,
    constants: { w: random([4, 3, 3, 3]), d: random([4 * 6 * 4, 5]) },
    nodes: [
      { opType: "Conv", inputs: ["x", "w"], outputs: ["c"] },
      { opType: "Relu", inputs: ["c"], outputs: ["r"] },
      { opType: "Flatten", inputs: ["r"], outputs: ["f"] },
      one("Gemm", {}, ["f", "d"]),
    ],
  },
  "channel shuffle": {
    inputs: { x: [1, 6, 4, 4] },
    constants: { w: random([6, 6, 1, 1]), a: int64Tensor([1, 2, 3, 4, 4]), b: int64Tensor([1, 6, 4, 4]) },
    nodes: [
      { opType: "Conv", inputs: ["x", "w"], outputs: ["c"] },
      { opType: "Reshape", inputs: ["c", "a"], outputs: ["r"] },
      { opType: "Transpose", inputs: ["r"], outputs: ["t"], attributes: { perm: intsAttribute([0, 2, 1, 3, 4]) } },
      { opType: "Reshape", inputs: ["t", "b"], outputs: ["s"] },
      one("Conv", {}, ["s", "w"]),
    ],
  },
  "blocks of an image, transposed with six axes": {
    inputs: { x: [1, 4, 6, 2] },
    constants: { a: int64Tensor([1, 2, 2, 2, 3, 2]), b: int64Tensor([6, 2, 2, 2]) },
    nodes: [
      { opType: "Reshape", inputs: ["x", "a"], outputs: ["r"] },
      { opType: "Transpose", inputs: ["r"], outputs: ["t"], attributes: { perm: intsAttribute([2, 4, 0, 1, 3, 5]) } },
      one("Reshape", {}, ["t", "b"]),
    ],
  },
  "squeeze and excitation": {
    inputs: image,
    constants: { w: random([4, 3, 1, 1]), d: random([4, 4]), s: int64Tensor([1, 4, 1, 1]) },
    nodes: [
      { opType: "Conv", inputs: ["x", "w"], outputs: ["c"] },
      { opType: "GlobalAveragePool", inputs: ["c"], outputs: ["g"] },
      { opType: "Flatten", inputs: ["g"], outputs: ["f"] },
      { opType: "Gemm", inputs: ["f", "d"], outputs: ["h"] },
      { opType: "Sigmoid", inputs: ["h"], outputs: ["k"] },
      { opType: "Reshape", inputs: ["k", "s"], outputs: ["v"] },
      one("Mul", {}, ["c", "v"]),
    ],
  },
  "operands of lower rank beside an image": {
    inputs: { x: [1, 3, 8, 6], v: [8, 1] },
    constants: { w: random([4, 3, 1, 1]), c: random([4, 1, 1]) },
    nodes: [
      { opType: "Conv", inputs: ["x", "w"], outputs: ["c0"] },
      { opType: "Add", inputs: ["c0", "c"], outputs: ["a"] },
      one("Mul", {}, ["a", "v"]),
    ],
  },
  "broadcasting of six axes": { inputs: { x: [2, 3, 1, 2, 3, 2], v: [2, 3, 4, 2, 3, 1] }, nodes: [one("Sub", {}, ["x", "v"])] },
  "arithmetic with fused activations": {
    inputs: { x: [2, 4], v: [2, 4] },
    constants: { low: floatTensor([], [0]), high: floatTensor([], [6]) },
    nodes: [
      { opType: "Add", inputs: ["x", "v"], outputs: ["a"] },
      { opType: "Relu", inputs: ["a"], outputs: ["r"] },
      { opType: "Mul", inputs: ["r", "v"], outputs: ["m"] },
      one("Clip", {}, ["m", "low", "high"]),
    ],
    stretch: (value) => value * 4,
  },
  "Conv over three places": {
    inputs: { x: [1, 2, 4, 5, 6] },
    constants: { w: random([3, 2, 2, 3, 2]), b: random([3]) },
    nodes: [one("Conv", { pads: intsAttribute([1, 1, 0, 0, 1, 1]), strides: intsAttribute([1, 2, 1]) }, ["x", "w", "b"])],
  },
  "MaxPool over three places": {
    inputs: { x: [1, 2, 5, 6, 7] },
    nodes: [
      one("MaxPool", {
        kernel_shape: intsAttribute([2, 3, 2]),
        strides: intsAttribute([2, 2, 1]),
        pads: intsAttribute([1, 1, 0, 0, 1, 1]),
      }),
    ],
  },
  "AveragePool over three places without counting padding": {
    inputs: { x: [1, 2, 5, 6, 7] },
    nodes: [
      one("AveragePool", {
        kernel_shape: intsAttribute([2, 3, 2]),
        strides: intsAttribute([2, 2, 1]),
        auto_pad: stringAttribute("SAME_UPPER"),
      }),
    ],
  },
  "Einsum of attention, with a constant, and of one operand": {
    inputs: { x: [2, 3, 2, 4], k: [2, 5, 2, 4] },
    outputs: ["a", "b", "c"],
    constants: { w: random([2, 4, 6]) },
    nodes: [
      { opType: "Einsum", inputs: ["x", "k"], outputs: ["a"], attributes: { equation: stringAttribute("bqhd,bkhd->bhqk") } },
      { opType: "Einsum", inputs: ["x", "w"], outputs: ["b"], attributes: { equation: stringAttribute("bqhd,hde->bqe") } },
      { opType: "Einsum", inputs: ["x"], outputs: ["c"], attributes: { equation: stringAttribute("bqhd -> dbq") } },
    ],
  },
  "ConvTranspose over three places": {
    inputs: { x: [1, 2, 3, 4, 3] },
    constants: { w: random([2, 3, 2, 3, 2]), b: random([3]) },
    nodes: [one("ConvTranspose", { strides: intsAttribute([1, 2, 2]), pads: intsAttribute([0, 1, 0, 0, 0, 0]) }, ["x", "w", "b"])],
  },
  "Einsum with an ellipsis": {
    inputs: { x: [2, 3, 4] },
    constants: { w: random([4, 5]) },
    nodes: [one("Einsum", { equation: stringAttribute("...d,de->...e") }, ["x", "w"])],
  },
};
