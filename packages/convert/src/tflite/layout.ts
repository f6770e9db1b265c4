import type { Emitter } from "./emitter.ts";

/** Batch, channels, then the rest: ONNX's order of axes, from TFLite's with the channels last. */
export function channelsFirst(rank: number): number[] {
  return [0, rank - 1, ...Array.from({ length: rank - 2 }, (_, axis) => axis + 1)];
}

export function channelsLast(rank: number): number[] {
  return [0, ...Array.from({ length: rank - 2 }, (_, axis) => axis + 2), 1];
}

/**
 * Which spatial axis of a layer of two is of one place and only there because TFLite has no layers of one: data of three axes were widened for it, or are
 * taken from it. Null where there is none. `kernel` is the window.
 */
export function idleAxis(e: Emitter, index: number, kernel: readonly number[]): number | null {
  const shape = e.shape(e.stored(index));
  if (shape.length !== 4 || kernel.length !== 2) return null;
  const idle = [0, 1].find((axis) => kernel[axis] === 1 && shape[axis + 1] === 1 && e.target(0).signature[axis + 1] === 1);
  if (idle === undefined) return null;
  const { tensors, operators } = e.graph;
  const [input, output] = [e.operator.inputs[index], e.operator.outputs[0]];
  const before = operators.find(({ outputs }) => outputs[0] === input);
  const behind = operators.filter(({ inputs }) => inputs[0] === output);
  const widened = before !== undefined && RESHAPING.has(before.kind) && tensors[before.inputs[0] ?? -1]?.shape.length === 3;
  const narrowed =
    behind.length > 0 && behind.every(({ kind, outputs }) => RESHAPING.has(kind) && tensors[outputs[0] ?? -1]?.shape.length === 3);
  return widened || narrowed ? idle : null;
}

const RESHAPING: ReadonlySet<string> = new Set(["RESHAPE", "EXPAND_DIMS", "SQUEEZE"]);

/**
 * Input `index` of a layer that ONNX knows with channels first only, without its spatial axis `idle`. Clean-up removes what meets its opposite. Integers
 * are moved, not reals: the DequantizeLinear stays next to its layer.
 */
export function inputFirst(e: Emitter, index: number, idle: number | null = null): string {
  const { shape, quantisation, type } = e.need(index);
  if (idle === null || shape.length < 4) return e.permuted(index, channelsFirst(shape.length));
  const moved = storedFirst(e, index, idle);
  return quantisation === null ? moved : e.dequantise(moved, quantisation, type, 0);
}

/** The same as stored: integers where the tensor is quantised. */
export function storedFirst(e: Emitter, index: number, idle: number | null): string {
  const value = e.stored(index);
  const kept = e.shape(value).filter((_, axis) => idle === null || axis !== idle + 1);
  const known = kept.filter((dim) => typeof dim === "number").length >= kept.length - 1;
  const narrow =
    idle === null
      ? value
      : known
        ? e.b.op("Reshape", [value, e.b.ints(kept.map((dim) => (typeof dim === "number" ? dim : -1)))])
        : e.b.op("Squeeze", [value, e.b.ints([idle + 1])]);
  return e.b.op("Transpose", [narrow], { perm: channelsFirst(kept.length).map(BigInt) });
}

/** A filter with its axes in another order, the spatial ones last, without the spatial axis `idle`. */
export function filterWithout(e: Emitter, index: number, perm: readonly number[], idle: number | null): string {
  return e.permuted(index, perm, idle === null ? [] : [idle + 2]);
}

/** Sets output 0 from real numbers with channels first, putting back the axis `idle`. The QuantizeLinear stays next to its layer. */
export function setFromFirst(e: Emitter, value: string, idle: number | null = null): void {
  const { quantisation, type } = e.target(0);
  setStoredFromFirst(e, quantisation === null ? value : e.quantise(value, quantisation, type), idle);
}

export function setStoredFromFirst(e: Emitter, stored: string, idle: number | null = null): void {
  const rank = e.rank(stored);
  const last = e.b.op("Transpose", [stored], { perm: channelsLast(rank).map(BigInt) });
  e.setStored(0, idle === null || rank === e.target(0).shape.length ? last : e.b.op("Unsqueeze", [last, e.b.ints([idle + 1])]));
}
