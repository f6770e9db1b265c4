import type { ModelCard, OutputReading, SearchFindings } from "@flotilla/contracts";
import { argMax, compareOutputs, compareValues, measureInterleaved, scoreNoise } from "@flotilla/validate/metrics";
import { elementCount } from "@flotilla/validate/npy";
import type { InferenceSession } from "onnxruntime-node";
import { openSamples, type Samples } from "../data-sets/open-samples.ts";
import { readLabels } from "../data-sets/read-labels.ts";
import { spread } from "../data-sets/spread.ts";
import { checkSamples, singleInput, toFloats, toTensor } from "../runtime/model-input.ts";
import { openSession, runSession } from "../runtime/open-session.ts";
import type { DataSetFiles } from "../sandbox/protocol.ts";
import { compareTask } from "./compare-task.ts";

/** A search measures many candidates: so many samples tell 98 % from 99 %. */
const STEERING_SAMPLES = 256;
const LATENCY = { warmUpRuns: 3, minRuns: 10, maxRuns: 150, maxMs: 1_000 };

export interface ScorerSetup {
  readonly source: Uint8Array;
  readonly steering: DataSetFiles;
  readonly metric: SearchFindings["metric"];
  readonly task: ModelCard["task"];
  readonly reading: OutputReading | null;
}

interface Output {
  readonly name: string;
  readonly shape: number[];
  readonly data: Float32Array;
}

export interface Score {
  readonly score: number;
  readonly sqnrDb: number | null;
  readonly samples: number;
  readonly latencyMs: number;
  readonly speedup: number;
}

/** Measures candidates on the steering set, against the source's answers, which it keeps. */
export class Scorer {
  readonly #setup: ScorerSetup;
  readonly #samples: Samples;
  readonly #indices: readonly number[];
  readonly #labels: Int32Array | null;
  readonly #source: InferenceSession;
  readonly #reference: readonly Output[];

  private constructor(init: {
    setup: ScorerSetup;
    samples: Samples;
    indices: readonly number[];
    labels: Int32Array | null;
    source: InferenceSession;
    reference: readonly Output[];
  }) {
    this.#setup = init.setup;
    this.#samples = init.samples;
    this.#indices = init.indices;
    this.#labels = init.labels;
    this.#source = init.source;
    this.#reference = init.reference;
  }

  static async open(setup: ScorerSetup): Promise<Scorer> {
    const samples = await openSamples(setup.steering);
    const source = await openSession(setup.source, { threads: 1 });
    checkSamples(singleInput(source), samples);
    const indices = spread(samples.count, STEERING_SAMPLES);
    const labels = await readLabels(setup.steering.labelsPath);
    const reference = await runAll(source, samples, indices);
    return new Scorer({ setup, samples, indices, labels, source, reference });
  }

  /** The source's own score: 1 except where accuracy counts. */
  get sourceScore(): number {
    return this.#setup.metric === "accuracy" ? this.#accuracy(this.#reference) : 1;
  }

  /** Milliseconds of the source, median of a few runs. */
  async sourceLatencyMs(): Promise<number> {
    const run = await this.#runner(this.#source);
    const { source } = await measureInterleaved(run, async () => undefined, { ...LATENCY, now: () => performance.now() });
    return source.p50Ms;
  }

  async score(bytes: Uint8Array): Promise<Score> {
    const session = await openSession(bytes, { threads: 1 });
    try {
      const outputs = await runAll(session, this.#samples, this.#indices);
      const [runSource, runCandidate] = [await this.#runner(this.#source), await this.#runner(session)];
      const { source, variant } = await measureInterleaved(runSource, runCandidate, { ...LATENCY, now: () => performance.now() });
      return {
        score: this.#compare(outputs),
        sqnrDb: this.#noise(outputs),
        samples: this.#indices.length,
        latencyMs: variant.p50Ms,
        speedup: variant.minMs > 0 ? source.minMs / variant.minMs : 1,
      };
    } finally {
      await session.release();
    }
  }

  #compare(outputs: readonly Output[]): number {
    const { metric, task, reading } = this.#setup;
    if (metric === "accuracy") return this.#accuracy(outputs);
    if (task === "classification") return this.#agreement(outputs);
    const pairs = this.#reference.map((source, index) => ({
      name: source.name,
      source: { type: "float32" as const, shape: source.shape, data: source.data },
      variant: { type: "float32" as const, shape: source.shape, data: outputs[index]?.data ?? new Float32Array(source.data.length) },
    }));
    const agreement = metric === "agreement" ? compareTask({ task, reading }, pairs).agreement : null;
    return agreement ?? closeness(pairs.map(({ source, variant }) => [source.data, variant.data]));
  }

  #classes(): number {
    return (this.#reference[0]?.data.length ?? 0) / Math.max(1, this.#indices.length);
  }

  #agreement(outputs: readonly Output[]): number {
    const [reference, scores, classes] = [this.#reference[0]?.data ?? [], outputs[0]?.data ?? [], this.#classes()];
    const same = this.#indices.filter((_, row) => argMax(reference, row * classes, classes) === argMax(scores, row * classes, classes));
    return same.length / Math.max(1, this.#indices.length);
  }

  #accuracy(outputs: readonly Output[]): number {
    const [scores, classes] = [outputs[0]?.data ?? [], this.#classes()];
    const labelled = this.#indices.flatMap((index, row) => {
      const label = this.#labels?.[index] ?? -1;
      return label < 0 ? [] : [argMax(scores, row * classes, classes) === label];
    });
    return labelled.filter(Boolean).length / Math.max(1, labelled.length);
  }

  #noise(outputs: readonly Output[]): number | null {
    const [reference, scores] = [this.#reference[0]?.data, outputs[0]?.data];
    if (reference === undefined || scores === undefined || scores.length !== reference.length) return null;
    return this.#setup.task === "classification"
      ? scoreNoise(reference, scores, this.#classes())
      : compareOutputs(reference, scores).sqnrDb;
  }

  /** Runs one sample, always the same. */
  async #runner(session: InferenceSession): Promise<() => Promise<void>> {
    const input = singleInput(session);
    const feeds = { [input.name]: toTensor(input, await this.#samples.read(this.#indices[0] ?? 0), this.#samples.shape) };
    return async () => {
      await runSession(session, feeds);
    };
  }
}

/** Every numeric output of every sample, one after the other. */
async function runAll(session: InferenceSession, samples: Samples, indices: readonly number[]): Promise<Output[]> {
  const input = singleInput(session);
  const held = new Map<string, Output>();
  for (const [row, index] of indices.entries()) {
    const outputs = await runSession(session, { [input.name]: toTensor(input, await samples.read(index), samples.shape) });
    for (const name of session.outputNames) {
      const tensor = outputs[name];
      const values = tensor === undefined ? null : toFloats(tensor);
      if (tensor === undefined || values === null) continue;
      const shape = tensor.dims[0] === 1 ? tensor.dims.slice(1) : [...tensor.dims];
      const output = held.get(name) ?? {
        name,
        shape: [indices.length, ...shape],
        data: new Float32Array(indices.length * elementCount(shape)),
      };
      held.set(name, output);
      if ((row + 1) * values.length <= output.data.length) output.data.set(values, row * values.length);
    }
  }
  return [...held.values()];
}

/** For tasks without a measure of their own: 1 − the largest relative error of an output, not below 0. */
function closeness(pairs: readonly (readonly [Float32Array, Float32Array])[]): number {
  const errors = pairs.map(([source, variant]) => compareValues(source, variant).relativeRmse ?? 0);
  return Math.max(0, 1 - Math.max(0, ...errors));
}
