import {
  type Candidate,
  CandidateBuilder,
  calibrationTaps,
  type Feeds,
  type Measurement,
  type OnnxModel,
  measureRanges,
  readModel,
  type SearchHost,
  simplify,
  writeModel,
} from "@flotilla/onnx";
import { argMax, measureInterleaved } from "@flotilla/validate/metrics";
import { type InferenceSession, Tensor } from "onnxruntime-node";
import { batchesOf, type PixelSet, spread } from "./data.ts";
import { openModel, openSession, scoreAll } from "./runtime.ts";

export interface BenchData {
  readonly calibration: PixelSet;
  /** What the search may look at. */
  readonly steering: PixelSet;
  /** What nothing is tuned to. */
  readonly test: PixelSet;
}

const BATCH = 8;
const CORRECTION_SAMPLES = 16;

/** One model with its data: builds candidates, measures them on the steering set, and proves chosen ones on the test set. */
export class ModelBench {
  readonly sourceBytes: number;
  readonly builder: CandidateBuilder;
  readonly #source: InferenceSession;
  readonly #input: string;
  readonly #data: BenchData;
  /** As the target's kernels compute: without optimisation nothing saturates. */
  readonly #optimise: boolean;
  readonly #reference: Float32Array;
  readonly #classes: number;
  readonly #bytes: Uint8Array;

  private constructor(init: {
    bytes: Uint8Array;
    model: OnnxModel;
    source: InferenceSession;
    data: BenchData;
    optimise: boolean;
    reference: Float32Array;
  }) {
    this.#bytes = init.bytes;
    this.sourceBytes = init.bytes.length;
    this.#source = init.source;
    this.#input = init.source.inputNames[0] ?? "";
    this.#data = init.data;
    this.#optimise = init.optimise;
    this.#reference = init.reference;
    this.#classes = init.reference.length / init.data.steering.count;
    const { calibration } = init.data;
    this.builder = new CandidateBuilder(init.model, {
      open: openModel,
      batches: batchesOf(calibration, this.#input, BATCH, spread(calibration, CORRECTION_SAMPLES)),
      few: batchesOf(calibration, this.#input, 1, spread(calibration, 2)),
      ranges: (model, { options }) => this.#calibrate(model, options),
    });
  }

  static async open(bytes: Uint8Array, data: BenchData, optimise: boolean): Promise<ModelBench> {
    const model = readModel(bytes);
    simplify(model);
    const source = await openSession(bytes);
    const reference = await scoreAll(bytes, batchesOf(data.steering, source.inputNames[0] ?? "", BATCH));
    return new ModelBench({ bytes, model, source, data, optimise, reference });
  }

  host(): SearchHost {
    return { measure: (candidate) => this.measure(candidate), rank: (base) => this.builder.rank(base) };
  }

  async measure(candidate: Candidate): Promise<Measurement> {
    const bytes = await this.builder.build(candidate);
    const { steering } = this.#data;
    const scores = await scoreAll(bytes, batchesOf(steering, this.#input, BATCH), this.#optimise);
    const speedup = await this.#speedup(bytes);
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

  #calibrate(model: OnnxModel, options: Parameters<typeof calibrationTaps>[1]): ReturnType<typeof measureRanges> {
    const batches = batchesOf(this.#data.calibration, this.#input, BATCH);
    return measureRanges(model, calibrationTaps(model, options), { open: openModel, batches });
  }

  /** One sample, one thread, by turns with the original, in CPU time: other work on the machine disturbs that least, and the least of it less still. */
  async #speedup(bytes: Uint8Array): Promise<{ ms: number; ratio: number }> {
    const session = await openSession(bytes, true);
    const [feeds] = [...batchesOf(this.#data.steering, this.#input, 1, [0])()];
    const run = async (which: InferenceSession): Promise<void> => {
      await which.run(tensorsOf(feeds ?? {}));
    };
    const { source, variant } = await measureInterleaved(
      () => run(this.#source),
      () => run(session),
      { warmUpRuns: 2, minRuns: 12, maxRuns: 200, maxMs: 250, now: cpuMs },
    );
    await session.release();
    return { ms: variant.minMs, ratio: source.minMs / variant.minMs };
  }

  bytesOf(candidate: Candidate): Promise<Uint8Array> {
    return this.builder.build(candidate);
  }

  sourceFile(): Uint8Array {
    return writeModel(readModel(this.#bytes));
  }
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function tensorsOf(feeds: Feeds): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(feeds).map(([name, { data, dims }]) => [name, new Tensor("float32", data as Float32Array, dims)]),
  );
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
