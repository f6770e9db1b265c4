import { FlotillaError, type Preprocessing, type TensorSpec } from "@flotilla/contracts";
import { toElements } from "@flotilla/validate/feed";
import { preprocessedLength, preprocessedShape, preprocessInto } from "@flotilla/validate/preprocess";
import { z } from "zod";
import { type OrtTensor, Tensor } from "./ort.ts";

/** Open Inference Protocol v2 data types and what onnxruntime calls them. */
const OIP_TYPES = {
  BOOL: "bool",
  UINT8: "uint8",
  UINT16: "uint16",
  UINT32: "uint32",
  UINT64: "uint64",
  INT8: "int8",
  INT16: "int16",
  INT32: "int32",
  INT64: "int64",
  FP32: "float32",
  FP64: "float64",
} as const;
export type OipType = keyof typeof OIP_TYPES | "FP16" | "BYTES" | "BF16";

export const inferTensorSchema = z.object({
  name: z.string(),
  shape: z.array(z.number().int().nonnegative()).max(16),
  datatype: z.string(),
  data: z.array(z.unknown()),
});
export type InferTensor = z.infer<typeof inferTensorSchema>;

export function oipTypeOf(type: TensorSpec["type"]): OipType {
  for (const [name, own] of Object.entries(OIP_TYPES)) if (own === type) return name as OipType;
  if (type === "float16") return "FP16";
  return type === "bfloat16" ? "BF16" : "BYTES";
}

/**
 * The runtime's tensor for one tensor of a request. A UINT8 tensor for an image model is raw images [n, h, w, c] or [n, h, w], and
 * is preprocessed here as the signed manifest says; anything else is taken as it is.
 */
export function tensorFrom(input: InferTensor, spec: TensorSpec, preprocessing: Preprocessing | null): OrtTensor {
  const values = flat(input.data);
  const count = input.shape.reduce((product, size) => product * size, 1);
  if (values.length !== count) {
    throw new FlotillaError(
      "INVALID_INPUT",
      `Input ${input.name} has the shape [${input.shape.join(", ")}], that is ${count} values, but ${values.length} were sent.`,
    );
  }
  if (input.datatype === "UINT8" && spec.type !== "uint8" && preprocessing !== null) return imagesFrom(input, values, preprocessing, spec);
  const expected = oipTypeOf(spec.type);
  if (input.datatype !== expected) {
    const images = preprocessing === null ? "" : ", or raw images as UINT8";
    throw new FlotillaError("INVALID_INPUT", `Input ${input.name} was sent as ${input.datatype}; this model takes ${expected}${images}.`);
  }
  return plainTensor(expected, values, input.shape);
}

/** JSON may nest the data by dimension or give it flat: the protocol allows both. */
function flat(data: readonly unknown[]): readonly unknown[] {
  return data.some(Array.isArray) ? [...data].flat(16) : data;
}

function imagesFrom(input: InferTensor, values: readonly unknown[], preprocessing: Preprocessing, spec: TensorSpec): OrtTensor {
  const [n, height, width, depth = 1] = input.shape;
  if (n === undefined || height === undefined || width === undefined || input.shape.length > 4 || (depth !== 1 && depth !== 3)) {
    throw new FlotillaError(
      "INVALID_INPUT",
      `Raw images are UINT8 of shape [n, height, width, 1 or 3]; [${input.shape.join(", ")}] was sent.`,
    );
  }
  const bytes = Uint8Array.from(values as number[]);
  const size = height * width * depth;
  const length = preprocessedLength(preprocessing);
  const target = new Float32Array(n * length);
  for (let index = 0; index < n; index += 1) {
    preprocessInto(
      target,
      index * length,
      { width, height, channels: depth, data: bytes.subarray(index * size, (index + 1) * size) },
      preprocessing,
    );
  }
  return new Tensor(spec.type as "float32", toElements(spec, target) as Float32Array, [n, ...preprocessedShape(preprocessing)]);
}

function plainTensor(type: OipType, values: readonly unknown[], shape: readonly number[]): OrtTensor {
  const numbers = values as number[];
  switch (type) {
    case "FP32":
      return new Tensor("float32", Float32Array.from(numbers), shape);
    case "FP64":
      return new Tensor("float64", Float64Array.from(numbers), shape);
    case "UINT8":
      return new Tensor("uint8", Uint8Array.from(numbers), shape);
    case "INT8":
      return new Tensor("int8", Int8Array.from(numbers), shape);
    case "UINT16":
      return new Tensor("uint16", Uint16Array.from(numbers), shape);
    case "INT16":
      return new Tensor("int16", Int16Array.from(numbers), shape);
    case "UINT32":
      return new Tensor("uint32", Uint32Array.from(numbers), shape);
    case "INT32":
      return new Tensor("int32", Int32Array.from(numbers), shape);
    case "UINT64":
      return new Tensor("uint64", BigUint64Array.from(numbers, BigInt), shape);
    case "INT64":
      return new Tensor("int64", BigInt64Array.from(numbers, BigInt), shape);
    case "BOOL":
      return new Tensor("bool", Uint8Array.from(numbers, Number), shape);
    default:
      throw new FlotillaError("INVALID_INPUT", `Tensors of type ${type} are not taken over JSON.`);
  }
}

/** The protocol's JSON for one output. Integers of 64 bits lose digits beyond 2^53, as JSON numbers do. */
export function tensorTo(
  name: string,
  tensor: OrtTensor,
): { name: string; datatype: OipType; shape: number[]; data: (number | boolean)[] } {
  const datatype = oipTypeOf(tensor.type as TensorSpec["type"]);
  const values = Array.from(tensor.data as ArrayLike<number | bigint>, Number);
  return { name, datatype, shape: [...tensor.dims], data: datatype === "BOOL" ? values.map((value) => value !== 0) : values };
}
