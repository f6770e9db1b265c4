import type { Emitter } from "./emitter.ts";
import { inputFirst, setFromFirst, setStoredFromFirst, storedFirst } from "./layout.ts";

/** So little that no weighted mean of integers changes its neighbour by it, unless it lies halfway between two. */
const HALF_GOES_OUT = 1 - 2 ** -13;

/**
 * A weighted mean of input 0 with channels first (`run`), set as output 0. Of integers of one scale TFLite takes the mean of what is stored and rounds halves away
 * from the stored 0. Means do not mind where zero is, so the integers are dequantised around that 0, and a scale that is smaller by a trifle sends halves
 * outwards. Runtimes still fuse it.
 * Source: TFLite's kernels/internal/reference/integer_ops/pooling.h and resize_bilinear.h
 */
export function setMean(e: Emitter, run: (value: string) => string, idle: number | null = null): void {
  const { quantisation, type, origin } = e.target(0);
  const scale = quantisation?.scale[0];
  if (scale === undefined || !e.sameScale(0, 0)) return setFromFirst(e, run(inputFirst(e, 0, idle)), idle);
  const value = run(e.dequantise(storedFirst(e, 0, idle), { scale: [scale], zeroPoint: [origin], axis: 0 }, type, 0));
  setStoredFromFirst(e, e.quantise(value, { scale: [scale * HALF_GOES_OUT], zeroPoint: [origin], axis: 0 }, type), idle);
}
