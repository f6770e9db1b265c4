import { ActivationFunctionType, TensorType } from "../tflite-schema/gen/tflite.ts";
import type { Emitter } from "./emitter.ts";
import type { SourceTensor } from "./source/types.ts";
import { refusal, type Refusal } from "../reasons.ts";

/** Values between which an activation keeps its result; null where it is no clamp. */
const CLAMPS: Readonly<Record<number, readonly [number, number]>> = {
  [ActivationFunctionType.NONE]: [-Infinity, Infinity],
  [ActivationFunctionType.RELU]: [0, Infinity],
  [ActivationFunctionType.RELU_N1_TO_1]: [-1, 1],
  [ActivationFunctionType.RELU6]: [0, 6],
};

/** Sets output 0 to `value` after the activation that the operator has built in. */
export function setActivated(e: Emitter, value: string, activation: number): void {
  e.setReal(0, activate(e, value, activation, e.target(0)));
}

/** Why a built-in activation is not converted. */
export function refuseActivation(activation: number): Refusal | null {
  if (activation in CLAMPS || activation === ActivationFunctionType.TANH || activation === ActivationFunctionType.SIGN_BIT) return null;
  return refusal("BUILT_IN_ACTIVATION", { activation });
}

/**
 * The activation on `value`. A clamp that the integers of a quantised result imply anyway is left out: a ReLU's zero point is its smallest integer,
 * and QuantizeLinear saturates there. Source: TFLite's CalculateActivationRangeQuantized
 */
export function activate(e: Emitter, value: string, activation: number, target: SourceTensor): string {
  if (activation === ActivationFunctionType.TANH) return e.b.op("Tanh", [value]);
  if (activation === ActivationFunctionType.SIGN_BIT) return e.cast(e.b.op("Less", [value, e.scalar(0, value)]), e.b.type(value).elemType);
  const [low, high] = CLAMPS[activation] ?? [-Infinity, Infinity];
  return clamp(e, value, low, high, target);
}

export function clamp(e: Emitter, value: string, low: number, high: number, target: SourceTensor): string {
  const [least, most] = rangeOf(target);
  const needsLow = low > least;
  const needsHigh = high < most;
  if (!needsLow && !needsHigh) return value;
  if (!needsHigh && low === 0) return e.b.op("Relu", [value]);
  return e.b.op("Clip", [value, needsLow ? e.scalar(low, value) : "", ...(needsHigh ? [e.scalar(high, value)] : [])]);
}

/** Between which reals a quantised tensor's integers reach, half a step wider: what rounds into the range is inside it. */
function rangeOf({ quantisation, type }: SourceTensor): readonly [number, number] {
  const scale = quantisation?.scale[0];
  const limits = LIMITS[type];
  if (quantisation === null || scale === undefined || quantisation.scale.length > 1 || limits === undefined) return [-Infinity, Infinity];
  const zero = quantisation.zeroPoint[0] ?? 0;
  return [(limits[0] - zero - 0.5) * scale + scale * 1e-3, (limits[1] - zero + 0.5) * scale - scale * 1e-3];
}

const LIMITS: Readonly<Record<number, readonly [number, number]>> = {
  [TensorType.INT8]: [-128, 127],
  [TensorType.UINT8]: [0, 255],
  [TensorType.INT16]: [-32_768, 32_767],
};
