import { OnnxError } from "../errors.ts";
import type { Node } from "../graph/node.ts";
import { DataType } from "../graph/data-types.ts";
import { isPacked } from "../graph/packed-integers.ts";
import { elementCount, storageView, type Tensor, tensorFromNumbers, toBigInts, toNumbers } from "../graph/tensor.ts";

/** An operator of the reference interpreter: plain loops in double precision, rounded to the element type at the end. */
export type ReferenceOp = (inputs: readonly (Tensor | null)[], node: Node, opset: number) => readonly Tensor[];

/** No intermediate of the interpreter may be larger: 64 MB of float32. */
export const MAX_ELEMENTS = 16 * 1024 * 1024;

/** @throws OnnxError TOO_LARGE */
export function guardSize(dims: readonly number[], node: Node): number {
  const count = elementCount(dims);
  if (dims.some((dim) => dim < 0 || !Number.isInteger(dim)))
    throw new OnnxError("INVALID_GRAPH", `The node ${node.describe()} would make a tensor of ${dims.join(" × ")}.`);
  if (count > MAX_ELEMENTS)
    throw new OnnxError(
      "TOO_LARGE",
      `The node ${node.describe()} would make ${count.toLocaleString("en")} values; at most ${MAX_ELEMENTS.toLocaleString("en")} are computed here.`,
    );
  return count;
}

/** @throws OnnxError INVALID_GRAPH where the input is absent */
export function need(inputs: readonly (Tensor | null)[], index: number, node: Node): Tensor {
  const tensor = inputs[index] ?? null;
  if (tensor === null) throw new OnnxError("INVALID_GRAPH", `The node ${node.describe()} lacks its input ${index}.`);
  return tensor;
}

export function stridesOf(dims: readonly number[]): number[] {
  const strides = dims.map(() => 1);
  for (let axis = dims.length - 2; axis >= 0; axis -= 1) strides[axis] = (strides[axis + 1] ?? 1) * (dims[axis + 1] ?? 1);
  return strides;
}

/** Calls `visit` with every index of `dims` in row-major order. The array is reused. */
export function forEachIndex(dims: readonly number[], visit: (index: readonly number[], flat: number) => void): void {
  const total = elementCount(dims);
  const index = dims.map(() => 0);
  for (let flat = 0; flat < total; flat += 1) {
    visit(index, flat);
    for (let axis = dims.length - 1; axis >= 0; axis -= 1) {
      const next = (index[axis] ?? 0) + 1;
      index[axis] = next === dims[axis] ? 0 : next;
      if (next !== dims[axis]) break;
    }
  }
}

/** A tensor whose elements are picked from `tensor` bit for bit; where `pick` gives -1, `filler`'s only element stands. */
export function pickElements(
  tensor: Tensor,
  dims: readonly number[],
  node: Node,
  pick: (index: readonly number[]) => number,
  filler: Tensor | null = null,
): Tensor {
  const count = guardSize(dims, node);
  if (tensor.strings !== undefined) return pickStrings(tensor, dims, pick, filler);
  if (isPacked(tensor.dataType)) throw refuse(node, "moves 4-bit values");
  const width = storageView(tensor).BYTES_PER_ELEMENT;
  const bytes = new Uint8Array(count * width);
  const [source, target, fill] = [
    unitsOf(tensor.bytes, width),
    unitsOf(bytes, width),
    filler === null ? null : unitsOf(filler.bytes, width),
  ];
  const units = width === 8 ? 2 : 1;
  forEachIndex(dims, (index, flat) => {
    const from = pick(index);
    for (let unit = 0; unit < units; unit += 1) target[flat * units + unit] = (from < 0 ? fill?.[unit] : source[from * units + unit]) ?? 0;
  });
  return { dataType: tensor.dataType, dims: [...dims], bytes };
}

/** Bytes as whole numbers of the element's width, two of them for 8 bytes: copying them keeps every bit. */
function unitsOf(bytes: Uint8Array, width: number): Uint8Array | Uint16Array | Uint32Array {
  const size = Math.min(width, 4);
  const aligned = bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes);
  const count = Math.floor(aligned.byteLength / size);
  if (size === 1) return aligned;
  return size === 2
    ? new Uint16Array(aligned.buffer, aligned.byteOffset, count)
    : new Uint32Array(aligned.buffer, aligned.byteOffset, count);
}

function pickStrings(tensor: Tensor, dims: readonly number[], pick: (index: readonly number[]) => number, filler: Tensor | null): Tensor {
  const strings: Uint8Array[] = [];
  forEachIndex(dims, (index) => {
    const from = pick(index);
    strings.push((from < 0 ? filler?.strings?.[0] : tensor.strings?.[from]) ?? new Uint8Array());
  });
  return { dataType: tensor.dataType, dims: [...dims], bytes: new Uint8Array(), strings };
}

/**
 * The elements as doubles.
 * @throws OnnxError UNSUPPORTED_OPERATOR for 64-bit integers that a double cannot hold
 */
export function valuesOf(tensor: Tensor): Float64Array {
  const values = toNumbers(tensor);
  const wide = tensor.dataType === DataType.INT64 || tensor.dataType === DataType.UINT64;
  if (wide && values.some((value) => !Number.isSafeInteger(value)))
    throw new OnnxError("UNSUPPORTED_OPERATOR", "An integer beyond 2^53 cannot be calculated with here.");
  return values;
}

/** The first element of an optional input. */
export function scalarOf(tensor: Tensor | null | undefined, fallback: number): number {
  return tensor === null || tensor === undefined ? fallback : (valuesOf(tensor)[0] ?? fallback);
}

/** An axis counted from the front. @throws OnnxError INVALID_GRAPH where there is none such */
export function axisOf(axis: number, rank: number, node: Node): number {
  const counted = axis < 0 ? axis + rank : axis;
  if (counted < 0 || counted >= Math.max(rank, 1))
    throw new OnnxError("INVALID_GRAPH", `The node ${node.describe()} works along axis ${axis} of a tensor with ${rank} axes.`);
  return counted;
}

/** A tensor as rows × `size` × columns, the middle being `axis`: element (row, at, column) lies at (row * size + at) * columns + column. */
export function aroundAxis(dims: readonly number[], axis: number): { rows: number; size: number; columns: number } {
  return { rows: elementCount(dims.slice(0, axis)), size: dims[axis] ?? 1, columns: elementCount(dims.slice(axis + 1)) };
}

export function refuse(node: Node, what: string): OnnxError {
  return new OnnxError("UNSUPPORTED_OPERATOR", `The node ${node.describe()} ${what}, which is not computed here.`);
}

export function result(dataType: number, dims: readonly number[], values: ArrayLike<number | bigint>): Tensor {
  return tensorFromNumbers(dataType, dims, values);
}

/** The integers of a shape or axes input. */
export function toIntegers(tensor: Tensor): number[] {
  return toBigInts(tensor).map((value) => Number(value > LARGEST ? LARGEST : value < -LARGEST ? -LARGEST : value));
}

const LARGEST = BigInt(Number.MAX_SAFE_INTEGER);
