import type { Emitter } from "./emitter.ts";
import { channelsFirst, channelsLast } from "./layout.ts";

/** So little that no weighted mean of integers changes its neighbour by it, unless it lies halfway between two. */
const HALF_GOES_OUT = 1 - 2 ** -13;

/**
 * A weighted mean of input 0 with channels first (`run`), set as output 0. Of integers of one scale TFLite takes the mean of what is stored and rounds halves away
 * from the stored 0. Means do not mind where zero is, so the integers are dequantised around that 0, and a scale that is smaller by a trifle sends halves
 * outwards. Runtimes still fuse it.
 * Source: TFLite's kernels/internal/reference/integer_ops/pooling.h and resize_bilinear.h
 */
export function setMean(e: Emitter, run: (value: string) => string): void {
  const rank = e.need(0).shape.length;
  const [perm, back] = [channelsFirst(rank).map(BigInt), channelsLast(rank).map(BigInt)];
  const { quantisation, type, origin } = e.target(0);
  const scale = quantisation?.scale[0];
  if (scale === undefined || !e.sameScale(0, 0)) {
    const value = run(e.permuted(0, channelsFirst(rank)));
    e.setStored(0, e.b.op("Transpose", [quantisation === null ? value : e.quantise(value, quantisation, type)], { perm: back }));
    return;
  }
  const first = e.b.op("Transpose", [e.stored(0)], { perm });
  const value = run(e.dequantise(first, { scale: [scale], zeroPoint: [origin], axis: 0 }, type, 0));
  const rounded = e.quantise(value, { scale: [scale * HALF_GOES_OUT], zeroPoint: [origin], axis: 0 }, type);
  e.setStored(0, e.b.op("Transpose", [rounded], { perm: back }));
}
