import { DataType } from "@flotilla/onnx";
import { TensorType } from "../../tflite-schema/gen/tflite.ts";

/** ONNX element types of TFLite's; what is missing (strings, complex numbers, resources) has no counterpart that is used here. */
const ONNX_TYPES: Readonly<Record<number, number>> = {
  [TensorType.FLOAT32]: DataType.FLOAT,
  [TensorType.FLOAT16]: DataType.FLOAT16,
  [TensorType.BFLOAT16]: DataType.BFLOAT16,
  [TensorType.FLOAT64]: DataType.DOUBLE,
  [TensorType.INT4]: DataType.INT4,
  [TensorType.UINT4]: DataType.UINT4,
  [TensorType.INT8]: DataType.INT8,
  [TensorType.UINT8]: DataType.UINT8,
  [TensorType.INT16]: DataType.INT16,
  [TensorType.UINT16]: DataType.UINT16,
  [TensorType.INT32]: DataType.INT32,
  [TensorType.UINT32]: DataType.UINT32,
  [TensorType.INT64]: DataType.INT64,
  [TensorType.UINT64]: DataType.UINT64,
  [TensorType.BOOL]: DataType.BOOL,
};

const BITS: Readonly<Record<number, number>> = {
  [TensorType.FLOAT32]: 32,
  [TensorType.FLOAT16]: 16,
  [TensorType.BFLOAT16]: 16,
  [TensorType.FLOAT64]: 64,
  [TensorType.INT4]: 4,
  [TensorType.UINT4]: 4,
  [TensorType.INT2]: 2,
  [TensorType.INT8]: 8,
  [TensorType.UINT8]: 8,
  [TensorType.INT16]: 16,
  [TensorType.UINT16]: 16,
  [TensorType.INT32]: 32,
  [TensorType.UINT32]: 32,
  [TensorType.INT64]: 64,
  [TensorType.UINT64]: 64,
  [TensorType.BOOL]: 8,
};

const NAMES = new Map<number, string>(Object.entries(TensorType).map(([name, value]) => [value, name]));

/** The ONNX element type; null where there is none. */
export function onnxType(type: number): number | null {
  return ONNX_TYPES[type] ?? null;
}

/** Bits of an element; null where its size is not fixed or not known. */
export function bitsOf(type: number): number | null {
  return BITS[type] ?? null;
}

export function tensorTypeName(type: number): string {
  return NAMES.get(type) ?? `type ${type}`;
}
