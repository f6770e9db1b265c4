import { DataType, type Node, tensorFromNumbers } from "@flotilla/onnx";
import type { Emitter } from "../emitter.ts";
import { Padding } from "../../tflite-schema/gen/tflite.ts";
import { readPlane, toPlane, writePlane } from "../places.ts";
import { integerResult, noteFloat } from "../quantisation.ts";
import type { OperatorRule } from "../rule.ts";
import type { Quant } from "../target-model.ts";
import { floatBias, integerBias, integerWeights, placeWeights } from "../weights.ts";

/**
 * ConvTranspose over one or two places: TRANSPOSE_CONV; over three: CONV_3D_TRANSPOSE, in float.
 *
 * Layout: NHWC; weights IOHW → OHWI, IODHW → DHWOI. One place: a height of 1.
 * Padding: SAME where TFLite cuts off the same places, else VALID and a SLICE.
 * Dtype: int8 as for Conv; the weights' scales belong to the output channels, axis 1 in ONNX.
 * Versions: 1 for float, 3 with a bias; activations are not fused, which only version 4 (runtime 2.13) knows.
 * Source: tensorflow/lite/kernels/transpose_conv.cc
 */
export const convTranspose: OperatorRule = {
  operators: ["ConvTranspose"],
  builtins: ["TRANSPOSE_CONV", "CONV_3D_TRANSPOSE", "SLICE", "RESHAPE", "ADD"],
  integer: true,
  limits: "One to three places, three in float; no groups, no dilation, constant weights.",
  refuse: (emitter, node) => {
    const rank = emitter.shapeOf(node.inputs[0] ?? "").length;
    if (rank < 3 || rank > 5) return `it has ${rank - 2} places; TFLite takes one to three.`;
    if (node.int("group", 1) !== 1) return "TFLite's transposed convolution has no groups.";
    if ((node.ints("dilations") ?? []).some((dilation) => dilation !== 1)) return "TFLite's transposed convolution has no dilation.";
    const kernel = emitter.shapeOf(node.inputs[1] ?? "").slice(2);
    if (node.string("auto_pad", "NOTSET").startsWith("SAME") && kernel.some((size, axis) => size < (node.ints("strides")?.[axis] ?? 1)))
      return "its kernel is smaller than its stride, for which runtimes disagree about SAME. Give pads.";
    return emitter.isConstant(node.inputs[1] ?? "") ? null : "its weights are calculated. Fold them into constants.";
  },
  emit: (emitter, node) => {
    const [input = "", weights = "", bias = ""] = node.inputs;
    const [output = ""] = node.outputs;
    const isDeep = emitter.shapeOf(input).length === 5;
    const quant = isDeep ? null : integerResult(emitter, node, [input], output);
    if (isDeep) noteFloat(emitter, node, [input]);
    const data = readPlane(emitter, input, quant === null ? "float" : "held");
    const geometry = geometryOf(emitter, node);
    const [filter, biasTensor] = readLayer(emitter, input, weights, bias, quant);
    writePlane(emitter, output, quant, (target) => {
      const { shape } = emitter.describe(target);
      const full = [shape[0] ?? 1, ...geometry.full, shape.at(-1) ?? 1];
      const written = geometry.crops === null ? shape : full;
      const result = geometry.crops === null ? target : emitter.temporary("uncropped", full, target);
      const operands = [emitter.integers(written, "output_shape"), filter, data, ...(biasTensor === null ? [] : [biasTensor])];
      addTransposed(emitter, operands, result, geometry);
      if (geometry.crops === null) return;
      const starts = emitter.integers([0, ...geometry.crops, 0], "starts");
      emitter.add("SLICE", [result, starts, emitter.integers(shape, "sizes")], [target], { type: "SliceOptions", value: {} });
    });
  },
};

function addTransposed(emitter: Emitter, operands: readonly number[], result: number, { padding, strides }: Geometry): void {
  if (strides.length === 3) {
    const [strideD = 1, strideH = 1, strideW = 1] = strides;
    emitter.add("CONV_3D_TRANSPOSE", operands, [result], { type: "Conv3DOptions", value: { padding, strideD, strideH, strideW } });
    return;
  }
  const [strideH = 1, strideW = 1] = strides;
  emitter.add("TRANSPOSE_CONV", operands, [result], { type: "TransposeConvOptions", value: { padding, strideH, strideW } });
}

interface Geometry {
  readonly padding: number;
  readonly strides: readonly number[];
  /** Sizes without cropping. */
  readonly full: readonly number[];
  /** Places cut off in front, where they have to be cut by hand. */
  readonly crops: readonly number[] | null;
}

function geometryOf(emitter: Emitter, node: Node): Geometry {
  const [input = "", weights = ""] = node.inputs;
  const sizes = toPlane(emitter.shapeOf(input).slice(2));
  const results = toPlane(emitter.shapeOf(node.outputs[0] ?? "").slice(2));
  const kernel = toPlane(emitter.shapeOf(weights).slice(2));
  const strides = toPlane(
    node.ints("strides") ??
      emitter
        .shapeOf(weights)
        .slice(2)
        .map(() => 1),
  );
  const starts = toPlane(padsBefore(emitter, node), 0);
  // Output padding adds places behind what the kernel reaches: they stay zero.
  const full = sizes.map((size, axis) =>
    Math.max((size - 1) * (strides[axis] ?? 1) + (kernel[axis] ?? 1), (starts[axis] ?? 0) + (results[axis] ?? 1)),
  );
  const same = sizes.every((size, axis) => {
    const [stride, result] = [strides[axis] ?? 1, results[axis] ?? 1];
    const cut = Math.max(0, (Math.ceil(result / stride) - 1) * stride + (kernel[axis] ?? 1) - result);
    return Math.ceil(result / stride) === size && Math.floor(cut / 2) === starts[axis];
  });
  const whole = full.every((size, axis) => size === results[axis]) && starts.every((start) => start === 0);
  if (whole) return { padding: Padding.VALID, strides, full, crops: null };
  return same ? { padding: Padding.SAME, strides, full, crops: null } : { padding: Padding.VALID, strides, full, crops: starts };
}

/** What is cut off in front of each place; `auto_pad` and `output_shape` are worked out as ONNX's text says. */
function padsBefore(emitter: Emitter, node: Node): readonly number[] {
  const sizes = emitter.shapeOf(node.inputs[0] ?? "").slice(2);
  const kernel = emitter.shapeOf(node.inputs[1] ?? "").slice(2);
  const wanted = emitter.shapeOf(node.outputs[0] ?? "").slice(2);
  const auto = node.string("auto_pad", "NOTSET");
  const pads = node.ints("pads");
  const given = node.ints("output_shape") !== null || auto.startsWith("SAME");
  if (!given) return sizes.map((_, axis) => pads?.[axis] ?? 0);
  return sizes.map((size, axis) => {
    const stride = node.ints("strides")?.[axis] ?? 1;
    const added = node.ints("output_padding")?.[axis] ?? 0;
    const total = Math.max(0, stride * (size - 1) + added + (kernel[axis] ?? 1) - (wanted[axis] ?? 0));
    return auto === "SAME_UPPER" ? Math.floor(total / 2) : total - Math.floor(total / 2);
  });
}

function readLayer(emitter: Emitter, input: string, weights: string, bias: string, quant: Quant | null): readonly [number, number | null] {
  const channels = emitter.shapeOf(weights)[1] ?? 1;
  const perm = emitter.shapeOf(weights).length === 5 ? [2, 3, 4, 1, 0] : [1, 2, 3, 0];
  const inputQuant = emitter.quantOf(input);
  const integers = quant === null || inputQuant === null ? null : integerWeights(emitter, weights, 1);
  if (integers !== null) {
    const plane = { ...integers, tensor: { ...integers.tensor, dims: planeDims(integers.tensor.dims) } };
    const filter = placeWeights(emitter, plane, perm, weights);
    return [filter, bias === "" ? null : integerBias(emitter, bias, channels, inputQuant?.scales[0] ?? 1, integers.quant)];
  }
  const constant = emitter.constants.find(weights);
  const tensor = constant === null ? tensorFromNumbers(DataType.FLOAT, [0], []) : emitter.constants.inFloat(constant).tensor;
  const filter = emitter.constants.place({ tensor: { ...tensor, dims: planeDims(tensor.dims) }, quant: null }, perm);
  return [emitter.constant(filter, weights), bias === "" ? null : floatBias(emitter, bias, channels)];
}

/** [I, O, L] → [I, O, 1, L]. */
function planeDims(dims: readonly number[]): readonly number[] {
  return dims.length === 3 ? [...dims.slice(0, 2), 1, ...dims.slice(2)] : dims;
}
