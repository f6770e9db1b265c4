import { elementCount, type Tensor, tensorFromNumbers, toNumbers } from "@flotilla/onnx";

const BYTES: Readonly<Record<number, number>> = { 1: 4, 2: 1, 3: 1, 4: 2, 5: 2, 6: 4, 7: 8, 9: 1, 10: 2, 11: 8, 12: 4, 13: 8, 16: 2 };

/**
 * The tensor with its axes in another order, as ONNX's Transpose counts: axis `k` of the result is axis `perm[k]` of `tensor`. Then without the axes of
 * `dropped`, which have one place.
 */
export function permuteTensor(tensor: Tensor, perm: readonly number[], dropped: readonly number[] = []): Tensor {
  const { dims, dataType } = tensor;
  const strides = dims.map((_, axis) => elementCount(dims.slice(axis + 1)));
  const sizes = perm.map((axis) => dims[axis] ?? 1);
  const steps = perm.map((axis) => strides[axis] ?? 0);
  const order = sourceOrder(sizes, steps, elementCount(dims));
  const kept = sizes.filter((_, axis) => !dropped.includes(axis));
  const width = BYTES[dataType];
  if (width === undefined) {
    // Packed integers: two of them share a byte.
    const values = toNumbers(tensor);
    return tensorFromNumbers(
      dataType,
      kept,
      Float64Array.from(order, (from) => values[from] ?? 0),
    );
  }
  const bytes = new Uint8Array(order.length * width);
  for (const [to, from] of order.entries())
    for (let byte = 0; byte < width; byte += 1) bytes[to * width + byte] = tensor.bytes[from * width + byte] ?? 0;
  return { dataType, dims: kept, bytes };
}

/** For each element of the result where it comes from. */
function sourceOrder(sizes: readonly number[], steps: readonly number[], count: number): Uint32Array {
  const order = new Uint32Array(count);
  const place = sizes.map(() => 0);
  let from = 0;
  for (let to = 0; to < count; to += 1) {
    order[to] = from;
    for (let axis = sizes.length - 1; axis >= 0; axis -= 1) {
      place[axis] = (place[axis] ?? 0) + 1;
      from += steps[axis] ?? 0;
      if ((place[axis] ?? 0) < (sizes[axis] ?? 0)) break;
      from -= (steps[axis] ?? 0) * (sizes[axis] ?? 0);
      place[axis] = 0;
    }
  }
  return order;
}
