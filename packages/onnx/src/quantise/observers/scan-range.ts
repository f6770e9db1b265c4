/** The smallest and the largest of some values and 0, and whether all of them are finite numbers (else the limits mean nothing). */
export interface ScannedRange {
  readonly min: number;
  readonly max: number;
  readonly finite: boolean;
}

const bits = new Int32Array(1);
const float = new Float32Array(bits.buffer);
const SIGN = -0x80000000;
const INFINITY_BITS = 0x7f800000;

/**
 * One pass over the bits: floats of one sign order like their bit patterns, so integer comparisons find both ends, twice as fast as comparing
 * floats, and infinities and NaN lie beyond every number. 0 counts as seen because every quantised range holds it.
 */
export function scanRange(values: Float32Array): ScannedRange {
  const words = new Int32Array(values.buffer, values.byteOffset, values.length);
  // Two of each, so that a comparison need not wait for the one before.
  let [high, high2, low, low2] = [0, 0, SIGN, SIGN];
  const even = words.length & ~1;
  for (let index = 0; index < even; index += 2) {
    const first = words[index] ?? 0;
    const second = words[index + 1] ?? 0;
    if (first > high) high = first;
    if (second > high2) high2 = second;
    // With the sign bit turned, the most negative float is the largest integer and all positive floats are negative integers.
    const turned = first ^ SIGN;
    const turned2 = second ^ SIGN;
    if (turned > low) low = turned;
    if (turned2 > low2) low2 = turned2;
  }
  if (even < words.length) {
    const last = words[even] ?? 0;
    high = Math.max(high, last);
    low = Math.max(low, last ^ SIGN);
  }
  high = Math.max(high, high2);
  low = Math.max(low, low2, 0);
  return { min: low === 0 ? 0 : fromBits(low ^ SIGN), max: fromBits(high), finite: high < INFINITY_BITS && low < INFINITY_BITS };
}

function fromBits(pattern: number): number {
  bits[0] = pattern;
  return float[0] ?? 0;
}

/** The finite ones of `values`, in their order. */
export function onlyFinite(values: Float32Array): Float32Array {
  const kept = new Float32Array(values.length);
  let count = 0;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] ?? Number.NaN;
    if (value - value !== 0) continue;
    kept[count] = value;
    count += 1;
  }
  return kept.subarray(0, count);
}
