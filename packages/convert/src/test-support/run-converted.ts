import { type OnnxModel, writeModel } from "@flotilla/onnx";
import { InferenceSession, Tensor } from "onnxruntime-node";
import type { TestTensor } from "./model-archive.ts";

export interface Answer {
  readonly dims: readonly number[];
  readonly data: ArrayLike<number>;
}

const ARRAYS = { float32: Float32Array, int32: Int32Array, int8: Int8Array, uint8: Uint8Array } as const;

/** The elements of a test tensor. */
export function elements({ type, bytes }: TestTensor): Float32Array | Int32Array | Int8Array | Uint8Array {
  return new ARRAYS[type](new Uint8Array(bytes).buffer);
}

/** Runs a model as it would be shipped: written, and read by onnxruntime. Inputs are in the model's own order. */
export async function runConverted(model: OnnxModel, inputs: readonly TestTensor[]): Promise<Answer[]> {
  const [answers = []] = await runFile(writeModel(model), [inputs]);
  return answers;
}

/** Runs an ONNX file on one set of inputs after the other, on one thread and as it stands: fused kernels saturate on some processors. */
export async function runFile(bytes: Uint8Array, runs: readonly (readonly TestTensor[])[]): Promise<Answer[][]> {
  const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1, logSeverityLevel: 4, graphOptimizationLevel: "disabled" });
  try {
    const answers: Answer[][] = [];
    for (const inputs of runs) {
      const feeds = Object.fromEntries(
        session.inputNames.map((name, index) => {
          const input = inputs[index];
          if (input === undefined) throw new Error(`The test has no input ${index}.`);
          return [name, new Tensor(input.type, elements(input), [...input.dims])];
        }),
      );
      const outputs = await session.run(feeds);
      answers.push(
        session.outputNames.map((name) => {
          const output = outputs[name];
          if (output === undefined) throw new Error(`The model has no output ${name}.`);
          return { dims: output.dims, data: Array.from(output.data as ArrayLike<number | bigint>, Number) };
        }),
      );
    }
    return answers;
  } finally {
    await session.release();
  }
}

/** The largest difference from what is wanted, in units of max(1, largest wanted value); infinite where shapes or counts differ. */
export function distance(answer: Answer | undefined, wanted: Answer): number {
  if (answer === undefined || answer.dims.join() !== wanted.dims.join()) return Infinity;
  let largest = 1;
  let worst = 0;
  for (let index = 0; index < wanted.data.length; index += 1) {
    const due = wanted.data[index] ?? NaN;
    largest = Math.max(largest, Math.abs(due));
    const away = Math.abs((answer.data[index] ?? NaN) - due);
    worst = away <= worst ? worst : away;
    if (Number.isNaN(away)) return Infinity;
  }
  return worst / largest;
}

/** The worst distance of all outputs. */
export function worstDistance(answers: readonly Answer[], wanted: readonly TestTensor[]): number {
  if (answers.length !== wanted.length) return Infinity;
  return Math.max(...wanted.map((tensor, index) => distance(answers[index], { dims: tensor.dims, data: elements(tensor) })));
}

/** How far integers are from those wanted, run by run: the largest number of steps, and the share of values that are more than one away. */
export function stepsAway(
  answers: readonly (readonly Answer[])[],
  wanted: readonly { readonly outputs: readonly TestTensor[] }[],
): { readonly largest: number; readonly shareOverOne: number } {
  const steps = wanted.flatMap(({ outputs }, run) =>
    outputs.flatMap((tensor, output) => {
      const found = answers[run]?.[output]?.data ?? [];
      return Array.from(elements(tensor), (due, index) => Math.abs((found[index] ?? NaN) - due));
    }),
  );
  return {
    largest: steps.reduce((most, step) => Math.max(most, step), 0),
    shareOverOne: steps.filter((step) => !(step <= 1)).length / steps.length,
  };
}
