import type { Node } from "@flotilla/onnx";
import type { Emitter } from "../emitter.ts";
import { emitConv3d, refuseConv3d } from "./conv-3d.ts";
import { fuseActivation } from "../fuse-activation.ts";
import { padInput, type Window, windowOf } from "../padding.ts";
import { readPlane, toPlane, writePlane } from "../places.ts";
import { integerResult } from "../quantisation.ts";
import type { OperatorRule } from "../rule.ts";
import type { Options, Quant } from "../target-model.ts";
import { floatBias, integerBias, integerWeights, placeWeights } from "../weights.ts";

/**
 * Conv over one or two places: CONV_2D (over three: conv-3d.ts), DEPTHWISE_CONV_2D where each input channel is a group of its own.
 *
 * Layout: data NHWC; weights OIHW → OHWI, depthwise [C·m, 1, H, W] → [1, H, W, C·m], output channel c·m + q as in ONNX. One place: a height of 1 is added.
 * Padding: VALID, SAME where TFLite calculates the same, else PAD in front (padding.ts).
 * Dtype: int8 data, int8 weights with a scale per output channel and zero point 0, int32 bias in steps of both scales; else all float.
 * Versions: 3 on int8; 6 with groups (runtime 2.9).
 * Source: tensorflow/lite/kernels/{conv,depthwise_conv}.cc, the int8 specification
 */
export const conv: OperatorRule = {
  operators: ["Conv"],
  builtins: ["CONV_2D", "DEPTHWISE_CONV_2D", "CONV_3D", "PAD", "RESHAPE"],
  integer: true,
  limits: "One to three places; three in float and without groups; weights of depthwise convolutions must be constant.",
  refuse: (emitter, node) => {
    const [input = "", weights = ""] = node.inputs;
    const rank = emitter.shapeOf(input).length;
    if (rank === 5) return refuseConv3d(node);
    if (rank !== 3 && rank !== 4) return `it convolves ${rank - 2} places; TFLite takes one to three.`;
    if (emitter.isConstant(weights)) return null;
    return rank === 4 && !isDepthwise(emitter, node) ? null : "its weights are calculated. Fold them into constants.";
  },
  emit: (emitter, node) => {
    if (emitter.shapeOf(node.inputs[0] ?? "").length === 5) {
      emitConv3d(emitter, node);
      return;
    }
    const { activation, output } = fuseActivation(emitter, node);
    const [input = "", weights = ""] = node.inputs;
    const kernel = emitter.shapeOf(weights).slice(2);
    const sizes = { input: emitter.shapeOf(input).slice(2), output: emitter.shapeOf(output).slice(2) };
    const window = widen(windowOf(node, kernel, sizes.input, sizes.output));
    const quant = emitter.isConstant(weights) ? integerResult(emitter, node, [input], output) : null;
    const data = readPlane(emitter, input, quant === null ? "float" : "held");
    const padded = padInput(emitter, data, window, { input: toPlane(sizes.input), output: toPlane(sizes.output) });
    const layer = { node, window, padding: padded.padding, activation };
    const [filter, bias] = readLayer(emitter, node, quant);
    const { builtin, options } = operatorOf(emitter, layer);
    writePlane(emitter, output, quant, (target) => emitter.add(builtin, [padded.tensor, filter, bias], [target], options));
  },
};

interface Layer {
  readonly node: Node;
  readonly window: Window;
  readonly padding: number;
  readonly activation: number;
}

function widen({ kernel, strides, dilations, pads }: Window): Window {
  return {
    kernel: toPlane(kernel),
    strides: toPlane(strides),
    // The added height has a kernel of 1, for which any dilation is the same; accelerators want equal ones.
    dilations: toPlane(dilations, dilations[0]),
    pads: pads.length === 1 ? [[0, 0], ...pads] : pads,
  };
}

function isDepthwise(emitter: Emitter, node: Node): boolean {
  const group = node.int("group", 1);
  return group > 1 && group === emitter.shapeOf(node.inputs[0] ?? "")[1];
}

function operatorOf(
  emitter: Emitter,
  { node, window, padding, activation }: Layer,
): { readonly builtin: "CONV_2D" | "DEPTHWISE_CONV_2D"; readonly options: Options } {
  const [strideH = 1, strideW = 1] = window.strides;
  const [dilationHFactor = 1, dilationWFactor = 1] = window.dilations;
  const common = { padding, strideH, strideW, dilationHFactor, dilationWFactor, fusedActivationFunction: activation };
  if (!isDepthwise(emitter, node)) return { builtin: "CONV_2D", options: { type: "Conv2DOptions", value: common } };
  const channels = emitter.shapeOf(node.inputs[1] ?? "")[0] ?? 1;
  const depthMultiplier = channels / node.int("group", 1);
  return { builtin: "DEPTHWISE_CONV_2D", options: { type: "DepthwiseConv2DOptions", value: { ...common, depthMultiplier } } };
}

/** The filter and the bias. Constant weights of one place get a height of 1 first. */
function readLayer(emitter: Emitter, node: Node, quant: Quant | null): readonly [number, number] {
  const [input = "", weights = "", biasName = ""] = node.inputs;
  const channels = emitter.shapeOf(weights)[0] ?? 1;
  const perm = isDepthwise(emitter, node) ? [1, 2, 3, 0] : [0, 2, 3, 1];
  const inputQuant = emitter.quantOf(input);
  if (quant !== null && inputQuant !== null) {
    const integers = integerWeights(emitter, weights, 0);
    if (integers !== null) {
      const plane = { ...integers, tensor: { ...integers.tensor, dims: planeDims(integers.tensor.dims) } };
      const filter = placeWeights(emitter, plane, perm, weights);
      return [filter, integerBias(emitter, biasName, channels, inputQuant.scales[0] ?? 1, integers.quant)];
    }
  }
  const constant = emitter.constants.find(weights);
  if (constant === null) return [emitter.readFloat(weights, perm), floatBias(emitter, biasName, channels)];
  const { tensor } = emitter.constants.inFloat(constant);
  const filter = emitter.constants.place({ tensor: { ...tensor, dims: planeDims(tensor.dims) }, quant: null }, perm);
  return [emitter.constant(filter, weights), floatBias(emitter, biasName, channels)];
}

/** [O, I, L] → [O, I, 1, L]. */
function planeDims(dims: readonly number[]): readonly number[] {
  return dims.length === 3 ? [...dims.slice(0, 2), 1, ...dims.slice(2)] : dims;
}
