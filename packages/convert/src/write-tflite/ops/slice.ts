import { type Node, toBigInts } from "@flotilla/onnx";
import type { Emitter } from "../emitter.ts";
import { readMoved } from "../moving.ts";
import type { OperatorRule } from "../rule.ts";

/**
 * Slice: SLICE where every step is 1, else STRIDED_SLICE.
 *
 * Layout: kept; starts and sizes are put into it. Dtype: any, int8 in the input's scale.
 * Versions: SLICE 1 (int8 2, five axes 5); STRIDED_SLICE 1 (int8 2, five axes 4).
 * Source: tensorflow/lite/kernels/{slice,strided_slice}.cc
 */
export const slice: OperatorRule = {
  operators: ["Slice"],
  builtins: ["SLICE", "STRIDED_SLICE"],
  integer: true,
  limits: "Starts, ends and steps must be constant; five axes at most.",
  refuse: (emitter, node) => (rangesOf(emitter, node) === null ? "its starts, ends or steps are calculated." : null),
  emit: (emitter, node) => {
    const { tensor, perm, quant } = readMoved(emitter, node.inputs[0] ?? "");
    const ranges = rangesOf(emitter, node) ?? [];
    const placed = perm.map((axis) => ranges[axis] ?? { start: 0, step: 1, count: 0 });
    const target = emitter.define(node.outputs[0] ?? "", perm, quant);
    const starts = placed.map(({ start }) => start);
    if (placed.every(({ step }) => step === 1)) {
      const sizes = emitter.integers(
        placed.map(({ count }) => count),
        "sizes",
      );
      emitter.add("SLICE", [tensor, emitter.integers(starts, "starts"), sizes], [target], { type: "SliceOptions", value: {} });
      return;
    }
    const ends = placed.map(({ start, step, count }) => start + step * count);
    // Backwards past the first element: an end of −1 would mean the last one, so the mask says "to the end".
    const endMask = ends.reduce((mask, end, axis) => (end < 0 ? mask | (1 << axis) : mask), 0);
    const operands = [
      tensor,
      emitter.integers(starts, "starts"),
      emitter.integers(
        ends.map((end) => Math.max(0, end)),
        "ends",
      ),
      emitter.integers(
        placed.map(({ step }) => step),
        "steps",
      ),
    ];
    emitter.add("STRIDED_SLICE", operands, [target], { type: "StridedSliceOptions", value: { endMask } });
  },
};

interface AxisRange {
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

/** What is taken of each axis; null where it is not constant. */
function rangesOf(emitter: Emitter, node: Node): readonly AxisRange[] | null {
  const shape = emitter.shapeOf(node.inputs[0] ?? "");
  const result = emitter.shapeOf(node.outputs[0] ?? "");
  const numbers = (index: number, attribute: string): readonly bigint[] | null => {
    const tensor = emitter.graph.constantOf(node.inputs[index] ?? "");
    if (tensor !== null) return toBigInts(tensor);
    return (node.inputs[index] ?? "") === "" ? (node.ints(attribute)?.map(BigInt) ?? []) : null;
  };
  const [starts, axes, steps] = [numbers(1, "starts"), numbers(3, "axes"), numbers(4, "steps")];
  if (starts === null || axes === null || steps === null) return null;
  const ranges: AxisRange[] = shape.map((count) => ({ start: 0, step: 1, count }));
  for (const [index, given] of starts.entries()) {
    const named = Number(axes[index] ?? index);
    const axis = named < 0 ? named + shape.length : named;
    const size = shape[axis] ?? 0;
    const step = Number(steps[index] ?? 1n);
    const from = Number(given < 0n ? given + BigInt(size) : given);
    const start = step < 0 ? Math.min(Math.max(from, 0), size - 1) : Math.min(Math.max(from, 0), size);
    ranges[axis] = { start, step, count: result[axis] ?? 0 };
  }
  return ranges;
}
