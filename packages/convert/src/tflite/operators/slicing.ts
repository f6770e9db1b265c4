import { DataType, tensorFromNumbers } from "@flotilla/onnx";
import type { Emitter } from "../emitter.ts";
import type { OperatorView } from "../operator-view.ts";
import type { OperatorRule, Rules } from "../rule.ts";
import { refusal } from "../../reasons.ts";

/** "To the end" and "from the end backwards" for Slice. Source: onnx/docs/Operators.md, Slice */
const END = 2n ** 63n - 1n;
const START = -(2n ** 63n - 1n);

/** SLICE: data, begin, sizes; a size of -1 means "to the end". Source: TFLite's kernels/slice.cc */
const slice: OperatorRule = {
  convert: (e) => {
    const [begin, size] = [e.integers(1), e.integers(2)];
    const starts = e.indices(1);
    let ends: string;
    if (begin !== null && size !== null) ends = e.b.ints(size.map((count, axis) => (count < 0 ? END : BigInt((begin[axis] ?? 0) + count))));
    else {
      const sizes = e.indices(2);
      const sum = e.b.op("Add", [starts, sizes]);
      ends =
        size?.every((count) => count >= 0) === true
          ? sum
          : e.b.op("Where", [e.b.op("Less", [sizes, e.b.int(0)]), e.b.constant(tensorFromNumbers(DataType.INT64, [], [END])), sum]);
    }
    e.move(0, 0, (value) => e.b.op("Slice", [value, starts, ends]));
  },
};

interface SliceAxis {
  /** Which entry of begin, end and strides belongs to it. */
  readonly entry: number;
  readonly axis: number;
  readonly kind: "range" | "single";
}

interface StridedPlan {
  readonly axes: readonly SliceAxis[];
  /** Places in the result where an axis of one is put in. */
  readonly added: readonly number[];
}

/**
 * What each entry of begin, end and strides is for: an ellipsis stands for as many whole axes as are left, a new axis takes none, a shrinking one
 * takes one and leaves none. Source: TFLite's kernels/strided_slice.cc, BuildStridedSliceParams
 */
export function planStridedSlice(entries: number, rank: number, masks: { ellipsis: number; newAxis: number; shrink: number }): StridedPlan {
  const has = (mask: number, entry: number): boolean => (mask & (1 << entry)) !== 0;
  const isNew = (entry: number): boolean => has(masks.newAxis, entry) && !has(masks.ellipsis, entry);
  const axes: SliceAxis[] = [];
  const added: number[] = [];
  let [axis, place] = [0, 0];
  for (let entry = 0; entry < entries; entry += 1) {
    if (has(masks.ellipsis, entry)) {
      let behind = 0;
      for (let other = entry + 1; other < entries; other += 1) if (!isNew(other)) behind += 1;
      const skipped = Math.max(0, rank - axis - behind);
      axis += skipped;
      place += skipped;
    } else if (isNew(entry)) {
      added.push(place);
      place += 1;
    } else {
      const single = has(masks.shrink, entry);
      axes.push({ entry, axis, kind: single ? "single" : "range" });
      axis += 1;
      if (!single) place += 1;
    }
  }
  return { axes, added };
}

function masksOf(view: OperatorView): { begin: number; end: number; ellipsis: number; newAxis: number; shrink: number } {
  const { beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask } = view.options("StridedSliceOptions");
  return { begin: beginMask, end: endMask, ellipsis: ellipsisMask, newAxis: newAxisMask, shrink: shrinkAxisMask };
}

/** STRIDED_SLICE: begin and end may be computed, strides may not. Source: TFLite's kernels/strided_slice.cc */
const stridedSlice: OperatorRule = {
  refuse: (view) => {
    if (view.integers(3) === null) return refusal("COMPUTED_STRIDES");
    if (view.integers(3)?.includes(0) === true) return refusal("ZERO_STRIDE");
    return view.options("StridedSliceOptions").offset && view.integers(1) === null ? refusal("COMPUTED_BEGIN") : null;
  },
  convert: (e) => {
    const masks = masksOf(e);
    const strides = e.integers(3) ?? [];
    const plan = planStridedSlice(strides.length, e.rankOf(0), masks);
    const starts = limits(e, plan, 1, masks.begin, strides);
    const ends = limits(e, plan, 2, masks.end, strides);
    const axes = e.b.ints(plan.axes.map(({ axis }) => axis));
    const steps = e.b.ints(plan.axes.map(({ entry, kind }) => (kind === "single" ? 1 : (strides[entry] ?? 1))));
    const shrunk = plan.axes.filter(({ kind }) => kind === "single").map(({ axis }) => axis);
    e.move(0, 0, (value) => {
      let result = plan.axes.length === 0 ? value : e.b.op("Slice", [value, starts, ends, axes, steps]);
      if (shrunk.length > 0) result = e.b.op("Squeeze", [result, e.b.ints(shrunk)]);
      return plan.added.length === 0 ? result : e.b.op("Unsqueeze", [result, e.b.ints(plan.added)]);
    });
  },
};

/** The limits of one side for the axes that are sliced. A single place ends one behind where it begins. */
function limits(e: Emitter, plan: StridedPlan, index: 1 | 2, mask: number, strides: readonly number[]): string {
  const masked = ({ entry, kind }: SliceAxis): boolean => kind === "range" && (mask & (1 << entry)) !== 0;
  const [begin, given] = [e.integers(1), e.integers(index)];
  const { offset } = e.options("StridedSliceOptions");
  if (begin !== null && given !== null)
    return e.b.ints(
      plan.axes.map((axis) => {
        const from = begin[axis.entry] ?? 0;
        if (axis.kind === "single") return index === 1 ? BigInt(from) : from === -1 ? END : BigInt(from + 1);
        if (masked(axis)) return openLimit(index, strides[axis.entry] ?? 1);
        return BigInt((given[axis.entry] ?? 0) + (offset && index === 2 ? from : 0));
      }),
    );
  const pick = (source: 1 | 2): string =>
    e.b.op("Gather", [e.indices(source), e.b.ints(plan.axes.map(({ entry }) => entry))], { axis: 0n });
  const flags = (test: (axis: SliceAxis) => boolean): string =>
    e.b.constant(
      tensorFromNumbers(
        DataType.BOOL,
        [plan.axes.length],
        plan.axes.map((axis) => Number(test(axis))),
      ),
    );
  let value = pick(index);
  if (index === 2 && plan.axes.some(({ kind }) => kind === "single")) {
    const next = e.b.op("Add", [pick(1), e.b.int(1)]);
    const behind = e.b.op("Where", [e.b.op("Equal", [next, e.b.int(0)]), e.b.constant(tensorFromNumbers(DataType.INT64, [], [END])), next]);
    value = e.b.op("Where", [flags(({ kind }) => kind === "single"), behind, value]);
  }
  if (plan.axes.some(masked))
    value = e.b.op("Where", [flags(masked), e.b.ints(plan.axes.map(({ entry }) => openLimit(index, strides[entry] ?? 1))), value]);
  return value;
}

/** Where a slice without a limit begins or ends. */
function openLimit(index: 1 | 2, stride: number): bigint {
  if (index === 1) return stride > 0 ? 0n : END;
  return stride > 0 ? END : START;
}

/** REVERSE_V2: constant axes. */
const reverse: OperatorRule = {
  refuse: (view) => (view.integers(1) === null ? refusal("COMPUTED_AXES") : null),
  convert: (e) => {
    const axes = e.integers(1) ?? [];
    const each = (value: bigint): string => e.b.ints(axes.map(() => value));
    const [starts, ends, steps] = [each(END), each(START), each(-1n)];
    e.move(0, 0, (value) => e.b.op("Slice", [value, starts, ends, e.b.ints(axes), steps]));
  },
};

/** REVERSE_SEQUENCE: ONNX knows it with batch and time on the first two axes, so they are moved there and back. */
const reverseSequence: OperatorRule = {
  convert: (e) => {
    const { seqDim, batchDim } = e.options("ReverseSequenceOptions");
    const lengths = e.indices(1);
    const rank = e.rank(e.real(0));
    const perm = [
      batchDim,
      seqDim,
      ...Array.from({ length: rank }, (_, axis) => axis).filter((axis) => axis !== seqDim && axis !== batchDim),
    ];
    const inverse = perm.map((_, axis) => perm.indexOf(axis));
    const turn = (value: string, order: readonly number[]): string => e.b.op("Transpose", [value], { perm: order.map(BigInt) });
    const reversed = e.b.op("ReverseSequence", [turn(e.real(0), perm), lengths], { time_axis: 1n, batch_axis: 0n });
    e.setReal(0, turn(reversed, inverse));
  },
};

/** Operators that take part of a tensor or turn it round; elements are moved as they are. */
export const slicingRules: Rules = {
  SLICE: slice,
  STRIDED_SLICE: stridedSlice,
  REVERSE_V2: reverse,
  REVERSE_SEQUENCE: reverseSequence,
};
