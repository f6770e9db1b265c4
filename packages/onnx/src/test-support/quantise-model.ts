import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InferenceSession } from "onnxruntime-node";
import type { OnnxModel } from "../graph/model.ts";
import { readModel } from "../graph/read-model.ts";
import { writeModel } from "../graph/write-model.ts";
import type { ConversionResult } from "../quantise/conversion-result.ts";
import { RangeObserver } from "../quantise/observers/range-observer.ts";
import type { StaticOptions } from "../quantise/options.ts";
import { quantiseStatic } from "../quantise/quantise-static.ts";
import { addTaps, tapsFor } from "../quantise/taps.ts";
import { difference, noiseFeeds, operators, runModel } from "./oracle.ts";

interface Quantised extends ConversionResult {
  readonly bytes: Uint8Array;
  /** Largest difference of any output from the float model's, relative to the largest value: without and with the runtime's fusions. */
  readonly error: number;
  readonly fusedError: number;
  /** The operators that onnxruntime runs, sorted. */
  readonly kernels: readonly string[];
}

/** Calibrates a copy of `model` with the noise that it is then compared on, and quantises it. */
export async function quantiseModel(model: OnnxModel, options: StaticOptions = {}): Promise<Quantised> {
  const before = writeModel(model);
  const copy = readModel(before);
  const feeds = noiseFeeds(model);
  const taps = tapsFor(copy, options);
  const values = await runModel(addTaps(copy, taps), feeds);
  const observer = new RangeObserver({ histograms: false });
  for (const tap of taps) observer.observe(tap, Float32Array.from((values[tap] ?? feeds[tap])?.data as Float32Array));
  const result = quantiseStatic(copy, observer.ranges(), options);
  const bytes = writeModel(copy);
  const wanted = await runModel(before, feeds);
  const errors = async (level: "disabled" | "all"): Promise<number> => {
    const got = await runModel(bytes, feeds, level);
    return Math.max(...Object.entries(wanted).map(([name, output]) => difference(output, got[name])));
  };
  return { ...result, bytes, error: await errors("disabled"), fusedError: await errors("all"), kernels: await kernelsOf(bytes) };
}

/** The operators that onnxruntime runs, sorted. */
export async function kernelsOf(bytes: Uint8Array): Promise<readonly string[]> {
  return operators(await optimisedByRuntime(bytes)).sort();
}

/** What onnxruntime makes of a file at the level that is the same on every machine. */
export async function optimisedByRuntime(bytes: Uint8Array): Promise<OnnxModel> {
  const folder = mkdtempSync(join(tmpdir(), "kernels-"));
  try {
    const file = join(folder, "optimised.onnx");
    await InferenceSession.create(bytes, {
      graphOptimizationLevel: "extended",
      optimizedModelFilePath: file,
      logSeverityLevel: 4,
      intraOpNumThreads: 1,
    });
    return readModel(readFileSync(file));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
