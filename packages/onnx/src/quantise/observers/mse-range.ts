import { asymmetricParams, type IntegerRange, symmetricParams } from "../scale-maths.ts";
import type { Histogram } from "./adaptive-histogram.ts";
import type { ValueRange } from "./range-rule.ts";

/** Candidates a side: the end moves inwards in steps of a hundredth of the full reach. */
const STEPS = 100;
/** Nobody gains by cutting more than this share of the reach away. */
const SMALLEST_SHARE = 0.1;
const ROUNDS = 2;

/**
 * The range with the least mean squared error of quantising and dequantising, clipping and rounding together, found by grid search over one end at
 * a time (Nagel et al., "A White Paper on Neural Network Quantization", 2021, section 3.1). Deterministic; bins count at their centres.
 */
export function mseRange(histogram: Histogram, full: ValueRange, integers: IntegerRange, symmetric: boolean): ValueRange {
  if (symmetric) {
    const reach = Math.max(-full.min, full.max);
    const best = bestShare((share) => squaredError(histogram, { min: -reach * share, max: reach * share }, integers, true));
    return { min: -reach * best, max: reach * best };
  }
  let range = full;
  for (let round = 0; round < ROUNDS; round += 1) {
    const { min } = range;
    if (full.max > 0)
      range = { min, max: full.max * bestShare((share) => squaredError(histogram, { min, max: full.max * share }, integers, false)) };
    const { max } = range;
    if (full.min < 0)
      range = { max, min: full.min * bestShare((share) => squaredError(histogram, { min: full.min * share, max }, integers, false)) };
  }
  return range;
}

/** Ties go to the wider range. */
function bestShare(error: (share: number) => number): number {
  let [best, least] = [1, Infinity];
  for (let step = STEPS; step >= STEPS * SMALLEST_SHARE; step -= 1) {
    const value = error(step / STEPS);
    if (value < least) [best, least] = [step / STEPS, value];
  }
  return best;
}

/** Sum over the bins of count · (centre − dequantised centre)². */
export function squaredError(histogram: Histogram, range: ValueRange, integers: IntegerRange, symmetric: boolean): number {
  const { scale, zeroPoint } = symmetric
    ? symmetricParams(Math.max(-range.min, range.max), { min: -integersReach(integers), max: integersReach(integers) })
    : asymmetricParams(range.min, range.max, integers);
  const [low, high] = symmetric
    ? [-integersReach(integers), integersReach(integers)]
    : [integers.min - zeroPoint, integers.max - zeroPoint];
  const { first, width, counts } = histogram;
  const perScale = 1 / scale;
  let sum = 0;
  for (let bin = 0; bin < counts.length; bin += 1) {
    const count = counts[bin] ?? 0;
    if (count === 0) continue;
    const centre = (first + bin + 0.5) * width;
    const steps = Math.min(high, Math.max(low, Math.round(centre * perScale)));
    const error = centre - steps * scale;
    sum += count * error * error;
  }
  return sum;
}

function integersReach(integers: IntegerRange): number {
  return Math.floor((integers.max - integers.min) / 2);
}
