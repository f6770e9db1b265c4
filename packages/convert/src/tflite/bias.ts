import { DataType, floatTensor } from "@flotilla/onnx";
import { TensorType } from "../tflite-schema/gen/tflite.ts";
import type { Emitter } from "./emitter.ts";
import { moveAway, roundingNudge } from "./rounding.ts";
import type { Quantisation } from "./source/types.ts";

/**
 * The bias at input `index` of a layer as real numbers: none, one value, never "".
 *
 * Of an integer layer it counts in steps of the data's scale times the filter's, whatever its own scale says, and it is made float: TFLite rounds a sum
 * twice, first to a fraction of the result's step, then to the step, both times upwards at a half. What lies less than half of that fraction below a
 * half is therefore rounded up. QuantizeLinear rounds once; half of the fraction added to the bias makes up for it, and is less than one step of the sum,
 * so that no int32 holds it.
 * Source: https://ai.google.dev/edge/litert/models/quantization_spec and MultiplyByQuantizedMultiplier in TFLite's kernels/internal/common.h
 */
export function addBias(
  e: Emitter,
  index: number,
  data: number,
  filter: number,
  rounds: "upwards" | "away from zero" = "upwards",
): string[] {
  const bias = e.source(index);
  const scales = sumScales(e, data, filter);
  if (scales === null) return bias === null ? [] : [e.real(index)];
  const integers = bias === null ? [] : e.integers(index);
  if (integers === null) {
    // Computed while the model runs: nothing can be added to it beforehand.
    const quantisation: Quantisation = { scale: scales.map(Math.fround), zeroPoint: scales.map(() => 0), axis: 0 };
    return [e.dequantise(e.cast(e.stored(index), DataType.INT32), quantisation, TensorType.INT32, 0)];
  }
  // Results of 16 bits are rounded once.
  const step = e.target(0).type === TensorType.INT16 ? undefined : e.target(0).quantisation?.scale[0];
  const outputs = bias?.shape[0] ?? outputsOf(e);
  const values = Array.from({ length: outputs }, (_, channel) => {
    const scale = scales[channel % scales.length] ?? 0;
    return (integers[channel] ?? 0) * scale + (step === undefined || rounds === "away from zero" ? 0 : roundingNudge(scale / step) * step);
  });
  return [e.b.constant(floatTensor([outputs], values), "bias")];
}

/**
 * `value`, channels first, moved by the nudge away from zero: for layers whose halves TFLite rounds away from zero, not upwards. Three nodes that runtimes do
 * not fuse, so only for layers that they do not fuse either.
 */
export function nudgeAway(e: Emitter, value: string, data: number, filter: number): string {
  const scales = sumScales(e, data, filter);
  const step = e.target(0).quantisation?.scale[0];
  if (scales === null || step === undefined) return value;
  const nudges = e.b.floats(
    scales.map((scale) => roundingNudge(scale / step) * step),
    scales.length === 1
      ? []
      : [
          scales.length,
          ...e
            .shape(value)
            .slice(2)
            .map(() => 1),
        ],
  );
  return moveAway(e, value, nudges);
}

/** Scales of the sums of an integer layer, by channel; null where it calculates in float. */
function sumScales(e: Emitter, data: number, filter: number): number[] | null {
  const dataScale = e.need(data).quantisation?.scale[0];
  const filterScales = e.need(filter).quantisation?.scale;
  return dataScale === undefined || filterScales === undefined ? null : filterScales.map((value) => dataScale * value);
}

/** One for each output channel, which is where the result has its channels too. */
function outputsOf(e: Emitter): number {
  return e.target(0).shape.at(-1) ?? 1;
}
