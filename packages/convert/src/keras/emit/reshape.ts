import type { Dim, GraphBuilder } from "@flotilla/onnx";

/**
 * Reshape to dimensions of which some are symbols or unknown. One that is not known is −1, which lets Reshapes merge; of several, those that the
 * input has at the same place are 0; where that does not do, sizes are read from the input at run time. `target` names symbols as the input does.
 */
export function reshape(b: GraphBuilder, value: string, target: readonly Dim[]): string {
  const shape = b.shape(value);
  if (shape.length === target.length && target.every((dim, axis) => dim !== null && dim === shape[axis])) return value;
  const result = b.op("Reshape", [value, constantShape(b, shape, target) ?? dynamicShape(b, value, target)]);
  b.graph.types.set(result, { elemType: b.type(value).elemType, shape: target });
  return result;
}

function constantShape(b: GraphBuilder, shape: readonly Dim[], target: readonly Dim[]): string | null {
  const open = target.filter((dim) => typeof dim !== "number");
  if (target.includes(0)) return open.length === 0 ? b.ints(target.map(Number)) : null;
  const copied = (dim: Dim, axis: number): boolean => open.length > 1 && dim !== null && dim === shape[axis];
  const sizes = target.map((dim, axis) => (typeof dim === "number" ? dim : copied(dim, axis) ? 0 : -1));
  return sizes.filter((size) => size === -1).length <= 1 ? b.ints(sizes) : null;
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
