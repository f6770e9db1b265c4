import { readModel, simplify } from "@flotilla/onnx";
import { type Candidate, CandidateBuilder, calibrationTaps, type Measurement, type SearchHost } from "@flotilla/onnx/optimise";
import { argMax } from "@flotilla/validate/metrics";
import { rangesOf } from "./calibrate.ts";
import { measureSpeed } from "./measure-speed.ts";
import { batchesOf, type PixelSet, spread } from "./pixel-set.ts";
import { openModel, scoreAll } from "./runtime.ts";

export interface BenchData {
  readonly calibration: PixelSet;
  /** What the search may look at. */
  readonly steering: PixelSet;
  /** What nothing is tuned to. */
  readonly test: PixelSet;
}

const BATCH = 8;
const CORRECTION_SAMPLES = 16;

/** A builder of candidates from a float model. Samples to calibrate on are all of the set; few of them serve for corrections and rankings. */
export function openBuilder(bytes: Uint8Array, calibration: PixelSet): CandidateBuilder {
  const model = readModel(bytes);
  simplify(model);
  const input = model.graph.inputs[0] ?? "";
  return new CandidateBuilder(model, {
    open: openModel,
    batches: batchesOf(calibration, input, BATCH, spread(calibration, CORRECTION_SAMPLES)),
    few: batchesOf(calibration, input, 1, spread(calibration, 2)),
    ranges: (float, { options, observer }) => rangesOf(float, calibrationTaps(float, options), observer, calibration),
  });
}

/** One model with its data: builds candidates, measures them on the steering set, and proves chosen ones on the test set. */
export class ModelBench {
  readonly builder: CandidateBuilder;
  readonly #bytes: Uint8Array;
  readonly #input: string;
  readonly #data: BenchData;
  /** As the target's kernels compute: without optimisation nothing saturates. */
  readonly #optimise: boolean;
  readonly #reference: Float32Array;
  readonly #classes: number;

  private constructor(bytes: Uint8Array, input: string, data: BenchData, optimise: boolean, reference: Float32Array) {
    this.builder = openBuilder(bytes, data.calibration);
    this.#bytes = bytes;
    this.#input = input;
    this.#data = data;
    this.#optimise = optimise;
    this.#reference = reference;
    this.#classes = reference.length / data.steering.count;
  }

  static async open(bytes: Uint8Array, data: BenchData, optimise: boolean): Promise<ModelBench> {
    const input = readModel(bytes).graph.inputs[0] ?? "";
    const reference = await scoreAll(bytes, batchesOf(data.steering, input, BATCH));
    return new ModelBench(bytes, input, data, optimise, reference);
  }

  host(): SearchHost {
    return { measure: (candidate) => this.measure(candidate), rank: (base) => this.builder.rank(base) };
  }

  async measure(candidate: Candidate): Promise<Measurement> {
    const bytes = await this.builder.build(candidate);
    const { steering } = this.#data;
    const scores = await scoreAll(bytes, batchesOf(steering, this.#input, BATCH), this.#optimise);
    const speedup = await measureSpeed(this.#bytes, bytes, steering);
    return {
      sizeBytes: bytes.length,
      score: agreement(this.#reference, scores, this.#classes),
      samples: steering.count,
      sqnrDb: signalToNoise(this.#reference, scores, this.#classes),
      latencyMs: speedup.ms,
      speedup: speedup.ratio,
    };
  }

  /** Agreement with the original, and accuracy where there are labels, on data that the search never saw. */
  async prove(bytes: Uint8Array): Promise<{ agreement: number; accuracy: number | null }> {
    const batches = batchesOf(this.#data.test, this.#input, BATCH);
    const reference = await scoreAll(this.#bytes, batches);
    const scores = await scoreAll(bytes, batches, this.#optimise);
    const { labels } = this.#data.test;
    const right = labels?.filter((label, at) => argMax(scores, at * this.#classes, this.#classes) === label).length ?? 0;
    return { agreement: agreement(reference, scores, this.#classes), accuracy: labels === null ? null : right / labels.length };
  }
}

function agreement(reference: Float32Array, scores: Float32Array, classes: number): number {
  const count = reference.length / classes;
  let same = 0;
  for (let at = 0; at < count; at += 1) if (argMax(reference, at * classes, classes) === argMax(scores, at * classes, classes)) same += 1;
  return same / count;
}

/** Of the log-probabilities, each sample's mean taken out: what the softmax was given, up to what it does not see. */
function signalToNoise(reference: Float32Array, scores: Float32Array, classes: number): number | null {
  let [signal, noise] = [0, 0];
  for (let from = 0; from < reference.length; from += classes) {
    const [a, b] = [centredLogs(reference, from, classes), centredLogs(scores, from, classes)];
    for (const [at, value] of a.entries()) {
      signal += value * value;
      noise += (value - (b[at] ?? 0)) ** 2;
    }
  }
  return noise === 0 ? null : 10 * Math.log10(signal / noise);
}

function centredLogs(values: Float32Array, from: number, count: number): number[] {
  const logs = Array.from(values.subarray(from, from + count), (value) => Math.log(Math.max(value, 1e-5)));
  const mean = logs.reduce((sum, value) => sum + value, 0) / count;
  return logs.map((value) => value - mean);
}
