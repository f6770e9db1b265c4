import { DataType } from "../../graph/data-types.ts";
import type { Dim, TensorValueType } from "../../graph/types.ts";
import type { InferContext, InferRule } from "../context.ts";

export interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Begins, then ends. */
  readonly pads: readonly number[];
  readonly autoPad: string;
  readonly ceil: boolean;
}

export function windowOf(context: Pick<InferContext, "node">, spatialRank: number, kernel: readonly number[]): Window {
  const { node } = context;
  const filled = (value: number): number[] => Array.from({ length: spatialRank }, () => value);
  return {
    kernel,
    strides: node.ints("strides") ?? filled(1),
    dilations: node.ints("dilations") ?? filled(1),
    pads: node.ints("pads") ?? [...filled(0), ...filled(0)],
    autoPad: node.string("auto_pad", "NOTSET"),
    ceil: node.int("ceil_mode", 0) === 1,
  };
}

/** The output size along `axis`, as the ONNX specification of Conv and the pooling operators defines it. */
export function windowOutput(size: Dim, axis: number, window: Window): Dim {
  const stride = window.strides[axis] ?? 1;
  const extent = ((window.kernel[axis] ?? 1) - 1) * (window.dilations[axis] ?? 1) + 1;
  const same = window.autoPad.startsWith("SAME");
  const pads = window.autoPad === "VALID" ? 0 : (window.pads[axis] ?? 0) + (window.pads[axis + window.kernel.length] ?? 0);
  if (typeof size !== "number") return stride === 1 && (same || extent === pads + 1) ? size : null;
  if (same) return Math.ceil(size / stride);
  const room = (size + pads - extent) / stride;
  if (!window.ceil) return Math.floor(room) + 1;
  const output = Math.ceil(room) + 1;
  // The last window must begin inside the input or its leading padding.
  return (output - 1) * stride >= size + (window.autoPad === "VALID" ? 0 : (window.pads[axis] ?? 0)) ? output - 1 : output;
}

function convolve(
  data: TensorValueType | null,
  weight: TensorValueType | null,
  context: InferContext,
  elemType: number,
): TensorValueType | null {
  const shape = data?.shape ?? null;
  const weights = weight?.shape ?? null;
  if (shape === null || weights === null) return { elemType, shape: null };
  const spatial = shape.slice(2);
  const kernel = context.node.ints("kernel_shape") ?? weights.slice(2).map((dim) => (typeof dim === "number" ? dim : Number.NaN));
  const window = windowOf(context, spatial.length, kernel);
  const sizes = spatial
    .map((size, axis) => windowOutput(size, axis, window))
    .map((size) => (typeof size === "number" && Number.isNaN(size) ? null : size));
  return { elemType, shape: [shape[0] ?? null, weights[0] ?? null, ...sizes] };
}

const convTranspose: InferRule = (context) => {
  const [data, weight] = context.inputs;
  const shape = data?.shape ?? null;
  const weights = weight?.shape ?? null;
  const elemType = data?.elemType ?? 0;
  if (shape === null || weights === null) return [{ elemType, shape: null }];
  const { node } = context;
  const window = windowOf(context, shape.length - 2, node.ints("kernel_shape") ?? weights.slice(2).map(Number));
  const extra = node.ints("output_padding");
  const fixed = node.ints("output_shape");
  const sizes = shape.slice(2).map((size, axis): Dim => {
    if (fixed !== null) return fixed[fixed.length - shape.length + 2 + axis] ?? null;
    if (typeof size !== "number") return null;
    const stride = window.strides[axis] ?? 1;
    if (window.autoPad.startsWith("SAME")) return size * stride;
    const pads = (window.pads[axis] ?? 0) + (window.pads[axis + window.kernel.length] ?? 0);
    return stride * (size - 1) + (extra?.[axis] ?? 0) + ((window.kernel[axis] ?? 1) - 1) * (window.dilations[axis] ?? 1) + 1 - pads;
  });
  const perGroup = weights[1] ?? null;
  return [{ elemType, shape: [shape[0] ?? null, typeof perGroup === "number" ? perGroup * node.int("group", 1) : null, ...sizes] }];
};

const pool: InferRule = (context) => {
  const data = context.inputs[0] ?? null;
  const kernel = context.node.ints("kernel_shape");
  if (data === null || data.shape === null || kernel === null)
    return context.node.outputs.map(() => (data === null ? null : { elemType: data.elemType, shape: null }));
  const window = windowOf(context, kernel.length, kernel);
  const shape = [...data.shape.slice(0, 2), ...data.shape.slice(2).map((size, axis) => windowOutput(size, axis, window))];
  return context.node.outputs.map((_, index) => ({ elemType: index === 0 ? data.elemType : DataType.INT64, shape }));
};

/** With the output shape as an input it is that, otherwise MaxPool's turned around. */
const maxUnpool: InferRule = (context) => {
  const data = context.inputs[0] ?? null;
  const wanted = (context.node.inputs[2] ?? "") === "" ? undefined : context.entries(2);
  const kernel = context.node.ints("kernel_shape") ?? [];
  const shape = data?.shape ?? null;
  if (data === null || wanted === null || (wanted === undefined && shape === null))
    return [data === null ? null : { ...data, shape: null }];
  if (wanted !== undefined) return [{ ...data, shape: wanted }];
  const window = windowOf(context, kernel.length, kernel);
  const sizes = shape?.slice(2).map((size, axis): Dim => {
    if (typeof size !== "number") return null;
    const pads = (window.pads[axis] ?? 0) + (window.pads[axis + kernel.length] ?? 0);
    return (size - 1) * (window.strides[axis] ?? 1) + (kernel[axis] ?? 1) - pads;
  });
  return [{ ...data, shape: [...(shape?.slice(0, 2) ?? []), ...(sizes ?? [])] }];
};

const globalPool: InferRule = ({ inputs }) => {
  const data = inputs[0] ?? null;
  const shape = data?.shape ?? null;
  return [
    data === null ? null : { elemType: data.elemType, shape: shape === null ? null : shape.map((dim, axis) => (axis < 2 ? dim : 1)) },
  ];
};

export const convolutionRules: Readonly<Record<string, InferRule>> = {
  Conv: (context) => [convolve(context.inputs[0] ?? null, context.inputs[1] ?? null, context, context.inputs[0]?.elemType ?? 0)],
  ConvInteger: (context) => [convolve(context.inputs[0] ?? null, context.inputs[1] ?? null, context, DataType.INT32)],
  QLinearConv: (context) => [convolve(context.inputs[0] ?? null, context.inputs[3] ?? null, context, context.inputs[7]?.elemType ?? 0)],
  ConvTranspose: convTranspose,
  MaxPool: pool,
  AveragePool: pool,
  LpPool: pool,
  MaxUnpool: maxUnpool,
  GlobalAveragePool: globalPool,
  GlobalMaxPool: globalPool,
  GlobalLpPool: globalPool,
};
