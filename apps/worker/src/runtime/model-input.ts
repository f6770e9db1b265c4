import { FlotillaError } from "@flotilla/contracts";
import { type InferenceSession, Tensor } from "onnxruntime-node";
import type { Samples } from "../data-sets/open-samples.ts";

/** The one input that a data set feeds. */
export interface ModelInput {
  name: string;
  /** Element type as onnxruntime names it. */
  type: string;
  /** Declared shape; a string is a symbolic dimension. */
  shape: readonly (number | string)[];
}

/** The single tensor input of a session. Throws PREPROCESSING_MISMATCH when there are several: a data set feeds one. */
export function singleInput(session: InferenceSession): ModelInput {
  const [input, ...others] = session.inputMetadata;
  if (input === undefined || !input.isTensor || others.length > 0) {
    const names = session.inputNames.join(", ");
    throw new FlotillaError(
      "PREPROCESSING_MISMATCH",
      `The model has ${session.inputNames.length} inputs (${names}); a data set can feed exactly one tensor.`,
    );
  }
  return { name: input.name, type: input.type, shape: input.shape };
}

/**
 * Checks once that samples of this shape fit the input: same rank without the batch axis, same size wherever the input says one, and a
 * batch that may be 1. Throws PREPROCESSING_MISMATCH with both shapes.
 */
export function checkSamples(input: ModelInput, samples: Samples): void {
  const wanted = input.shape.slice(1);
  const fits =
    wanted.length === samples.shape.length &&
    wanted.every((size, axis) => typeof size === "string" || size <= 0 || size === samples.shape[axis]);
  const batch = input.shape[0];
  if (fits && (typeof batch !== "number" || batch <= 1)) return;
  const why = fits
    ? `the model's batch is fixed to ${batch}, and 1 is needed`
    : "change the preprocessing on the model's card, or use other data";
  throw new FlotillaError(
    "PREPROCESSING_MISMATCH",
    `The model's input "${input.name}" is ${input.shape.join(" × ")}, but the data gives ${["1", ...samples.shape].join(" × ")}: ${why}.`,
  );
}

/** One sample as a batch of 1 in the input's own element type. */
export function toTensor(input: ModelInput, values: Float32Array, shape: readonly number[]): Tensor {
  const dims = [1, ...shape];
  switch (input.type) {
    case "float32":
      return new Tensor("float32", values, dims);
    case "float64":
      return new Tensor("float64", Float64Array.from(values), dims);
    case "float16":
      // The typings still know only Uint16Array for half precision; the runtime takes Float16Array.
      return new Tensor("float16", Float16Array.from(values) as unknown as Uint16Array, dims);
    case "uint8":
      return new Tensor("uint8", new Uint8Array(Uint8ClampedArray.from(values)), dims);
    case "int8":
      return new Tensor("int8", Int8Array.from(values, Math.round), dims);
    case "int32":
      return new Tensor("int32", Int32Array.from(values, Math.round), dims);
    case "int64":
      return new Tensor(
        "int64",
        BigInt64Array.from(values, (value) => BigInt(Math.round(value))),
        dims,
      );
    default:
      throw new FlotillaError(
        "PREPROCESSING_MISMATCH",
        `The model's input "${input.name}" has type ${input.type}, which a data set cannot feed.`,
      );
  }
}

/** A numeric output as float32; null where it is text or something else that has no number. */
export function toFloats(tensor: Tensor): Float32Array | null {
  const { data } = tensor;
  if (data instanceof Float32Array) return data;
  if (tensor.type === "string" || !ArrayBuffer.isView(data)) return null;
  return Float32Array.from(data as unknown as ArrayLike<number | bigint>, Number);
}
