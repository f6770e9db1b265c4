import type { TypedArray } from "../reference/value.ts";

/** The order of axes that undoes another one. */
export function inverseOf(perm: readonly number[]): number[] {
  const inverse = perm.map(() => 0);
  for (const [to, from] of perm.entries()) inverse[from] = to;
  return inverse;
}

/** A shape with its axes in another order: place `k` of the result is axis `perm[k]`. */
export function permuteShape(shape: readonly number[], perm: readonly number[]): number[] {
  return perm.map((axis) => shape[axis] ?? 1);
}

/** The elements of an array of `shape` in the order that they have once its axes are permuted; the array itself where no element moves. */
export function permuteAxes<T extends TypedArray>(data: T, shape: readonly number[], perm: readonly number[]): T {
  if (perm.every((axis, place) => axis === place)) return data;
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  const [target, steps] = [permuteShape(shape, perm), perm.map((axis) => strides[axis] ?? 1)];
  const moved = data.slice() as T;
  const place = target.map(() => 0);
  let from = 0;
  for (let to = 0; to < moved.length; to += 1) {
    moved[to] = data[from] as never;
    for (let axis = target.length - 1; axis >= 0; axis -= 1) {
      const next = (place[axis] ?? 0) + 1;
      from += steps[axis] ?? 0;
      if (next < (target[axis] ?? 1)) {
        place[axis] = next;
        break;
      }
      from -= next * (steps[axis] ?? 0);
      place[axis] = 0;
    }
  }
  return moved;
}
