import { describe, expect, it } from "vitest";
import type { OneOperator, Operand } from "../test-support/one-operator.ts";
import { constant, distanceFromTflite, given, ints, noise, whole } from "../test-support/same-as-tflite.ts";
import { MirrorPadMode, Padding, TensorType } from "../tflite-schema/gen/tflite.ts";

const strided = (masks: object) => ({ type: "StridedSliceOptions", value: masks }) as const;
const reducer = (keepDims: boolean) => ({ type: "ReducerOptions", value: { keepDims } }) as const;

const BOXES: Operand = { shape: [5, 4], values: [0, 0, 1, 1, 0, 0.1, 1, 1.1, 2, 2, 3, 3, 2, 2.05, 3, 3.05, 5, 5, 6, 6] };
const SCORES: Operand = { shape: [5], values: [0.5, 0.9, 0.8, 0.3, 0.1] };

const CASES: Readonly<Record<string, OneOperator>> = {
  "ADD broadcast, with RELU6": {
    kind: "ADD",
    inputs: [given(2, 3, 4), given(4)],
    options: { type: "AddOptions", value: { fusedActivationFunction: 3 } },
  },
  "SUB with RELU_N1_TO_1": {
    kind: "SUB",
    inputs: [given(2, 3), constant([1])],
    options: { type: "SubOptions", value: { fusedActivationFunction: 2 } },
  },
  "MUL of integers": {
    kind: "MUL",
    inputs: [whole(2, 3), whole(3)],
    outputs: [TensorType.INT32],
    options: { type: "MulOptions", value: {} },
  },
  DIV: { kind: "DIV", inputs: [given(2, 3), constant([3])], options: { type: "DivOptions", value: {} } },
  "FLOOR_DIV of integers": { kind: "FLOOR_DIV", inputs: [whole(4, 5), whole(4, 5)], outputs: [TensorType.INT32] },
  "FLOOR_MOD of integers": { kind: "FLOOR_MOD", inputs: [whole(4, 5), whole(4, 5)], outputs: [TensorType.INT32] },
  "FLOOR_MOD of floats": { kind: "FLOOR_MOD", inputs: [given(4, 5), constant([5])] },
  SQUARED_DIFFERENCE: { kind: "SQUARED_DIFFERENCE", inputs: [given(2, 3), given(3)] },
  MAXIMUM: { kind: "MAXIMUM", inputs: [given(2, 3), given(3)] },
  "ADD_N of three": { kind: "ADD_N", inputs: [given(2, 3), given(2, 3), constant([2, 3])] },
  ROUND: { kind: "ROUND", inputs: [given(40)] },
  RSQRT: { kind: "RSQRT", inputs: [{ shape: [3], values: [0.5, 2, 9] }] },
  ELU: { kind: "ELU", inputs: [given(9)] },
  HARD_SWISH: { kind: "HARD_SWISH", inputs: [given(30)] },
  LEAKY_RELU: { kind: "LEAKY_RELU", inputs: [given(9)], options: { type: "LeakyReluOptions", value: { alpha: 0.3 } } },
  PRELU: { kind: "PRELU", inputs: [given(1, 3, 3, 4), constant([1, 1, 4])] },
  RELU_N1_TO_1: { kind: "RELU_N1_TO_1", inputs: [given(9)] },
  "SOFTMAX with beta": { kind: "SOFTMAX", inputs: [given(2, 5)], options: { type: "SoftmaxOptions", value: { beta: 0.5 } } },
  LOG_SOFTMAX: { kind: "LOG_SOFTMAX", inputs: [given(2, 5)] },
  L2_NORMALIZATION: { kind: "L2_NORMALIZATION", inputs: [given(2, 5)], options: { type: "L2NormOptions", value: {} } },
  LOCAL_RESPONSE_NORMALIZATION: {
    kind: "LOCAL_RESPONSE_NORMALIZATION",
    inputs: [given(1, 2, 2, 7)],
    options: { type: "LocalResponseNormalizationOptions", value: { radius: 2, bias: 1, alpha: 0.5, beta: 0.6 } },
  },
  "MEAN over height and width": { kind: "MEAN", inputs: [given(1, 4, 5, 3), ints([1, 2])], options: reducer(true) },
  "MEAN over height and width, axes gone": { kind: "MEAN", inputs: [given(1, 4, 5, 3), ints([2, 1])], options: reducer(false) },
  "REDUCE_MAX over a negative axis": { kind: "REDUCE_MAX", inputs: [given(2, 3, 4), ints([-2])], options: reducer(false) },
  REDUCE_PROD: { kind: "REDUCE_PROD", inputs: [given(2, 3), ints([0])], options: reducer(true) },
  "SUM of all": { kind: "SUM", inputs: [given(2, 3), ints([0, 1])], options: reducer(false) },
  "RESHAPE with -1": {
    kind: "RESHAPE",
    inputs: [given(2, 6), ints([3, -1])],
    options: { type: "ReshapeOptions", value: { newShape: [3, -1] } },
  },
  TRANSPOSE: { kind: "TRANSPOSE", inputs: [given(2, 3, 4), ints([2, 0, 1])], options: { type: "TransposeOptions", value: {} } },
  "SQUEEZE of all ones": { kind: "SQUEEZE", inputs: [given(1, 3, 1, 2)], options: { type: "SqueezeOptions", value: {} } },
  "EXPAND_DIMS from the end": {
    kind: "EXPAND_DIMS",
    inputs: [given(2, 3), ints([-1], [])],
    options: { type: "ExpandDimsOptions", value: {} },
  },
  "PACK in the middle": {
    kind: "PACK",
    inputs: [given(2, 3), given(2, 3)],
    options: { type: "PackOptions", value: { valuesCount: 2, axis: 1 } },
  },
  UNPACK: { kind: "UNPACK", inputs: [given(2, 3)], outputs: [0, 0, 0], options: { type: "UnpackOptions", value: { num: 3, axis: 1 } } },
  SPLIT: {
    kind: "SPLIT",
    inputs: [ints([1], []), given(2, 6)],
    outputs: [0, 0, 0],
    options: { type: "SplitOptions", value: { numSplits: 3 } },
  },
  "SPLIT_V with the rest": {
    kind: "SPLIT_V",
    inputs: [given(2, 6), ints([1, -1, 2]), ints([1], [])],
    outputs: [0, 0, 0],
    options: { type: "SplitVOptions", value: { numSplits: 3 } },
  },
  "CONCATENATION along a negative axis": {
    kind: "CONCATENATION",
    inputs: [given(2, 3), given(2, 2), constant([2, 1])],
    options: { type: "ConcatenationOptions", value: { axis: -1 } },
  },
  "SLICE to the end": {
    kind: "SLICE",
    inputs: [given(4, 5), ints([1, 2]), ints([2, -1])],
    options: { type: "SliceOptions", value: {} },
    shapes: [[2, 3]],
  },
  "STRIDED_SLICE backwards, with masks": {
    kind: "STRIDED_SLICE",
    inputs: [given(4, 5, 6), ints([3, 1, 0]), ints([0, 4, 5]), ints([-1, 2, 3])],
    options: strided({ beginMask: 1, endMask: 5 }),
  },
  "STRIDED_SLICE that shrinks the last place": {
    kind: "STRIDED_SLICE",
    inputs: [given(4, 5, 6), ints([0, -1, 0]), ints([4, 0, 6]), ints([1, 1, 1])],
    options: strided({ shrinkAxisMask: 2 }),
  },
  "STRIDED_SLICE with an ellipsis and a new axis": {
    kind: "STRIDED_SLICE",
    inputs: [given(4, 5, 6), ints([0, 0, 1]), ints([0, 0, 4]), ints([1, 1, 1])],
    options: strided({ ellipsisMask: 1, newAxisMask: 2 }),
  },
  REVERSE_V2: { kind: "REVERSE_V2", inputs: [given(3, 4), ints([1])], options: { type: "ReverseV2Options", value: {} } },
  REVERSE_SEQUENCE: {
    kind: "REVERSE_SEQUENCE",
    inputs: [given(2, 4, 3), ints([3, 2])],
    options: { type: "ReverseSequenceOptions", value: { seqDim: 1, batchDim: 0 } },
  },
  "GATHER along an inner axis": {
    kind: "GATHER",
    inputs: [given(3, 4, 2), ints([2, 0])],
    options: { type: "GatherOptions", value: { axis: 1 } },
  },
  "GATHER by batch": {
    kind: "GATHER",
    inputs: [given(2, 4, 3), ints([3, 0, 1, 1], [2, 2])],
    options: { type: "GatherOptions", value: { axis: 1, batchDims: 1 } },
  },
  GATHER_ND: { kind: "GATHER_ND", inputs: [given(3, 4), ints([2, 0, 1, 3], [2, 2])], options: { type: "GatherNdOptions", value: {} } },
  "SCATTER_ND that adds": {
    kind: "SCATTER_ND",
    inputs: [ints([1, 3, 1], [3, 1]), given(3), ints([5])],
    options: { type: "ScatterNdOptions", value: {} },
  },
  TILE: { kind: "TILE", inputs: [given(2, 3), ints([2, 1])], options: { type: "TileOptions", value: {} } },
  "PAD of two sides": { kind: "PAD", inputs: [given(2, 3), ints([1, 0, 0, 2], [2, 2])], options: { type: "PadOptions", value: {} } },
  PADV2: {
    kind: "PADV2",
    inputs: [given(2, 3), ints([1, 0, 0, 2], [2, 2]), { shape: [1], values: [7] }],
    options: { type: "PadV2Options", value: {} },
  },
  "MIRROR_PAD, border left out": {
    kind: "MIRROR_PAD",
    inputs: [given(3, 4), ints([1, 2, 2, 1], [2, 2])],
    options: { type: "MirrorPadOptions", value: { mode: MirrorPadMode.REFLECT } },
  },
  "MIRROR_PAD, border repeated": {
    kind: "MIRROR_PAD",
    inputs: [given(3, 4), ints([1, 2, 3, 0], [2, 2])],
    options: { type: "MirrorPadOptions", value: { mode: MirrorPadMode.SYMMETRIC } },
  },
  ARG_MAX: {
    kind: "ARG_MAX",
    inputs: [given(3, 5), ints([-1], [])],
    outputs: [TensorType.INT32],
    options: { type: "ArgMaxOptions", value: { outputType: TensorType.INT32 } },
  },
  TOPK_V2: {
    kind: "TOPK_V2",
    inputs: [given(2, 6), ints([3], [])],
    outputs: [0, TensorType.INT32],
    options: { type: "TopKV2Options", value: {} },
  },
  ONE_HOT: {
    kind: "ONE_HOT",
    inputs: [ints([1, 0, 2]), ints([3], []), { shape: [], values: [5] }, { shape: [], values: [-1] }],
    options: { type: "OneHotOptions", value: { axis: -1 } },
  },
  "CUMSUM exclusive, backwards": {
    kind: "CUMSUM",
    inputs: [given(2, 4), ints([1], [])],
    options: { type: "CumsumOptions", value: { exclusive: true, reverse: true } },
  },
  SELECT_V2: {
    kind: "SELECT_V2",
    inputs: [{ shape: [3], values: [1, 0, 1], type: TensorType.BOOL }, given(2, 3), given(3)],
    options: { type: "SelectV2Options", value: {} },
  },
  SPACE_TO_DEPTH: {
    kind: "SPACE_TO_DEPTH",
    inputs: [given(1, 4, 6, 3)],
    options: { type: "SpaceToDepthOptions", value: { blockSize: 2 } },
  },
  DEPTH_TO_SPACE: {
    kind: "DEPTH_TO_SPACE",
    inputs: [given(1, 2, 3, 12)],
    options: { type: "DepthToSpaceOptions", value: { blockSize: 2 } },
  },
  "SPACE_TO_BATCH_ND padded": {
    kind: "SPACE_TO_BATCH_ND",
    inputs: [given(1, 3, 4, 2), ints([2, 2]), ints([1, 0, 0, 2], [2, 2])],
    options: { type: "SpaceToBatchNDOptions", value: {} },
  },
  "BATCH_TO_SPACE_ND cropped": {
    kind: "BATCH_TO_SPACE_ND",
    inputs: [given(4, 2, 3, 2), ints([2, 2]), ints([1, 0, 0, 1], [2, 2])],
    options: { type: "BatchToSpaceNDOptions", value: {} },
  },
  "FULLY_CONNECTED of many axes": {
    kind: "FULLY_CONNECTED",
    inputs: [given(2, 3, 4), constant([5, 4]), constant([5], 6)],
    options: { type: "FullyConnectedOptions", value: { keepNumDims: true, fusedActivationFunction: 1 } },
  },
  "FULLY_CONNECTED without bias": {
    kind: "FULLY_CONNECTED",
    inputs: [given(2, 2, 4), constant([5, 4]), null],
    options: { type: "FullyConnectedOptions", value: {} },
  },
  NON_MAX_SUPPRESSION_V4: {
    kind: "NON_MAX_SUPPRESSION_V4",
    inputs: [BOXES, SCORES, ints([4], []), { shape: [], values: [0.4] }, { shape: [], values: [0.25] }],
    outputs: [TensorType.INT32, TensorType.INT32],
    shapes: [[4], []],
    options: { type: "NonMaxSuppressionV4Options", value: {} },
  },
  NON_MAX_SUPPRESSION_V5: {
    kind: "NON_MAX_SUPPRESSION_V5",
    inputs: [BOXES, SCORES, ints([4], []), { shape: [], values: [0.4] }, { shape: [], values: [0.25] }, { shape: [], values: [0] }],
    outputs: [TensorType.INT32, 0, TensorType.INT32],
    shapes: [[4], [4], []],
    options: { type: "NonMaxSuppressionV5Options", value: {} },
  },
  "BATCH_MATMUL turned": {
    kind: "BATCH_MATMUL",
    inputs: [given(2, 4, 3), given(2, 5, 4)],
    options: { type: "BatchMatMulOptions", value: { adjX: true, adjY: true } },
  },
};

describe("an operator computes in onnxruntime what it does in TFLite:", () => {
  it.each(Object.entries(CASES))("%s", async (_, operator) => expect(await distanceFromTflite(operator)).toBeLessThanOrEqual(1e-5));

  for (const [mode, options] of Object.entries({
    plain: {},
    "aligned corners": { alignCorners: true },
    "half pixels": { halfPixelCenters: true },
  })) {
    it.each([
      [4, 6],
      [7, 5],
      [2, 3],
      [10, 12],
    ])(`RESIZE_BILINEAR and RESIZE_NEAREST_NEIGHBOR, ${mode}, to %i × %i`, async (height, width) => {
      const inputs = [given(1, 4, 6, 2), ints([height, width])];
      expect(
        await distanceFromTflite({ kind: "RESIZE_BILINEAR", inputs, options: { type: "ResizeBilinearOptions", value: options } }),
      ).toBeLessThanOrEqual(1e-5);
      expect(
        await distanceFromTflite({
          kind: "RESIZE_NEAREST_NEIGHBOR",
          inputs,
          options: { type: "ResizeNearestNeighborOptions", value: options },
        }),
      ).toBe(0);
    });
  }
});

const pick = <T>(next: () => number, values: readonly T[]): T => values[Math.floor(((next() + 1) / 2) * values.length)] ?? (values[0] as T);

/** A layer with a window, of sizes that nobody chose. */
function randomLayer(seed: number): OneOperator {
  const next = noise(seed);
  const sizes = [3, 4, 5, 7, 8, 9];
  const [height, width, inputs] = [pick(next, sizes), pick(next, sizes), pick(next, [1, 2, 3, 4])];
  const [filterHeight, filterWidth] = [pick(next, [1, 2, 3]), pick(next, [1, 2, 3])];
  const [strideH, strideW] = [pick(next, [1, 2, 3]), pick(next, [1, 2])];
  const padding = pick(next, [Padding.SAME, Padding.VALID]);
  const fusedActivationFunction = pick(next, [0, 1, 3]);
  const data = given(1, height, width, inputs);
  const dilated = strideH === 1 && strideW === 1 && height > 4 && width > 4 ? pick(next, [1, 2]) : 1;
  const dilation = { dilationHFactor: dilated, dilationWFactor: dilated };
  const outputs = pick(next, [1, 3, 4]);
  switch (pick(next, ["conv", "depthwise", "transposed", "average", "max"] as const)) {
    case "conv":
      return {
        kind: "CONV_2D",
        inputs: [data, constant([outputs, filterHeight, filterWidth, inputs]), constant([outputs], 6)],
        options: { type: "Conv2DOptions", value: { padding, strideH, strideW, fusedActivationFunction, ...dilation } },
      };
    case "depthwise":
      return {
        kind: "DEPTHWISE_CONV_2D",
        inputs: [data, constant([1, filterHeight, filterWidth, inputs * 2]), constant([inputs * 2], 6)],
        options: {
          type: "DepthwiseConv2DOptions",
          value: { padding, strideH: strideW, strideW, depthMultiplier: 2, fusedActivationFunction, ...(strideW === 1 ? dilation : {}) },
        },
      };
    case "transposed": {
      const size = (places: number, stride: number, window: number): number =>
        padding === Padding.SAME ? places * stride - (seed % stride) : (places - 1) * stride + window;
      const shape = [1, size(height, strideH, filterHeight), size(width, strideW, filterWidth), outputs];
      return {
        kind: "TRANSPOSE_CONV",
        inputs: [ints(shape), constant([outputs, filterHeight, filterWidth, inputs]), data],
        options: { type: "TransposeConvOptions", value: { padding, strideH, strideW } },
      };
    }
    default:
      return {
        kind: pick(next, ["AVERAGE_POOL_2D", "MAX_POOL_2D"] as const),
        inputs: [data],
        options: { type: "Pool2DOptions", value: { padding, strideH, strideW, filterHeight, filterWidth, fusedActivationFunction } },
      };
  }
}

describe("a convolution or pooling of any window, stride, dilation and padding", () => {
  it("computes in onnxruntime what it does in TFLite, 80 seeded ones", { timeout: 120_000 }, async () => {
    for (let seed = 1; seed <= 80; seed += 1) {
      const layer = randomLayer(seed);
      const name = `Layer ${seed}: ${JSON.stringify(layer, (key, value: unknown) => (key === "values" ? undefined : value))}`;
      expect(await distanceFromTflite(layer), name).toBeLessThanOrEqual(1e-5);
    }
  });
});
