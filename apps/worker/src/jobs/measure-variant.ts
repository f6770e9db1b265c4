import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createZstdCompress } from "node:zlib";
import {
  type FileTensors,
  hasGraph,
  isFlotillaError,
  type NodeTimes,
  nodeTimesSchema,
  type ValidationReport,
  type VariantFormat,
} from "@flotilla/contracts";
import type { DataSet, Variant } from "@flotilla/db";
import { evaluateGates } from "@flotilla/validate/metrics";
import type { WorkerContext } from "../context.ts";
import type { RequestKind, RequestOf, ResultOf } from "../sandbox/protocol.ts";
import { runInChild } from "../sandbox/run-in-child.ts";
import { dataSetFiles } from "./data-set-files.ts";
import { describeMachine } from "./describe-machine.ts";
import type { JobRun } from "./run-job.ts";

/** Latency is measured with one thread: what a device gives one model is not ours to know, and it is the number that repeats. */
const THREADS = 1;
const LATENCY_MS = 10_000;

/**
 * Measures a variant against its source model on a test set: outputs, classes, latency by turns, size and peak memory, each model in
 * a process of its own, in the runtime of its format. `from` is where this part of the job's progress begins. null where the runtime that is here refuses a
 * TFLite file, which says nothing of a device's: the log has its words.
 */
export async function measureVariant(
  ctx: WorkerContext,
  run: JobRun,
  variant: Variant,
  test: DataSet,
  from: number,
): Promise<Measured | null> {
  try {
    return await measure(ctx, run, variant, test, from);
  } catch (error) {
    if (variant.format !== "tflite" || !isFlotillaError(error) || error.code !== "RUNTIME_REFUSED") throw error;
    await run.report.log(`The variant is not measurable here. ${error.message}`, "warning");
    return null;
  }
}

async function measure(ctx: WorkerContext, run: JobRun, variant: Variant, test: DataSet, from: number): Promise<Measured> {
  const { blob } = ctx.services;
  const at = (share: number): number => from + (0.98 - from) * share;
  const data = await dataSetFiles(ctx, test, run.job.card);
  const sourcePath = await blob.localPath(run.job.version.sha256);
  const variantPath = await blob.localPath(variant.sha256);
  await run.report.log(`Measuring accuracy on ${test.sampleCount} samples of "${test.name}".`);
  const tensors = variant.tensors as FileTensors | null;
  const predict = (modelPath: string, side: "source" | "variant", part: [number, number]) => {
    const own = side === "source" ? null : tensors;
    return ask(ctx, run, "predict", { modelPath, tensors: own, data, outputPrefix: side, step: "measuring-accuracy" }, part);
  };
  const source = await predict(sourcePath, "source", [at(0), at(0.3)]);
  const candidate = await predict(variantPath, "variant", [at(0.3), at(0.6)]);
  const compared = await ask(ctx, run, "compare", compareRequest(run, test, data.labelsPath, source, candidate), [at(0.6), at(0.62)]);
  await run.report.log("Measuring latency, original and variant by turns.");
  const timed = { sourcePath, variantPath, variantTensors: tensors, data, threads: THREADS, maxMs: LATENCY_MS };
  const latency = await ask(ctx, run, "measure-latency", timed, [at(0.62), at(0.92)]);
  const profiled = await profileKernels(ctx, run, variant, { sourcePath, variantPath, data }, [at(0.92), at(1)]);
  const measurements = {
    sampleCount: source.sampleCount,
    machine: describeMachine().name,
    ...compared,
    ...profiled.kernels,
    latency: { ...latency, threads: THREADS },
    sizeBytes: {
      source: Number(run.job.version.sizeBytes),
      variant: Number(variant.sizeBytes),
      variantCompressed: await compressedSize(variantPath),
    },
    peakMemoryBytes: { source: source.peakMemoryBytes, variant: candidate.peakMemoryBytes },
  };
  return {
    report: { ...measurements, ...evaluateGates(measurements, run.job.gates) },
    nodeTimes: profiled.nodeTimes,
  };
}

/** What the runtime tells of its kernels. Nothing of files that are no graph of nodes: which of them is which cannot be said. */
async function profileKernels(
  ctx: WorkerContext,
  run: JobRun,
  variant: Variant,
  files: Pick<RequestOf<"profile-placement">, "sourcePath" | "variantPath" | "data">,
  part: [number, number],
): Promise<{ kernels: ResultOf<"profile-placement">; nodeTimes: Measured["nodeTimes"] }> {
  if (!hasGraph(variant.format as VariantFormat)) return { kernels: { placement: null, saturation: null }, nodeTimes: null };
  const classification = run.job.card.task === "classification";
  const timesFile = join(run.directory, "node-times.json");
  const kernels = await ask(ctx, run, "profile-placement", { ...files, classification, timesFile }, part);
  return { kernels, nodeTimes: await readTimes(timesFile, describeMachine().name) };
}

/** What a validation gives: the report, and the times of both models' nodes, which are too many for it; null where the variant's file has no nodes. */
export interface Measured {
  report: ValidationReport;
  nodeTimes: { source: NodeTimes; variant: NodeTimes } | null;
}

/** The child has read foreign bytes: what it wrote is foreign too. */
async function readTimes(file: string, machine: string): Promise<NonNullable<Measured["nodeTimes"]>> {
  const written = JSON.parse(await readFile(file, "utf8")) as Partial<Record<"source" | "variant", object>>;
  const parse = (times: object | undefined): NodeTimes => nodeTimesSchema.parse({ ...times, machine, threads: THREADS });
  return { source: parse(written.source), variant: parse(written.variant) };
}

/** One step of a job in a child process, with its part of the progress. */
export function ask<K extends RequestKind>(
  ctx: WorkerContext,
  run: JobRun,
  kind: K,
  request: RequestOf<K>,
  [from, to]: [number, number],
): Promise<ResultOf<K>> {
  const limits = { memoryBytes: ctx.limits.childMemoryBytes, wallClockMs: ctx.limits.stepMs };
  return runInChild(kind, request, { limits, directory: run.directory, signal: run.signal, onProgress: run.report.part(from, to) });
}

function compareRequest(
  run: JobRun,
  test: DataSet,
  labelsPath: string | null,
  source: ResultOf<"predict">,
  variant: ResultOf<"predict">,
): RequestOf<"compare"> {
  const { card } = run.job;
  return {
    outputs: source.outputs.map(({ name, file }) => ({
      name,
      source: file,
      variant: variant.outputs.find((output) => output.name === name)?.file ?? null,
    })),
    labelsPath,
    task: card.task,
    reading: card.reading ?? null,
    cardLabels: card.labels,
    dataClassNames: test.classNames as string[],
  };
}

/** Bytes of the file after zstd, as a device would download it. */
async function compressedSize(path: string): Promise<number> {
  let bytes = 0;
  const counter = new PassThrough();
  counter.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
  });
  await pipeline(createReadStream(path), createZstdCompress(), counter);
  return bytes;
}
