import { InferenceSession, Tensor as RuntimeTensor } from "onnxruntime-node";
import { checkModel } from "../../graph/check-model.ts";
import { DataType } from "../../graph/data-types.ts";
import type { OnnxModel } from "../../graph/model.ts";
import { readModel } from "../../graph/read-model.ts";
import { type Tensor, toNumbers } from "../../graph/tensor.ts";
import { writeModel } from "../../graph/write-model.ts";
import { runModel } from "../../reference/run-graph.ts";
import { Random } from "./random.ts";
import { generateModel, OPSETS, type Generated, type Plant } from "./generate-model.ts";

/** Changes a model; whether it did anything. */
export type Change = (model: OnnxModel, generated: Generated) => boolean;

export interface PassCase {
  readonly id: string;
  readonly change: Change;
  readonly plant: Plant;
  /** 0: the same bits (but for the sign of a zero). */
  readonly tolerance: number;
  readonly opsets?: readonly number[];
  /** Another form of the same model, which the pass is given instead. */
  readonly prepare?: (model: OnnxModel, random: Random) => OnnxModel;
}

interface Outcome {
  readonly seed: number;
  readonly fired: boolean;
  readonly before: Uint8Array;
  readonly after: Uint8Array;
  readonly generated: Generated;
}

/**
 * One generated graph, before and after, by the reference interpreter.
 * @throws Error naming the seed, the output and the difference
 */
export function checkOnce(given: PassCase, seed: number): Outcome {
  const generated = generateModel(seed, given.plant, given.opsets ?? OPSETS);
  const plain = writeModel(generated.model);
  const before = given.prepare === undefined ? plain : writeModel(given.prepare(generated.model, new Random(seed)));
  const copy = readModel(before);
  const fired = given.change(copy, generated);
  if (!fired) return { seed, fired, before, after: before, generated };
  checkModel(copy);
  const [wanted, got] = [runModel(readModel(plain), generated.feeds), runModel(copy, generated.feeds)];
  for (const [index, tensor] of wanted.entries()) {
    const worst = differenceOf(tensor, got[index]);
    if (worst > given.tolerance)
      throw new Error(`${given.id}, seed ${seed}: output ${index} differs by ${worst}\n${describe(generated.model)}\n→\n${describe(copy)}`);
  }
  return { seed, fired, before, after: writeModel(copy), generated };
}

/** Relative to the largest value, at least 1; infinite where the types or shapes differ. */
export function differenceOf(left: Tensor, right: Tensor | undefined): number {
  if (right === undefined || left.dataType !== right.dataType || left.dims.join() !== right.dims.join()) return Infinity;
  const [a, b] = [toNumbers(left), toNumbers(right)];
  let [worst, largest] = [0, 1];
  for (const [index, value] of a.entries()) {
    const other = b[index] ?? Number.NaN;
    if (value === other || (Number.isNaN(value) && Number.isNaN(other))) continue;
    largest = Math.max(largest, Math.abs(value));
    worst = Math.max(worst, Number.isNaN(value - other) ? Infinity : Math.abs(value - other));
  }
  return worst / largest;
}

function describe(model: OnnxModel): string {
  return model.graph.nodes.map((node) => `${node.outputs.join()} = ${node.opType}(${node.inputs.join()})`).join("\n");
}

/**
 * The same two models in onnxruntime, its own optimisations off. False where it refuses the model as it was generated: it has faults of its
 * own, such as losing the input of a branch behind a chain of Casts.
 * @throws Error naming the seed, where it refuses the changed model or computes something else with it
 */
export async function agreesInRuntime({ seed, before, after, generated }: Outcome): Promise<boolean> {
  const feeds = Object.fromEntries([...generated.feeds].map(([name, tensor]) => [name, toRuntime(tensor)]));
  const wanted = await run(before, feeds).catch(() => null);
  if (wanted === null) return false;
  const got = await run(after, feeds).catch((cause: unknown) => {
    throw new Error(`seed ${seed}: the runtime refuses the changed model`, { cause });
  });
  const worst = Math.max(0, ...Object.entries(wanted).map(([name, tensor]) => runtimeDifference(tensor, got[name])));
  if (worst > IN_RUNTIME_TOLERANCE) throw new Error(`seed ${seed}: the runtime's outputs differ by ${worst}`);
  return true;
}

const IN_RUNTIME_TOLERANCE = 1e-4;

function toRuntime(tensor: Tensor): RuntimeTensor {
  if (tensor.dataType === DataType.BOOL) return new RuntimeTensor("bool", Uint8Array.from(tensor.bytes), tensor.dims);
  return new RuntimeTensor("float32", Float32Array.from(toNumbers(tensor)), tensor.dims);
}

async function run(bytes: Uint8Array, feeds: Record<string, RuntimeTensor>): Promise<Readonly<Record<string, RuntimeTensor>>> {
  const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1, logSeverityLevel: 4, graphOptimizationLevel: "disabled" });
  const wanted = Object.fromEntries(session.inputNames.flatMap((name) => (feeds[name] === undefined ? [] : [[name, feeds[name]]])));
  const outputs = await session.run(wanted);
  await session.release();
  return outputs;
}

function runtimeDifference(left: RuntimeTensor, right: RuntimeTensor | undefined): number {
  if (right === undefined || left.dims.join() !== right.dims.join() || left.type !== right.type) return Infinity;
  const [a, b] = [left.data as ArrayLike<number | bigint>, right.data as ArrayLike<number | bigint>];
  let [worst, largest] = [0, 1];
  for (let index = 0; index < a.length; index += 1) {
    const [x, y] = [Number(a[index]), Number(b[index])];
    largest = Math.max(largest, Math.abs(x));
    worst = Math.max(worst, x === y ? 0 : Math.abs(x - y));
  }
  return worst / largest;
}
