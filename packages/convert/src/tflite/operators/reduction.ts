import type { Emitter } from "../emitter.ts";
import { channelsFirst, channelsLast } from "../layout.ts";
import type { OperatorView } from "../operator-view.ts";
import { scaleRatio, setRoundedAway } from "../rounding.ts";
import type { OperatorRule, Rules } from "../rule.ts";
import { DataType } from "@flotilla/onnx";
import { refusal, type Refusal } from "../../reasons.ts";

/** Axes became an input of these operators at different versions. */
export function reduce(e: Emitter, opType: string, value: string, axes: readonly number[], keep: boolean): string {
  const keepdims = keep ? 1n : 0n;
  if (opType === "ReduceSum" || e.b.opset >= 18) return e.b.op(opType, [value, e.b.ints(axes)], { keepdims });
  return e.b.op(opType, [value], { axes: axes.map(BigInt), keepdims });
}

function axesOf(view: OperatorView): number[] | null {
  return view.integers(1);
}

function refuseAxes(view: OperatorView): Refusal | null {
  return axesOf(view) === null ? refusal("COMPUTED_AXES") : null;
}

const POOLS: Readonly<Record<string, string>> = { ReduceMean: "GlobalAveragePool", ReduceMax: "GlobalMaxPool" };

/**
 * A mean or maximum over height and width becomes a global pooling with channels first: its Transpose meets that of the convolution before it, and
 * runtimes have int8 kernels for it.
 */
function pooled(e: Emitter, opType: string, keep: boolean): boolean {
  const pool = POOLS[opType];
  const axes = axesOf(e)
    ?.map((axis) => (axis < 0 ? axis + 4 : axis))
    .toSorted((left, right) => left - right);
  if (pool === undefined || e.rank(e.stored(0)) !== 4 || axes?.join() !== "1,2") return false;
  const value = e.b.op(pool, [e.permuted(0, channelsFirst(4))]);
  const { quantisation, type } = e.target(0);
  const stored = quantisation === null ? value : e.quantise(value, quantisation, type);
  e.setStored(0, keep ? e.b.op("Transpose", [stored], { perm: channelsLast(4).map(BigInt) }) : e.b.op("Flatten", [stored], { axis: 1n }));
  return true;
}

/**
 * By what TFLite multiplies the sum of integers of a mean, as far as it decides how it is rounded: their ratio of scales over the number of elements, less the part
 * of that which is no power of two and goes into the mantissa. Null for other reductions, and where it is not known how many elements there are.
 * Source: TFLite's kernels/reduce.cc, QuantizedMeanOrSum and its multiplier
 */
function multiplierOf(e: Emitter, opType: string, axes: readonly number[]): number | null {
  const ratio = scaleRatio(e, 0);
  if (ratio === null || opType !== "ReduceMean") return null;
  const counts = axes.map((axis) => e.shape(e.stored(0)).at(axis));
  const count = counts.reduce<number | null>((total, size) => (total === null || typeof size !== "number" ? null : total * size), 1);
  return count === null ? null : ratio / 2 ** Math.floor(Math.log2(count));
}

function reduction(opType: string): OperatorRule {
  return {
    refuse: refuseAxes,
    convert: (e) => {
      const { keepDims } = e.options("ReducerOptions");
      const axes = axesOf(e) ?? [];
      if (pooled(e, opType, keepDims)) return;
      const value = axes.length === 0 ? e.real(0) : reduce(e, opType, e.real(0), axes, keepDims);
      const multiplier = multiplierOf(e, opType, axes);
      if (multiplier === null) e.setReal(0, value);
      else setRoundedAway(e, value, multiplier);
    },
  };
}

/** Of booleans: as integers, whose largest or smallest says it. */
function logical(opType: string): OperatorRule {
  return {
    refuse: refuseAxes,
    convert: (e) => {
      const value = reduce(e, opType, e.cast(e.stored(0), DataType.INT32), axesOf(e) ?? [], e.options("ReducerOptions").keepDims);
      e.setStored(0, e.cast(value, DataType.BOOL));
    },
  };
}

/** Reductions over constant axes; negative ones count from the end. int8: means are rounded as TFLite rescales them (rounding.ts). Source: TFLite's kernels/reduce.cc */
export const reductionRules: Rules = {
  MEAN: reduction("ReduceMean"),
  SUM: reduction("ReduceSum"),
  REDUCE_MAX: reduction("ReduceMax"),
  REDUCE_MIN: reduction("ReduceMin"),
  REDUCE_PROD: reduction("ReduceProd"),
  REDUCE_ANY: logical("ReduceMax"),
  REDUCE_ALL: logical("ReduceMin"),
};
