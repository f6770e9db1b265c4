import { DataType } from "../../graph/data-types.ts";
import { toNumbers } from "../../graph/tensor.ts";
import type { Dim } from "../../graph/types.ts";
import { constantEntries, type InferContext, type InferRule, normaliseAxis, withShape } from "../context.ts";

const gatherElements: InferRule = ({ inputs }) => [withShape(inputs[0] ?? null, inputs[1]?.shape ?? null)];

/** [batch…, indices…, what the index tuples leave of the data]. */
const gatherNd: InferRule = ({ inputs, node }) => {
  const data = inputs[0] ?? null;
  const [shape, indices] = [data?.shape ?? null, inputs[1]?.shape ?? null];
  const width = indices?.at(-1);
  if (shape === null || indices === null || typeof width !== "number") return [withShape(data, null)];
  return [withShape(data, [...indices.slice(0, -1), ...shape.slice(node.int("batch_dims", 0) + width)])];
};

/** How many are kept is known only where the condition is constant. */
const compress: InferRule = (context) => {
  const data = context.inputs[0] ?? null;
  const shape = data?.shape ?? null;
  const condition = context.constant(1);
  const kept = condition === null ? null : toNumbers(condition).filter((value) => value !== 0).length;
  if (!context.node.attributes.has("axis")) return [withShape(data, [kept])];
  if (shape === null) return [withShape(data, null)];
  const axis = normaliseAxis(context.node.int("axis", 0), shape.length);
  return [
    withShape(
      data,
      shape.map((dim, at) => (at === axis ? kept : dim)),
    ),
  ];
};

const oneHot: InferRule = (context) => {
  const indices = context.inputs[0]?.shape ?? null;
  const elemType = context.inputs[2]?.elemType ?? 0;
  if (indices === null) return [{ elemType, shape: null }];
  const depth = context.constant(1);
  const shape: Dim[] = [...indices];
  const axis = normaliseAxis(context.node.int("axis", -1), indices.length + 1);
  shape.splice(axis, 0, depth === null ? null : (toNumbers(depth)[0] ?? null));
  return [{ elemType, shape }];
};

const unique: InferRule = (context: InferContext) => {
  const data = context.inputs[0] ?? null;
  const shape = data?.shape ?? null;
  const along = context.node.attributes.has("axis") && shape !== null ? normaliseAxis(context.node.int("axis", 0), shape.length) : null;
  const kept = along === null ? [null] : (shape?.map((dim, axis) => (axis === along ? null : dim)) ?? null);
  return context.node.outputs.map((_, index) => (index === 0 ? withShape(data, kept) : { elemType: DataType.INT64, shape: [null] }));
};

/** The value of each new axis length, for the axes that are named. */
const centerCropPad: InferRule = (context) => {
  const data = context.inputs[0] ?? null;
  const shape = data?.shape ?? null;
  if (shape === null) return [withShape(data, null)];
  const wanted = constantEntries(context.constant(1));
  const axes = context.node.ints("axes") ?? [...shape.keys()];
  const result: Dim[] = [...shape];
  for (const [index, axis] of axes.entries()) result[normaliseAxis(axis, shape.length)] = wanted?.[index] ?? null;
  return [withShape(data, result)];
};

export const indexingRules: Readonly<Record<string, InferRule>> = {
  GatherElements: gatherElements,
  GatherND: gatherNd,
  Compress: compress,
  OneHot: oneHot,
  NonZero: ({ inputs }) => [{ elemType: DataType.INT64, shape: [inputs[0]?.shape?.length ?? null, null] }],
  Unique: unique,
  CenterCropPad: centerCropPad,
};
