import { DataType, tensorFromNumbers } from "@flotilla/onnx";
import type { Emitter } from "../emitter.ts";
import { clipLimits } from "../fuse-activation.ts";
import { identity } from "../layout.ts";
import { integerResult } from "../quantisation.ts";
import type { OperatorRule } from "../rule.ts";
import type { Builtin, Quant } from "../target-model.ts";

/**
 * Clip with constant limits: RELU, RELU6 or RELU_N1_TO_1 where they fit, else MAXIMUM and MINIMUM with a constant. (Behind a layer it is fused: fuse-activation.ts.)
 *
 * Layout: any, kept.
 * Dtype: RELU and RELU6 rescale int8; MAXIMUM and MINIMUM keep its scale. A Clip that stands on integers itself, as onnxruntime's tools write it, has its limits in
 * integers of the input's quantisation.
 * Source: tensorflow/lite/kernels/{activations,maximum_minimum}.cc
 */
export const clip: OperatorRule = {
  operators: ["Clip"],
  builtins: ["RELU", "RELU6", "RELU_N1_TO_1", "MAXIMUM", "MINIMUM"],
  integer: true,
  limits: "Limits that are calculated are not written.",
  refuse: (emitter, node) => {
    if (clipLimits(emitter, node) === null) return "its limits are calculated. Make them constants.";
    const input = node.inputs[0] ?? "";
    return CALCULATED.has(emitter.elemTypeOf(input)) || isQuantised(emitter, input)
      ? null
      : "it clips integers that stand for themselves. Cast them to int32 or float first.";
  },
  emit: (emitter, node) => {
    const [input = ""] = node.inputs;
    const [output = ""] = node.outputs;
    const held = emitter.held(input);
    const onIntegers = emitter.elemTypeOf(input) !== DataType.FLOAT && held.quant !== null;
    const given = clipLimits(emitter, node) ?? { low: -Infinity, high: Infinity };
    const limits = onIntegers && held.quant !== null ? toReal(emitter, input, given, held.quant) : given;
    const builtin = BUILTINS[`${limits.low} ${limits.high}`];
    if (builtin !== undefined && !onIntegers) {
      const quant = integerResult(emitter, node, [input], output);
      const data = quant === null ? emitter.readFloat(input, held.perm) : emitter.read(input, held.perm);
      emitter.add(builtin, [data], [emitter.define(output, held.perm, quant)], null);
      return;
    }
    const quant = onIntegers ? held.quant : integerResult(emitter, node, [input], output);
    const data = quant === null ? emitter.readFloat(input, held.perm) : emitter.readAs(input, quant, held.perm);
    writeLimits(emitter, data, emitter.define(output, held.perm, quant), limits, quant);
  },
};

/** Types whose limits are constants of the same type; float16 and float64 are calculated in float32, int64 in int32. */
const CALCULATED: ReadonlySet<number> = new Set([DataType.FLOAT, DataType.FLOAT16, DataType.DOUBLE, DataType.INT32, DataType.INT64]);

/** Whether integers come from a QuantizeLinear, perhaps by way of operators that move them. */
function isQuantised(emitter: Emitter, value: string): boolean {
  let producer = emitter.graph.producerOf(value);
  while (producer !== null && !producer.is("QuantizeLinear")) producer = emitter.graph.producerOf(producer.inputs[0] ?? "");
  return producer !== null;
}

const BUILTINS: Readonly<Record<string, Builtin>> = { "0 Infinity": "RELU", "0 6": "RELU6", "-1 1": "RELU_N1_TO_1" };

interface Limits {
  readonly low: number;
  readonly high: number;
}

/** The limits of a Clip on integers, as real numbers; uint8 integers are 128 above the int8 ones that stand for them. */
function toReal(emitter: Emitter, input: string, { low, high }: Limits, quant: Quant): Limits {
  const shift = emitter.elemTypeOf(input) === DataType.UINT8 ? 128 : 0;
  const real = (value: number): number => (value - shift - (quant.zeroPoints[0] ?? 0)) * (quant.scales[0] ?? 1);
  return { low: real(low), high: real(high) };
}

function writeLimits(emitter: Emitter, data: number, target: number, { low, high }: Limits, quant: Quant | null): void {
  const steps = [
    { builtin: "MAXIMUM" as const, limit: low },
    { builtin: "MINIMUM" as const, limit: high },
  ].filter(({ limit }) => Number.isFinite(limit));
  let current = data;
  for (const [index, { builtin, limit }] of steps.entries()) {
    const output = index === steps.length - 1 ? target : emitter.temporary("clipped", emitter.describe(data).shape, target);
    emitter.add(builtin, [current, scalar(emitter, limit, target, quant)], [output], { type: "MaximumMinimumOptions", value: {} });
    current = output;
  }
  if (steps.length === 0) emitter.reshape(data, emitter.describe(data).shape, target);
}

function scalar(emitter: Emitter, value: number, like: number, quant: Quant | null): number {
  if (quant === null)
    return emitter.constant(tensorFromNumbers(emitter.describe(like).type === 2 ? DataType.INT32 : DataType.FLOAT, [], [value]), "limit");
  const integers = emitter.constants.quantise({ tensor: tensorFromNumbers(DataType.FLOAT, [], [value]), quant: null }, quant).tensor;
  return emitter.integerConstant(integers, quant, "limit", identity(1));
}
