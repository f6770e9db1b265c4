import { writeModel } from "@flotilla/onnx";
import { mulberry32 } from "@flotilla/onnx/test-support";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { convertTflite } from "../tflite/convert-tflite.ts";
import { TensorType } from "../tflite-schema/gen/tflite.ts";
import { type OneOperator, type Operand, runOperator } from "./one-operator.ts";
import { distance } from "./run-converted.ts";
import type { TfliteData } from "./run-tflite.ts";

/** The same numbers in every run, in [-1, 1). */
export function noise(seed: number): () => number {
  const next = mulberry32(seed * 0x9e3779b9);
  return () => next() / 2 ** 31 - 1;
}

const size = (shape: readonly number[]): number => shape.reduce((total, dim) => total * dim, 1);
export const given = (...shape: number[]): Operand => ({ shape });
export const constant = (shape: readonly number[], seed = 5): Operand => {
  const next = noise(seed);
  return { shape, values: Array.from({ length: size(shape) }, next) };
};
export const ints = (values: readonly number[], shape: readonly number[] = [values.length]): Operand => ({
  shape,
  values,
  type: TensorType.INT32,
});
export const whole = (...shape: number[]): Operand => ({ shape, type: TensorType.INT32 });

function feedsOf({ inputs }: OneOperator): Record<string, TfliteData> {
  const next = noise(7);
  const present = inputs.filter((input) => input !== null);
  return Object.fromEntries(
    present.flatMap(({ shape, type, values, variable }, index): [string, TfliteData][] => {
      if (values !== undefined || variable === true) return [];
      const data = Array.from({ length: size(shape) }, () => next() * 3);
      return [
        [`in${index}`, type === TensorType.INT32 ? Int32Array.from(data, (value) => Math.round(value * 3) || 1) : Float32Array.from(data)],
      ];
    }),
  );
}

/** Runs the operator in TFLite and, converted, in onnxruntime: the largest difference of any output, relative to its largest value or 1. Infinite where shapes differ. */
export async function distanceFromTflite(operator: OneOperator): Promise<number> {
  const feeds = feedsOf(operator);
  const { bytes, wanted } = await runOperator(operator, feeds);
  const session = await InferenceSession.create(writeModel(convertTflite(bytes).model), { intraOpNumThreads: 1, logSeverityLevel: 4 });
  const present = operator.inputs.filter((input) => input !== null);
  const results = await session.run(
    Object.fromEntries(
      Object.entries(feeds).map(([name, data]) => {
        const dims = [...(present[Number(name.slice(2))]?.shape ?? [])];
        return [name, data instanceof Int32Array ? new Tensor("int32", data, dims) : new Tensor("float32", Float32Array.from(data), dims)];
      }),
    ),
  );
  const distances = wanted.map(({ name, shape, data }) => {
    const got = results[name];
    return got === undefined ? Infinity : distance({ dims: got.dims, data: numbers(got.data) }, { dims: shape, data: numbers(data) });
  });
  await session.release();
  return Math.max(...distances);
}

function numbers(data: unknown): number[] {
  return Array.from(data as ArrayLike<number | bigint>, Number);
}
