import { activate, refuseActivation } from "../activation.ts";
import { addBias, nudgeAway } from "../bias.ts";
import type { Emitter } from "../emitter.ts";
import { filterWithout, idleAxis, inputFirst, setFromFirst } from "../layout.ts";
import type { OperatorView } from "../operator-view.ts";
import { refuseWindow } from "../padding.ts";
import type { OperatorRule } from "../rule.ts";
import { Padding } from "../../tflite-schema/gen/tflite.ts";
import type { Dim } from "@flotilla/onnx";

export interface TransposePlan {
  readonly data: number;
  readonly filter: number;
  readonly bias: number;
  readonly strides: readonly number[];
  readonly padding: number;
  readonly activation: number;
  /** The result's shape, where the operator says it by a constant. */
  readonly output?: readonly number[] | null;
  /** Inputs, outputs, then the window. */
  readonly filterPerm: readonly number[];
}

interface Axis {
  readonly begin: number;
  readonly end: number;
  readonly extra: number;
}

/**
 * How one axis is cropped, so that the result has the wanted size: TFLite pads as the convolution would whose gradient this is, ONNX crops what comes
 * out or adds at the end. Where sizes are not known, SAME means size × stride and VALID everything.
 * Source: TFLite's kernels/transpose_conv.cc, which calls ComputePaddingHeightWidth with the output's size
 */
export function cropAxis(padding: number, size: Dim, wanted: Dim, kernel: number, stride: number): Axis {
  const known = typeof size === "number" && typeof wanted === "number";
  const output = known ? wanted : padding === Padding.SAME ? stride * 2 : kernel + Math.max(stride, kernel);
  const input = known ? size : 2;
  const full = stride * (input - 1) + kernel;
  const places = padding === Padding.SAME ? Math.ceil(output / stride) : input;
  const total = padding === Padding.SAME ? Math.max(0, (places - 1) * stride + kernel - output) : 0;
  const begin = Math.floor(total / 2);
  if (!known && padding === Padding.VALID) return { begin: 0, end: 0, extra: Math.max(0, stride - kernel) };
  const end = full - begin - output;
  return end >= 0 ? { begin, end, extra: 0 } : { begin, end: 0, extra: -end };
}

export function convolveTransposed(e: Emitter, plan: TransposePlan): void {
  const { strides, padding, filterPerm } = plan;
  const window = filterPerm.slice(2).map((axis) => e.need(plan.filter).shape[axis] ?? 1);
  const idle = strides.length === 2 ? idleAxis(e, plan.data, window) : null;
  const used = <T>(values: readonly T[]): T[] => values.filter((_, axis) => axis !== idle);
  const [kernel, steps] = [used(window), used(strides)];
  const data = inputFirst(e, plan.data, idle);
  const sizes = e.shape(data).slice(2);
  const wanted = used((plan.output ?? e.target(0).signature).slice(1, -1)).map((dim) => (dim < 0 ? null : dim));
  const axes = kernel.map((size, axis) => cropAxis(padding, sizes[axis] ?? null, wanted[axis] ?? null, size, steps[axis] ?? 1));
  const pads = [...axes.map(({ begin }) => begin), ...axes.map(({ end }) => end)];
  const extra = axes.map((axis) => axis.extra);
  // TFLite's kernel rescales eight channels at once, upwards at a half, and what is left one by one, away from zero.
  const away = (e.need(plan.filter).shape[filterPerm[1] ?? 0] ?? 0) < 8;
  const bias = addBias(e, plan.bias, plan.data, plan.filter, away ? "away from zero" : "upwards");
  const result = e.b.op("ConvTranspose", [data, filterWithout(e, plan.filter, filterPerm, idle), ...bias], {
    kernel_shape: kernel.map(BigInt),
    strides: steps.map(BigInt),
    ...(pads.some((pad) => pad !== 0) ? { pads: pads.map(BigInt) } : {}),
    ...(extra.some((value) => value !== 0) ? { output_padding: extra.map(BigInt) } : {}),
  });
  setFromFirst(e, activate(e, away ? nudgeAway(e, result, plan.data, plan.filter) : result, plan.activation, e.target(0)), idle);
}

function plan2d(view: OperatorView): TransposePlan {
  const { strideH, strideW, padding, fusedActivationFunction: activation } = view.options("TransposeConvOptions");
  return {
    data: 2,
    filter: 1,
    bias: 3,
    strides: [strideH, strideW],
    padding,
    activation,
    filterPerm: [3, 0, 1, 2],
    output: view.integers(0),
  };
}

/**
 * TRANSPOSE_CONV: output shape, filter [outputs, height, width, inputs], data NHWC, bias (may be left out). The output's size comes from the shape
 * that the file notes for it. int8: filter by channel along its first axis.
 * Source: TFLite's kernels/transpose_conv.cc
 */
export const transposeConv: OperatorRule = {
  refuse: (view) => {
    const { strides, activation } = plan2d(view);
    return refuseWindow(strides) ?? refuseActivation(activation);
  },
  convert: (e) => convolveTransposed(e, plan2d(e)),
};

function plan3d(view: OperatorView): TransposePlan {
  const { strideD, strideH, strideW, padding, fusedActivationFunction: activation } = view.options("Conv3DOptions");
  return {
    data: 2,
    filter: 1,
    bias: 3,
    strides: [strideD, strideH, strideW],
    padding,
    activation,
    filterPerm: [4, 3, 0, 1, 2],
    output: view.integers(0),
  };
}

/** CONV_3D_TRANSPOSE: as TRANSPOSE_CONV, filter [depth, height, width, outputs, inputs]. Source: TFLite's kernels/conv3d_transpose.cc */
export const conv3dTranspose: OperatorRule = {
  refuse: (view) => {
    const { strides, activation } = plan3d(view);
    return refuseWindow(strides) ?? refuseActivation(activation);
  },
  convert: (e) => convolveTransposed(e, plan3d(e)),
};
