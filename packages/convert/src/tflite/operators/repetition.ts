import type { Dim } from "@flotilla/onnx";
import type { Emitter } from "../emitter.ts";
import { setStoredFromFirst, storedFirst } from "../layout.ts";
import type { SourceOperator } from "../source/types.ts";

interface Repetition {
  readonly source: number;
  /** How often each place of an axis is repeated. */
  readonly factors: readonly number[];
}

/**
 * Before:     EXPAND_DIMS → TILE → RESHAPE, once for each axis, which is how Keras writes the upsampling of nearest neighbours
 * After:      one Resize with channels first, set as the output of the last RESHAPE; the others are dead where nothing else reads them
 * Conditions: three or four axes, batch and channels untouched, integers of one scale. Called when the last RESHAPE is
 *             converted: sizes are those that inference found, which the file may not know.
 */
export function convertRepetition(e: Emitter): void {
  const output = e.target(0);
  const found = findRepetition(e, output.index);
  const rank = output.shape.length;
  if (found === null || rank < 3 || rank > 4 || found.factors[0] !== 1 || found.factors.at(-1) !== 1) return;
  const inner = e.as({ ...e.operator, inputs: [found.source], outputs: [output.index] });
  if (!inner.sameScale(0, 0)) return;
  const scales = e.b.floats([1, 1, ...found.factors.slice(1, -1)]);
  const value = e.b.op("Resize", [storedFirst(inner, 0, null), "", scales], {
    mode: "nearest",
    coordinate_transformation_mode: "asymmetric",
    nearest_mode: "floor",
  });
  setStoredFromFirst(inner, value);
}

/** What repeats into `tensor`, as far back as it goes. */
function findRepetition(e: Emitter, tensor: number): Repetition | null {
  const reshape = producer(e, tensor, "RESHAPE");
  const tile = producer(e, reshape?.inputs[0], "TILE");
  const expand = producer(e, tile?.inputs[0], "EXPAND_DIMS");
  if (reshape === null || tile === null || expand === null) return null;
  const source = expand.inputs[0] ?? -1;
  const [from, to] = [sizesOf(e, source), sizesOf(e, tensor)];
  const rank = from.length;
  const [axis, multiples] = [e.as(expand).integers(1)?.[0], e.as(tile).integers(1)];
  if (axis === undefined || multiples?.length !== rank + 1) return null;
  const place = axis < 0 ? axis + rank + 1 : axis;
  const factor = multiples[place] ?? 1;
  if (place < 1 || multiples.some((times, index) => index !== place && times !== 1) || !fits(from, to, place - 1, factor)) return null;
  const before = findRepetition(e, source);
  const factors = (before?.factors ?? from.map(() => 1)).map((value, index) => (index === place - 1 ? value * factor : value));
  return { source: before?.source ?? source, factors };
}

function producer(e: Emitter, tensor: number | undefined, kind: string): SourceOperator | null {
  return e.graph.operators.find(({ kind: found, outputs }) => found === kind && tensor !== undefined && outputs.includes(tensor)) ?? null;
}

function sizesOf(e: Emitter, tensor: number): readonly Dim[] {
  return e.shape(e.as({ ...e.operator, inputs: [tensor] }).stored(0));
}

/** Whether the reshape joins the new axis with the one before it, and does nothing else. */
function fits(from: readonly Dim[], to: readonly Dim[], axis: number, factor: number): boolean {
  return (
    to.length === from.length &&
    to.every((size, index) => {
      const before = from[index] ?? null;
      return index === axis ? typeof before === "number" && size === before * factor : size !== null && size === before;
    })
  );
}
