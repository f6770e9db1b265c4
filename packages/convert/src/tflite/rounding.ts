import { TensorType } from "../tflite-schema/gen/tflite.ts";
import type { Emitter } from "./emitter.ts";

/** What moves a result by less than this, in steps, is left out where it would cost nodes: runtimes fuse the layer then. */
const SMALL_NUDGE = 1 / 64;
/** So little that no product of integers changes its neighbour by it, unless it lies halfway between two. */
const HALF_GOES_OUT = 1 - 2 ** -18;

/**
 * Half of the fraction of a step to which a sum or product is rounded first, in steps; `multiplier` is the size of its own steps in those of the result.
 * TFLite multiplies by a 31-bit mantissa, rounds, shifts, and rounds again; what lies less than this below a half is rounded up by that.
 * Source: QuantizeMultiplier in TFLite's kernels/internal/quantization_util.cc
 */
export function roundingNudge(multiplier: number): number {
  if (!(multiplier > 0)) return 0;
  // multiplier = mantissa · 2^-shift, the mantissa in [0.5, 1).
  const shift = -Math.floor(Math.log2(multiplier)) - 1;
  return shift > 0 ? 2 ** -(shift + 1) : 0;
}

/** `value` moved by `nudge` of its own unit away from zero; `nudge` may be one per element or a constant of its own. */
export function moveAway(e: Emitter, value: string, nudge: string): string {
  return e.b.op("Add", [value, e.b.op("Mul", [e.b.op("Sign", [value]), nudge])]);
}

/**
 * Sets output 0 from real numbers as kernels do that round twice, both times away from zero at a half (MultiplyByQuantizedMultiplier): elementwise ones and
 * reductions. `multiplier` is what they multiply their integers by; another one may hold below zero. A scale that is smaller by a trifle sends halves outwards.
 * Source: MultiplyByQuantizedMultiplier in TFLite's kernels/internal/common.cc, and measured
 */
export function setRoundedAway(e: Emitter, value: string, multiplier: number, below: number = multiplier): void {
  const { quantisation, type } = e.target(0);
  const step = quantisation?.scale[0];
  // Results of 16 bits are rounded once.
  if (quantisation === null || step === undefined || type === TensorType.INT16) return e.setReal(0, value);
  const [above, under] = [roundingNudge(multiplier), roundingNudge(below)];
  const moved =
    Math.max(above, under) < SMALL_NUDGE ? value : above === under ? moveAway(e, value, e.scalar(above * step, value)) : bothSides();
  e.setStored(0, e.quantise(moved, { ...quantisation, scale: [step * HALF_GOES_OUT] }, type));

  function bothSides(): string {
    const positive = e.b.op("Greater", [value, e.scalar(0, value)]);
    return e.b.op("Add", [value, e.b.op("Where", [positive, e.scalar(above * (step ?? 0), value), e.scalar(-under * (step ?? 0), value)])]);
  }
}

/**
 * Sets output 0 from real numbers as kernels do that round twice, both times upwards at a half: those that work on many elements at once.
 * Source: measured on TFLite's kernels/quantize.cc
 */
export function setRoundedUp(e: Emitter, value: string, multiplier: number): void {
  const step = e.target(0).quantisation?.scale[0];
  const nudge = roundingNudge(multiplier);
  e.setReal(0, step === undefined || nudge < SMALL_NUDGE ? value : e.b.op("Add", [value, e.scalar(nudge * step, value)]));
}

/** How many steps of the result one step of input `index` is; null where one of them has no scale for all its elements. */
export function scaleRatio(e: Emitter, index: number): number | null {
  const [from, to] = [e.need(index).quantisation?.scale, e.target(0).quantisation?.scale];
  const [left, right] = [from?.[0], to?.[0]];
  return left === undefined || right === undefined || from?.length !== 1 || to?.length !== 1 ? null : left / right;
}
