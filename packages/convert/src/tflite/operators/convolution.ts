import { refuseActivation, activate } from "../activation.ts";
import { addBias } from "../bias.ts";
import type { Emitter } from "../emitter.ts";
import { channelsFirst, filterWithout, idleAxis, inputFirst, setFromFirst } from "../layout.ts";
import type { OperatorView } from "../operator-view.ts";
import { type ExplicitPadding, paddingAttributes, refuseWindow } from "../padding.ts";
import type { OperatorRule } from "../rule.ts";
import { refusal, type Refusal } from "../../reasons.ts";

/** What the convolutions' options have in common, outermost axis first. */
export interface ConvolutionPlan {
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly padding: number | ExplicitPadding;
  readonly activation: number;
  /** The order of the filter's axes that ONNX wants: outputs, inputs of a group, then the window. */
  readonly filterPerm: readonly number[];
  readonly group: number;
}

/** Inputs: data, filter, bias (may be left out). Channels last in TFLite, first here. Data may have one spatial axis less than the filter, `idle`. */
export function convolve(e: Emitter, plan: ConvolutionPlan, idleOfFilter: number | null = null): void {
  const { padding, activation, filterPerm, group } = plan;
  const window = filterPerm.slice(2).map((axis) => e.need(1).shape[axis] ?? 1);
  const idle = idleOfFilter ?? idleAxis(e, 0, window);
  const used = <T>(values: readonly T[]): T[] => values.filter((_, axis) => axis !== idle);
  const [kernel, strides, dilations] = [used(window), used(plan.strides), used(plan.dilations)];
  const data = inputFirst(e, 0, idle);
  const sizes = e.shape(data).slice(2);
  const result = e.b.op("Conv", [data, filterWithout(e, 1, filterPerm, idle), ...addBias(e, 2, 0, 1)], {
    kernel_shape: kernel.map(BigInt),
    ...(strides.some((stride) => stride !== 1) ? { strides: strides.map(BigInt) } : {}),
    ...(dilations.some((dilation) => dilation !== 1) ? { dilations: dilations.map(BigInt) } : {}),
    ...(group === 1 ? {} : { group: BigInt(group) }),
    ...paddingAttributes(padding, { sizes, kernel, strides, dilations }),
  });
  setFromFirst(e, activate(e, result, activation, e.target(0)), idle);
}

/** @returns why channels, window or activation do not go together */
export function refuseConvolution(view: OperatorView, plan: ConvolutionPlan, rank: number): Refusal | null {
  const [data, filter] = [view.need(0), view.need(1)];
  if (data.shape.length !== rank || filter.shape.length !== rank)
    return refusal("DATA_AND_FILTER_AXES", { data: data.shape.length, filter: filter.shape.length, rank });
  const [channels, perGroup] = [data.shape.at(-1) ?? 0, filter.shape[plan.filterPerm[1] ?? 0] ?? 0];
  if (plan.group < 1 || !Number.isInteger(plan.group) || perGroup * plan.group !== channels)
    return refusal("CHANNELS", { channels, group: perGroup });
  return refuseWindow([...plan.strides, ...plan.dilations]) ?? refuseActivation(plan.activation);
}

export function plan2d(view: OperatorView): ConvolutionPlan {
  const options = view.options("Conv2DOptions");
  return {
    strides: [options.strideH, options.strideW],
    dilations: [options.dilationHFactor, options.dilationWFactor],
    padding: options.padding,
    activation: options.fusedActivationFunction,
    filterPerm: channelsFirst(4),
    group: (view.need(0).shape.at(-1) ?? 0) / (view.need(1).shape[3] ?? 1),
  };
}

/**
 * CONV_2D: data NHWC, filter [outputs, height, width, inputs of a group], bias. SAME puts the odd row and column at the end. A filter for fewer
 * channels than the data have means groups. int8: filter by channel along its first axis.
 * Source: TFLite's kernels/conv.cc
 */
export const conv2d: OperatorRule = {
  refuse: (view) => refuseConvolution(view, plan2d(view), 4),
  convert: (e) => convolve(e, plan2d(e)),
};

export function planDepthwise(view: OperatorView): ConvolutionPlan {
  const options = view.options("DepthwiseConv2DOptions");
  return {
    strides: [options.strideH, options.strideW],
    dilations: [options.dilationHFactor, options.dilationWFactor],
    padding: options.padding,
    activation: options.fusedActivationFunction,
    filterPerm: [3, 0, 1, 2],
    group: view.need(0).shape.at(-1) ?? 0,
  };
}

/**
 * DEPTHWISE_CONV_2D: filter [1, height, width, inputs × multiplier], the outputs of one input side by side, which is ONNX's order of groups.
 * The multiplier follows from the shapes. int8: filter by channel along its last axis.
 * Source: TFLite's kernels/depthwise_conv.cc
 */
export const depthwiseConv2d: OperatorRule = {
  refuse: (view) => refuseConvolution(view, planDepthwise(view), 4),
  convert: (e) => convolve(e, planDepthwise(e)),
};

function plan3d(view: OperatorView): ConvolutionPlan {
  const options = view.options("Conv3DOptions");
  return {
    strides: [options.strideD, options.strideH, options.strideW],
    dilations: [options.dilationDFactor, options.dilationHFactor, options.dilationWFactor],
    padding: options.padding,
    activation: options.fusedActivationFunction,
    filterPerm: [4, 3, 0, 1, 2],
    group: (view.need(0).shape.at(-1) ?? 0) / (view.need(1).shape[3] ?? 1),
  };
}

/** CONV_3D: data NDHWC, filter [depth, height, width, inputs, outputs]. Source: TFLite's kernels/conv3d.cc */
export const conv3d: OperatorRule = {
  refuse: (view) => refuseConvolution(view, plan3d(view), 5),
  convert: (e) => convolve(e, plan3d(e)),
};
