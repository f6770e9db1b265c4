import type { Dim, GraphBuilder } from "@flotilla/onnx";

/**
 * Reshape to dimensions of which some are symbols or unknown: 0 where the input has the same at the same place, -1 for one that is left,
 * and where more are left, sizes read from the input at run time. `target` must name symbols as the input does.
 */
export function reshape(b: GraphBuilder, value: string, target: readonly Dim[]): string {
  const shape = b.shape(value);
  if (shape.length === target.length && target.every((dim, axis) => dim !== null && dim === shape[axis])) return value;
  const sizes = target.map((dim, axis) => (typeof dim === "number" ? dim : dim !== null && dim === shape[axis] ? 0 : -1));
  const zero = target.includes(0) && sizes.some((size) => size === 0);
  const result =
    sizes.filter((size) => size === -1).length <= 1 && !(zero && sizes.some((size, axis) => size === 0 && target[axis] !== 0))
      ? b.op("Reshape", [value, b.ints(sizes)], zero ? { allowzero: 1n } : {})
      : b.op("Reshape", [value, dynamicShape(b, value, target)]);
  b.graph.types.set(result, { elemType: b.type(value).elemType, shape: target });
  return result;
}

/** The sizes as a tensor: known ones constant, symbols looked up in the shape of `value`, one unknown as -1. */
function dynamicShape(b: GraphBuilder, value: string, target: readonly Dim[]): string {
  const shape = b.shape(value);
  const sizes = b.op("Shape", [value]);
  const parts = target.map((dim) => {
    if (typeof dim === "number") return b.ints([dim]);
    const axis = dim === null ? -1 : shape.indexOf(dim);
    return axis < 0 ? b.ints([-1]) : b.op("Gather", [sizes, b.ints([axis])], { axis: 0n });
  });
  return b.op("Concat", parts, { axis: 0n });
}

/** Merges axes [from, to) into one. */
export function mergeAxes(b: GraphBuilder, value: string, from: number, to: number): string {
  const shape = b.shape(value);
  const merged = shape.slice(from, to);
  const size = merged.every((dim): dim is number => typeof dim === "number") ? merged.reduce((total, dim) => total * dim, 1) : null;
  return reshape(b, value, [...shape.slice(0, from), size, ...shape.slice(to)]);
}
