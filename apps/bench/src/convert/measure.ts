import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { runFile, stepsAway, worstDistance } from "@flotilla/convert/test-support";
import { runTask } from "../children/run-task.ts";
import type { CleanUpCase, ConvertCase } from "./cases.ts";
import type { CleanUp } from "./tasks/clean-up.ts";

export interface ConvertRow {
  readonly name: string;
  readonly file: string;
  readonly isFixture: boolean;
  /** Of a whole process, from its start to its end. The better of two. */
  readonly wallS: number;
  readonly cpuS: number;
  readonly peakBytes: number | null;
  readonly nodesBefore: number;
  readonly nodesAfter: number;
  /** In steps of the output where that is integers, else relative to max(1, largest output). null where the framework's own answer is not known. */
  readonly error: { readonly value: number; readonly unit: "steps" | "relative" } | null;
}

const RUNS = 2;

/** Converts a file in a process of its own, and runs the result against what the model's own framework answered. */
export async function measureConversion(given: ConvertCase, folder: string): Promise<ConvertRow> {
  const source = path.join(folder, given.file);
  const target = path.join(folder, "converted.onnx");
  await writeFile(source, given.bytes);
  const runs = [];
  for (let run = 0; run < RUNS; run += 1) runs.push(await runTask("convert", { source, format: given.format, target }));
  const [best] = runs.toSorted((left, right) => left.wallS - right.wallS);
  if (best === undefined) throw new Error("Nothing was measured.");
  const { name, file, isFixture } = given;
  const { cpuS, peakBytes } = best.cost;
  return { name, file, isFixture, wallS: best.wallS, cpuS, peakBytes, ...best.result, error: await errorOf(given, target) };
}

async function errorOf({ runs }: ConvertCase, target: string): Promise<ConvertRow["error"]> {
  const [first] = runs;
  if (first === undefined) return null;
  const answers = await runFile(
    await readFile(target),
    runs.map(({ inputs }) => inputs),
  );
  if (first.outputs.every(({ type }) => type !== "float32")) return { value: stepsAway(answers, runs).largest, unit: "steps" };
  return { value: Math.max(...runs.map(({ outputs }, run) => worstDistance(answers[run] ?? [], outputs))), unit: "relative" };
}

export interface CleanUpRow extends CleanUp {
  readonly name: string;
  /** Whether the graph is ours; else it is tf2onnx's. */
  readonly ours: boolean;
}

export async function measureCleanUp({ name, file, bytes }: CleanUpCase, folder: string): Promise<CleanUpRow> {
  const source = path.join(folder, file);
  await writeFile(source, bytes);
  const { result } = await runTask("clean-up", { source });
  return { name, ours: !file.endsWith(".onnx"), ...result };
}
