import { DataType } from "../../graph/data-types.ts";
import type { Dim } from "../../graph/types.ts";
import { axesOf, constantEntries, type InferContext, type InferRule, normaliseAxis } from "../context.ts";

const reduce: InferRule = (context) => {
  const data = context.inputs[0] ?? null;
  if (data === null) return [null];
  const axes = axesOf(context, 1);
  if (data.shape === null || axes === null) return [{ elemType: data.elemType, shape: null }];
  const rank = data.shape.length;
  const none = axes === undefined || axes.length === 0;
  if (none && context.node.int("noop_with_empty_axes", 0) === 1) return [data];
  const reduced = new Set(none ? data.shape.keys() : axes.map((axis) => normaliseAxis(axis, rank)));
  return [{ elemType: data.elemType, shape: dropAxes(data.shape, reduced, context.node.int("keepdims", 1) === 1) }];
};

function dropAxes(shape: readonly Dim[], axes: ReadonlySet<number>, keep: boolean): Dim[] {
  return keep ? shape.map((dim, axis) => (axes.has(axis) ? 1 : dim)) : shape.filter((_, axis) => !axes.has(axis));
}

const arg: InferRule = ({ inputs, node }) => {
  const shape = inputs[0]?.shape ?? null;
  if (shape === null) return [{ elemType: DataType.INT64, shape: null }];
  const axis = normaliseAxis(node.int("axis", 0), shape.length);
  return [{ elemType: DataType.INT64, shape: dropAxes(shape, new Set([axis]), node.int("keepdims", 1) === 1) }];
};

const topK: InferRule = (context: InferContext) => {
  const data = context.inputs[0] ?? null;
  if (data === null || data.shape === null) return [data, { elemType: DataType.INT64, shape: null }];
  const count = context.node.attributes.has("k") ? context.node.int("k", 0) : (constantEntries(context.constant(1))?.[0] ?? null);
  const axis = normaliseAxis(context.node.int("axis", -1), data.shape.length);
  const shape = data.shape.map((dim, index) => (index === axis ? count : dim));
  return [
    { elemType: data.elemType, shape },
    { elemType: DataType.INT64, shape },
  ];
};

const REDUCTIONS = [
  "ReduceMean",
  "ReduceSum",
  "ReduceMax",
  "ReduceMin",
  "ReduceProd",
  "ReduceL1",
  "ReduceL2",
  "ReduceLogSum",
  "ReduceLogSumExp",
  "ReduceSumSquare",
];

export const reductionRules: Readonly<Record<string, InferRule>> = {
  ...Object.fromEntries(REDUCTIONS.map((op) => [op, reduce])),
  ArgMax: arg,
  ArgMin: arg,
  TopK: topK,
};
