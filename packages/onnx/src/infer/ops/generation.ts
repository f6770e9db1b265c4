import { DataType } from "../../graph/data-types.ts";
import { toNumbers } from "../../graph/tensor.ts";
import type { Dim } from "../../graph/types.ts";
import { constantEntries, type InferContext, type InferRule, withShape } from "../context.ts";
import { broadcastShapes } from "./elementwise.ts";

const constant: InferRule = (context) => {
  const { node } = context;
  const tensor = node.tensor("value");
  if (tensor !== null) {
    context.setEntries(constantEntries(tensor));
    return [{ elemType: tensor.dataType, shape: tensor.dims }];
  }
  if (node.attributes.has("value_int")) {
    context.setEntries([node.int("value_int", 0)]);
    return [{ elemType: DataType.INT64, shape: [] }];
  }
  if (node.attributes.has("value_float")) return [{ elemType: DataType.FLOAT, shape: [] }];
  const ints = node.ints("value_ints");
  if (ints !== null) {
    context.setEntries(ints);
    return [{ elemType: DataType.INT64, shape: [ints.length] }];
  }
  const floats = node.attributes.get("value_floats");
  return [floats?.kind === "floats" ? { elemType: DataType.FLOAT, shape: [floats.value.length] } : null];
};

const shapeOf: InferRule = (context) => {
  const shape = context.inputs[0]?.shape ?? null;
  if (shape === null) return [{ elemType: DataType.INT64, shape: [null] }];
  const clamp = (value: number): number => Math.min(Math.max(value < 0 ? value + shape.length : value, 0), shape.length);
  const entries = shape.slice(clamp(context.node.int("start", 0)), clamp(context.node.int("end", shape.length)));
  context.setEntries(entries);
  return [{ elemType: DataType.INT64, shape: [entries.length] }];
};

const constantOfShape: InferRule = (context) => {
  const value = context.node.tensor("value");
  const shape = requested(context, 0);
  const [length] = shape ?? [];
  const [entry] = value === null ? [] : (constantEntries({ ...value, dims: [] }) ?? []);
  if (shape?.length === 1 && typeof length === "number" && length <= 64 && entry !== undefined)
    context.setEntries(Array.from({ length }, () => entry));
  return [{ elemType: value?.dataType ?? DataType.FLOAT, shape }];
};

/** The shape that an integer input asks for. */
function requested(context: InferContext, index: number): readonly Dim[] | null {
  const entries = context.entries(index);
  if (entries !== null) return entries.map((dim) => (typeof dim === "number" && dim < 0 ? null : dim));
  const length = context.inputs[index]?.shape?.[0];
  return typeof length === "number" && length <= 16 ? Array.from({ length }, () => null) : null;
}

const expand: InferRule = (context) => {
  const data = context.inputs[0] ?? null;
  const target = requested(context, 1);
  const shape = data?.shape ?? null;
  return [withShape(data, shape === null || target === null ? null : broadcastShapes(shape, target))];
};

const tile: InferRule = (context) => {
  const data = context.inputs[0] ?? null;
  const repeats = context.entries(1);
  const shape = data?.shape ?? null;
  if (shape === null || repeats === null) return [withShape(data, shape === null ? null : shape.map(() => null))];
  return [
    withShape(
      data,
      shape.map((dim, axis) =>
        repeats[axis] === 1 ? dim : typeof dim === "number" && typeof repeats[axis] === "number" ? dim * repeats[axis] : null,
      ),
    ),
  ];
};

const range: InferRule = (context) => {
  const [start, limit, delta] = [0, 1, 2].map((index) => {
    const tensor = context.constant(index);
    return (tensor === null ? context.entries(index)?.[0] : toNumbers(tensor)[0]) ?? null;
  });
  const known = typeof start === "number" && typeof limit === "number" && typeof delta === "number" && delta !== 0;
  return [{ elemType: context.inputs[0]?.elemType ?? 0, shape: [known ? Math.max(0, Math.ceil((limit - start) / delta)) : null] }];
};

const sizeOf: InferRule = (context) => {
  const shape = context.inputs[0]?.shape ?? null;
  if (shape !== null && shape.every((dim) => typeof dim === "number")) context.setEntries([shape.reduce((total, dim) => total * dim, 1)]);
  return [{ elemType: DataType.INT64, shape: [] }];
};

/** Resize (opset ≥ 11 takes scales at 2 and sizes at 3, opset 10 and Upsample 9 scales at 1, Upsample 7 an attribute). */
const resize: InferRule = (context) => {
  const data = context.inputs[0] ?? null;
  const shape = data?.shape ?? null;
  if (shape === null) return [withShape(data, null)];
  const axes = (context.node.ints("axes") ?? [...shape.keys()]).map((axis) => (axis < 0 ? axis + shape.length : axis));
  const sizes = context.entries(3);
  const scaleTensor = context.constant(context.node.opType === "Resize" && context.opset >= 11 ? 2 : 1);
  const attribute = context.node.attributes.get("scales");
  const scales = attribute?.kind === "floats" ? attribute.value : scaleTensor === null ? null : [...toNumbers(scaleTensor)];
  const stretched = context.node.string("keep_aspect_ratio_policy", "stretch") === "stretch";
  const result: Dim[] = shape.map((dim, axis) => (axes.includes(axis) ? null : dim));
  for (const [index, axis] of axes.entries()) {
    const dim = shape[axis];
    const scale = scales?.[index];
    if (sizes !== null) result[axis] = stretched ? (sizes[index] ?? null) : null;
    else if (scale === 1) result[axis] = dim ?? null;
    else if (scale !== undefined && typeof dim === "number") result[axis] = Math.floor(dim * scale);
  }
  return [withShape(data, result)];
};

export const generationRules: Readonly<Record<string, InferRule>> = {
  Constant: constant,
  Shape: shapeOf,
  Size: sizeOf,
  ConstantOfShape: constantOfShape,
  Expand: expand,
  Tile: tile,
  Range: range,
  Resize: resize,
  Upsample: resize,
};
