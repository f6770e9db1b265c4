import { Padding } from "../../tflite-schema/gen/tflite.ts";
import type { OperatorView } from "../operator-view.ts";
import type { OperatorRule, Rules } from "../rule.ts";
import { convolveTransposed } from "./transpose-convolution.ts";
import { refusal } from "../../reasons.ts";

/** TfLiteTransposeConvParams as it lies in memory: padding (1 SAME, 2 VALID), stride across, stride down, each an int32. */
function readOptions(view: OperatorView): { readonly padding: number; readonly strides: readonly number[] } | null {
  const { customOptions } = view.operator;
  if (customOptions.byteLength < 12) return null;
  const bytes = new DataView(customOptions.buffer, customOptions.byteOffset, customOptions.byteLength);
  const [kind, strideW, strideH] = [0, 4, 8].map((at) => bytes.getInt32(at, true));
  if ((kind !== 1 && kind !== 2) || strideH === undefined || strideW === undefined || Math.min(strideH, strideW) < 1) return null;
  return { padding: kind === 1 ? Padding.SAME : Padding.VALID, strides: [strideH, strideW] };
}

/**
 * Convolution2DTransposeBias of MediaPipe's segmentation models: data NHWC, filter [outputs, height, width, inputs], bias.
 * Source: mediapipe/util/tflite/operations/transpose_conv_bias.cc
 */
const transposeBias: OperatorRule = {
  refuse: (view) => (readOptions(view) === null ? refusal("FOREIGN_OPTIONS") : null),
  convert: (e) => {
    const { padding, strides } = readOptions(e) ?? { padding: Padding.SAME, strides: [1, 1] };
    convolveTransposed(e, { data: 0, filter: 1, bias: 2, strides, padding, activation: 0, filterPerm: [3, 0, 1, 2] });
  },
};

export const mediapipeRules: Rules = { "custom:Convolution2DTransposeBias": transposeBias };
