import { type OnnxModel, readModel, writeModel } from "@flotilla/onnx";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { permBetween } from "../write-tflite/layout.ts";
import { type WrittenTensor, writeTflite, type WrittenTflite, type WriteTfliteOptions } from "../write-tflite/write-tflite.ts";
import { permute } from "../write-tflite/constant-store.ts";
import { noise } from "@flotilla/onnx/test-support";
import { openTflite, type TfliteData } from "./run-tflite.ts";

export interface Comparison {
  readonly written: WrittenTflite;
  /** Largest difference of any output, relative to its largest value or 1. */
  readonly error: number;
  /** Largest difference in steps of the output's scale; 0 where all outputs are float. */
  readonly steps: number;
}

/** Writes a copy of `model` as TFLite, runs both on noise, and compares every output. */
export async function compareWritten(
  model: OnnxModel,
  options: WriteTfliteOptions = { precision: "float32" },
  stretch: (value: number, input: string) => number = (value) => value,
): Promise<Comparison> {
  const bytes = writeModel(model);
  const written = writeTflite(readModel(bytes), options);
  const session = await InferenceSession.create(bytes, { graphOptimizationLevel: "disabled", logSeverityLevel: 4, intraOpNumThreads: 1 });
  const run = await openTflite(written.bytes);
  const source: Record<string, Tensor> = {};
  const target: Record<string, TfliteData> = {};
  for (const [index, input] of written.inputs.entries()) {
    const type = session.inputMetadata.find(({ name }) => name === input.name);
    const count = input.shape.reduce((total, dim) => total * dim, 1);
    const values = noise(count, index + 3).map((value) => stretch(value, input.name));
    const given = quantised(values, input);
    target[input.name] = given;
    const logical = reorder(input, given instanceof Int8Array ? dequantised(given, input) : Float32Array.from(given));
    const dims = logicalDims(input);
    const name = type !== undefined && type.isTensor ? type.type : "float32";
    source[input.name] =
      name === "int64"
        ? new Tensor(
            "int64",
            BigInt64Array.from(logical, (value) => BigInt(Math.trunc(value))),
            dims,
          )
        : name === "int32"
          ? new Tensor("int32", Int32Array.from(logical), dims)
          : name === "bool"
            ? new Tensor("bool", Uint8Array.from(logical), dims)
            : new Tensor("float32", logical, dims);
  }
  const wanted = await session.run(source);
  const got = run(target);
  let [error, steps] = [0, 0];
  for (const output of written.outputs) {
    const found = got.find(({ name }) => name === output.name);
    const reference = wanted[output.name];
    if (found === undefined || reference === undefined) throw new Error(`There is no output ${output.name}.`);
    const values = reorder(output, output.scale === null ? Float32Array.from(found.data) : dequantised(found.data, output));
    const numbers = Array.from(reference.data as ArrayLike<number | bigint>, Number);
    if (numbers.length !== values.length || logicalDims(output).join() !== reference.dims.join())
      throw new Error(`${output.name} is ${logicalDims(output).join()} instead of ${reference.dims.join()}.`);
    const largest = numbers.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    const worst = numbers.reduce(
      (most, value, index) => (value === values[index] ? most : Math.max(most, distance(value, values[index] ?? 0))),
      0,
    );
    error = Math.max(error, worst / largest);
    if (output.scale !== null) steps = Math.max(steps, worst / output.scale);
  }
  return { written, error, steps };
}

function distance(left: number, right: number): number {
  return Number.isNaN(left) && Number.isNaN(right) ? 0 : Number.isNaN(left - right) ? Infinity : Math.abs(left - right);
}

function logicalDims({ shape, perm }: WrittenTensor): number[] {
  return perm.map((_, axis) => shape[perm.indexOf(axis)] ?? 1);
}

/** Elements in the order of the ONNX value. */
function reorder(tensor: WrittenTensor, values: Float32Array): Float32Array {
  const identity = tensor.perm.map((_, axis) => axis);
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const placed = permute({ dataType: 1, dims: tensor.shape, bytes }, permBetween(tensor.perm, identity));
  return new Float32Array(placed.bytes.buffer);
}

function quantised(values: Float32Array, { type, scale, zeroPoint }: WrittenTensor): TfliteData {
  if (type === "INT32") return Int32Array.from(values);
  if (type === "BOOL") return Uint8Array.from(values, (value) => (value > 0 ? 1 : 0));
  if (scale === null || zeroPoint === null) return values;
  return Int8Array.from(values, (value) => Math.max(-128, Math.min(127, Math.round(value / scale) + zeroPoint)));
}

function dequantised(values: TfliteData, { scale, zeroPoint }: WrittenTensor): Float32Array {
  return Float32Array.from(values, (value) => (value - (zeroPoint ?? 0)) * (scale ?? 1));
}
