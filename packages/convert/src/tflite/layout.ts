import type { Emitter } from "./emitter.ts";

/** Batch, channels, then the rest: ONNX's order of axes, from TFLite's with the channels last. */
export function channelsFirst(rank: number): number[] {
  return [0, rank - 1, ...Array.from({ length: rank - 2 }, (_, axis) => axis + 1)];
}

export function channelsLast(rank: number): number[] {
  return [0, ...Array.from({ length: rank - 2 }, (_, axis) => axis + 2), 1];
}

/** Input `index` of a layer that ONNX knows with channels first only. Clean-up removes what meets its opposite. */
export function inputFirst(e: Emitter, index: number): string {
  return e.permuted(index, channelsFirst(e.need(index).shape.length));
}

/** Sets output 0 from real numbers with channels first. Integers are moved back, not reals: the QuantizeLinear stays next to its layer. */
export function setFromFirst(e: Emitter, value: string): void {
  const { quantisation, type } = e.target(0);
  const stored = quantisation === null ? value : e.quantise(value, quantisation, type);
  e.setStored(0, e.b.op("Transpose", [stored], { perm: channelsLast(e.rank(value)).map(BigInt) }));
}
