import type { Node } from "@flotilla/onnx";
import type { Emitter } from "../emitter.ts";
import { fuseActivation } from "../fuse-activation.ts";
import { channelsLast } from "../layout.ts";
import { padInput, windowOf } from "../padding.ts";
import { noteFloat } from "../quantisation.ts";
import { floatBias } from "../weights.ts";

/**
 * Conv over three places: CONV_3D.
 *
 * Layout: data NDHWC; weights OIDHW → DHWIO. Padding: VALID, SAME where TFLite calculates the same, else PAD in front. Dtype: float. Version: 1.
 * Source: tensorflow/lite/kernels/conv3d.cc
 */
export function emitConv3d(emitter: Emitter, node: Node): void {
  const { activation, output } = fuseActivation(emitter, node);
  const [input = "", weights = "", bias = ""] = node.inputs;
  const sizes = { input: emitter.shapeOf(input).slice(2), output: emitter.shapeOf(output).slice(2) };
  const window = windowOf(node, emitter.shapeOf(weights).slice(2), sizes.input, sizes.output);
  noteFloat(emitter, node, [input]);
  const padded = padInput(emitter, emitter.readFloat(input, channelsLast(5)), window, sizes);
  const filter = emitter.readFloat(weights, [2, 3, 4, 1, 0]);
  const [strideD = 1, strideH = 1, strideW = 1] = window.strides;
  const [dilationDFactor = 1, dilationHFactor = 1, dilationWFactor = 1] = window.dilations;
  const value = {
    padding: padded.padding,
    strideD,
    strideH,
    strideW,
    dilationDFactor,
    dilationHFactor,
    dilationWFactor,
    fusedActivationFunction: activation,
  };
  const operands = [padded.tensor, filter, floatBias(emitter, bias, emitter.shapeOf(weights)[0] ?? 1)];
  emitter.add("CONV_3D", operands, [emitter.define(output, channelsLast(5))], { type: "Conv3DOptions", value });
}

/** Why a Conv over three places cannot be written; null where it can. */
export function refuseConv3d(node: Node): string | null {
  return node.int("group", 1) === 1 ? null : "it convolves three places in groups, which TFLite's CONV_3D does not.";
}
