import { DataType } from "../../graph/data-types.ts";
import type { Dim } from "../../graph/types.ts";
import { type InferRule, withShape } from "../context.ts";

const gridSample: InferRule = ({ inputs }) => {
  const data = inputs[0] ?? null;
  const [shape, grid] = [data?.shape ?? null, inputs[1]?.shape ?? null];
  if (shape === null || grid === null) return [withShape(data, null)];
  return [withShape(data, [shape[0] ?? null, shape[1] ?? null, ...grid.slice(1, -1)])];
};

const regions = (height: Dim, width: Dim): InferRule => {
  return ({ inputs }) => {
    const data = inputs[0] ?? null;
    return [withShape(data, [inputs[1]?.shape?.[0] ?? null, data?.shape?.[1] ?? null, height, width])];
  };
};

const roiAlign: InferRule = (context) => regions(context.node.int("output_height", 1), context.node.int("output_width", 1))(context);

const maxRoiPool: InferRule = (context) => {
  const [height = null, width = null] = context.node.ints("pooled_shape") ?? [];
  return regions(height, width)(context);
};

/** Too rare for a shape of their own: the element type only. */
const sameElements: InferRule = ({ inputs }) => [withShape(inputs[0] ?? null, null)];

export const detectionRules: Readonly<Record<string, InferRule>> = {
  GridSample: gridSample,
  RoiAlign: roiAlign,
  MaxRoiPool: maxRoiPool,
  NonMaxSuppression: () => [{ elemType: DataType.INT64, shape: [null, 3] }],
  Col2Im: sameElements,
  DeformConv: sameElements,
  Det: ({ inputs }) => [withShape(inputs[0] ?? null, inputs[0]?.shape?.slice(0, -2) ?? null)],
};
