import type { ModelCard, OutputReading, SearchFindings } from "@flotilla/contracts";
import {
  classOf,
  compareOutputs,
  compareTask,
  compareValues,
  evidenceOf,
  measureInterleaved,
  scoreNoise,
} from "@flotilla/validate/metrics";
import { elementCount } from "@flotilla/validate/npy";
import type { InferenceSession } from "onnxruntime-node";
import { openSamples, type Samples } from "../data-sets/open-samples.ts";
import { readLabels } from "../data-sets/read-labels.ts";
import { spread } from "../data-sets/spread.ts";
import { openModel } from "../runtime/open-model-file.ts";
import { openSession, runSession } from "../runtime/open-session.ts";
import { planSamples, runSample, sampleFeeds, toFloats } from "../runtime/run-samples.ts";
import type { Runnable } from "../runtime/runnable.ts";
import type { DataSetFiles } from "../sandbox/protocol.ts";
import type { CandidateFile } from "./export-candidate.ts";

/** A search measures many candidates: so many samples tell 98 % from 99 %. */
const STEERING_SAMPLES = 256;
/** The steps of one sequence are alike: however long they are, so many sequences are looked at that 256 would come from this many steps of each. */
const MAX_STEPS_OF_ONE = 16;
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
  readonly speedup: number | null;
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
    const { steps } = planSamples(source, samples);
    const indices = spread(samples.count, Math.ceil(STEERING_SAMPLES / Math.min(steps, MAX_STEPS_OF_ONE)));
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

  async score({ bytes, tensors }: CandidateFile): Promise<Score> {
    const session = await openModel(bytes, tensors, { threads: 1 });
    try {
      const outputs = await runAll(session, this.#samples, this.#indices);
      const [runSource, runCandidate] = [await this.#runner(this.#source), await this.#runner(session)];
      const { source, variant } = await measureInterleaved(runSource, runCandidate, { ...LATENCY, now: () => performance.now() });
      return {
        ...this.#compare(outputs),
        sqnrDb: this.#noise(outputs),
        latencyMs: variant.p50Ms,
        // Two runtimes cannot be compared: neither is the device's.
        speedup: tensors !== null ? null : variant.minMs > 0 ? source.minMs / variant.minMs : 1,
      };
    } finally {
      await session.release();
    }
  }

  /** The score, and how many cases it rests on. */
  #compare(outputs: readonly Output[]): Pick<Score, "score" | "samples"> {
    const { metric, task, reading } = this.#setup;
    const samples = this.#rows;
    if (metric === "accuracy") return { score: this.#accuracy(outputs), samples };
    if (task === "classification") return { score: this.#agreement(outputs), samples };
    const pairs = this.#reference.map((source, index) => ({
      name: source.name,
      source: { type: "float32" as const, shape: source.shape, data: source.data },
      variant: { type: "float32" as const, shape: source.shape, data: outputs[index]?.data ?? new Float32Array(source.data.length) },
    }));
    const compared = metric === "agreement" ? compareTask({ task, reading }, pairs) : null;
    return {
      score: compared?.agreement ?? closeness(pairs.map(({ source, variant }) => [source.data, variant.data])),
      samples: evidenceOf(compared?.task, samples),
    };
  }

  /** Samples, or steps of them where they are sequences. */
  get #rows(): number {
    return this.#reference[0]?.shape[0] ?? 0;
  }

  #classes(): number {
    return (this.#reference[0]?.data.length ?? 0) / Math.max(1, this.#rows);
  }

  #agreement(outputs: readonly Output[]): number {
    const [reference, scores, classes] = [this.#reference[0]?.data ?? [], outputs[0]?.data ?? [], this.#classes()];
    let same = 0;
    for (let row = 0; row < this.#rows; row += 1)
      if (classOf(reference, row * classes, classes) === classOf(scores, row * classes, classes)) same += 1;
    return same / Math.max(1, this.#rows);
  }

  #accuracy(outputs: readonly Output[]): number {
    const [scores, classes] = [outputs[0]?.data ?? [], this.#classes()];
    const labelled = this.#indices.flatMap((index, row) => {
      const label = this.#labels?.[index] ?? -1;
      return label < 0 ? [] : [classOf(scores, row * classes, classes) === label];
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
  async #runner(session: Runnable): Promise<() => Promise<void>> {
    const feeds = await sampleFeeds(planSamples(session, this.#samples), this.#samples, this.#indices[0] ?? 0);
    return async () => {
      await runSession(session, feeds);
    };
  }
}

/** Every numeric output of every sample, and of each step of it, one after the other. */
async function runAll(session: Runnable, samples: Samples, indices: readonly number[]): Promise<Output[]> {
  const plan = planSamples(session, samples);
  const rows = indices.length * plan.steps;
  const held = new Map<string, Output>();
  let row = 0;
  for (const index of indices) {
    for await (const { outputs } of runSample(session, plan, samples, index)) {
      for (const name of session.outputNames) {
        const tensor = outputs[name];
        const values = tensor === undefined ? null : toFloats(tensor);
        if (tensor === undefined || values === null) continue;
        const shape = tensor.dims[0] === 1 ? tensor.dims.slice(1) : [...tensor.dims];
        const output = held.get(name) ?? { name, shape: [rows, ...shape], data: new Float32Array(rows * elementCount(shape)) };
        held.set(name, output);
        if ((row + 1) * values.length <= output.data.length) output.data.set(values, row * values.length);
      }
      row += 1;
    }
  }
  return session.outputNames.flatMap((name) => held.get(name) ?? []);
}

/** For tasks without a measure of their own: 1 − the largest relative error of an output, not below 0. */
function closeness(pairs: readonly (readonly [Float32Array, Float32Array])[]): number {
  const errors = pairs.map(([source, variant]) => compareValues(source, variant).relativeRmse ?? 0);
  return Math.max(0, 1 - Math.max(0, ...errors));
}
