import { DataType, type Dim, type GraphBuilder } from "@flotilla/onnx";
import { convertError } from "../../errors.ts";
import { toChannelsLast } from "../emit/axes.ts";
import type { KerasLayer } from "./keras-graph.ts";

const TYPES: Readonly<Record<string, number>> = {
  bool: DataType.BOOL,
  uint8: DataType.UINT8,
  int8: DataType.INT8,
  uint16: DataType.UINT16,
  int16: DataType.INT16,
  int32: DataType.INT32,
  int64: DataType.INT64,
  uint32: DataType.UINT32,
  uint64: DataType.UINT64,
  string: DataType.STRING,
};

/**
 * Declares an Input under its own name and returns its value as the model was trained with it. The first axis is called `batch` where it is open,
 * others `<input>_<axis>`. Inputs of 16-bit floats and of doubles become float32. With `channelsFirst` a picture comes in as [n, c, h, w].
 */
export function declareInput(b: GraphBuilder, layer: KerasLayer, channelsFirst: boolean): string {
  const { name } = layer;
  const shape = shapeOf(layer).map((dim, axis): Dim => dim ?? (axis === 0 ? "batch" : `${name}_${axis}`));
  const elemType = inputType(layer);
  const turned = channelsFirst && shape.length === 4;
  const [batch = null, height = null, width = null, channels = null] = shape;
  const value = b.input(name, elemType, turned ? [batch, channels, height, width] : shape);
  return turned ? toChannelsLast(b, value) : value;
}

function shapeOf({ config, path }: KerasLayer): (number | null)[] {
  const value = config.raw("batch_shape") ?? config.raw("batch_input_shape");
  const right = Array.isArray(value) && value.every((dim) => dim === null || (Number.isSafeInteger(dim) && Number(dim) > 0));
  if (right) return value.map((dim: unknown) => (dim === null ? null : Number(dim)));
  throw convertError(
    "INVALID_GRAPH",
    `The input ${JSON.stringify(path)} has the shape ${JSON.stringify(value)?.slice(0, 80) ?? "null"}. Give the model an Input with a shape, call it once, and save it again.`,
  );
}

/** The element type that an Input has here: a name, or in newer files a policy around one. Floats of other widths become float32. */
export function inputType({ config }: KerasLayer): number {
  const dtype = config.raw("dtype");
  const name = typeof dtype === "object" && dtype !== null ? (dtype as { config?: { name?: unknown } }).config?.name : dtype;
  return TYPES[String(name)] ?? DataType.FLOAT;
}
