import { type OnnxModel, readModel } from "@flotilla/onnx";
import {
  type Candidate,
  CandidateBuilder,
  calibrationTaps,
  type Goal,
  type Measurement,
  measureRanges,
  OBSERVERS,
  addTaps,
  RangeObserver,
  type Ranges,
  isQuantisableLstm,
  prepareSource,
  type StaticCandidate,
} from "@flotilla/onnx/optimise";
import type { ModelCard, OutputReading } from "@flotilla/contracts";
import { findConstants, firstFeeds } from "@flotilla/validate/feed";
import {
  compareOutputs,
  compareTask,
  evidenceOf,
  measureInterleaved,
  type OutputPair,
  scoreNoise,
  topOne,
} from "@flotilla/validate/metrics";
import type { InferenceSession } from "onnxruntime-node";
import { openSession } from "../accuracy/runtime.ts";
import type { ArraySet } from "./real-data.ts";
import { feedsOf, openAny, planOf, predictAll, tensorsOf } from "./real-session.ts";

export interface RealCase {
  readonly name: string;
  readonly task: ModelCard["task"];
  readonly reading: OutputReading | null;
  /** What is looked for, one after the other: what was measured for the first also counts for the next. */
  readonly goals: readonly Goal[];
}

export interface RealSets {
  readonly calibration: ArraySet;
  readonly steer: ArraySet;
  readonly test: ArraySet;
}

export interface Proof {
  readonly agreement: number;
  /** Cases that it rests on: samples, steps of sequences, or objects. */
  readonly samples: number;
  readonly maxAbsError: number;
  readonly detail: string;
}

/** A real model with its data and its task's own measure. */
export class RealBench {
  readonly sourceBytes: number;
  readonly hasConvolutions: boolean;
  readonly hasLstm: boolean;
  /** Branches hid layers: the variant is for the shapes and settings of the data only. */
  readonly isBound: boolean;
  readonly builder: CandidateBuilder;
  readonly #case: RealCase;
  readonly #sets: RealSets;
  readonly #source: InferenceSession;
  readonly #reference: ReadonlyMap<string, OutputPair["source"]>;

  private constructor(init: {
    bytes: Uint8Array;
    model: OnnxModel;
    source: InferenceSession;
    about: RealCase;
    sets: RealSets;
    reference: ReadonlyMap<string, OutputPair["source"]>;
    isBound: boolean;
  }) {
    this.sourceBytes = init.bytes.length;
    this.isBound = init.isBound;
    this.hasLstm = init.model.graph.nodes.some((node) => isQuantisableLstm(init.model.graph, node));
    this.hasConvolutions = !this.hasLstm && init.model.graph.nodes.some((node) => node.is("Conv", "ConvTranspose"));
    this.#case = init.about;
    this.#sets = init.sets;
    this.#source = init.source;
    this.#reference = init.reference;
    const { calibration } = init.sets;
    const { steps } = planOf(init.source, calibration);
    this.builder = new CandidateBuilder(init.model, {
      open: openAny,
      batches: () => feedsOf(init.source, calibration, spread(calibration, 16), steps),
      few: () => feedsOf(init.source, calibration, spread(calibration, 2), steps),
      ranges: (model, candidate) => this.#calibrate(model, candidate),
    });
  }

  static async open(bytes: Uint8Array, sets: RealSets, about: RealCase): Promise<RealBench> {
    const source = await openSession(bytes);
    const { calibration } = sets;
    const read = async (index: number): Promise<Float32Array[]> => calibration.read(index);
    const always = await findConstants(planOf(source, calibration), { count: calibration.count, read });
    const { model, bindings } = prepareSource(readModel(bytes), always);
    const reference = await predictAll(source, sets.steer);
    return new RealBench({ bytes, model, source, about, sets, reference, isBound: bindings !== null });
  }

  async measure(candidate: Candidate): Promise<Measurement> {
    const bytes = await this.builder.build(candidate);
    const session = await openSession(bytes);
    const pairs = pair(this.#reference, await predictAll(session, this.#sets.steer));
    const { ms, ratio } = await this.#speed(session);
    await session.release();
    const [first] = pairs;
    const { agreement, samples } = this.#agreement(pairs);
    return {
      sizeBytes: bytes.length,
      score: agreement,
      samples,
      sqnrDb: first === undefined ? null : noise(this.#case.task, first),
      latencyMs: ms,
      speedup: ratio,
    };
  }

  /** On data that the search never saw. */
  async prove(bytes: Uint8Array): Promise<Proof> {
    const session = await openSession(bytes);
    const pairs = pair(await predictAll(this.#source, this.#sets.test), await predictAll(session, this.#sets.test));
    await session.release();
    return this.#agreement(pairs);
  }

  #agreement(pairs: readonly OutputPair[]): Proof {
    const [first] = pairs;
    if (first === undefined) throw new Error("The model has no output of floats.");
    const { maxAbsError } = compareOutputs(first.source.data as Float32Array, first.variant.data as Float32Array);
    if (this.#case.task === "classification") {
      const columns = first.source.shape.slice(1).reduce((product, size) => product * size, 1);
      const [a, b] = [topOne(first.source.data as Float32Array, columns), topOne(first.variant.data as Float32Array, columns)];
      const same = a.filter((value, row) => value === b[row]).length;
      return { agreement: same / a.length, samples: a.length, maxAbsError, detail: `${same} of ${a.length} in the same class` };
    }
    const { agreement, task } = compareTask(this.#case, pairs);
    return { agreement: agreement ?? 0, samples: evidenceOf(task, first.source.shape[0] ?? 0), maxAbsError, detail: JSON.stringify(task) };
  }

  async #calibrate(model: OnnxModel, { options, observer }: StaticCandidate): Promise<Ranges> {
    const taps = calibrationTaps(model, options);
    const batches = () => feedsOf(this.#source, this.#sets.calibration, spread(this.#sets.calibration, 100));
    if (observer === "min-max") return measureRanges(model, taps, { open: openAny, batches });
    const rule = OBSERVERS.find((known) => known === observer);
    if (rule === undefined) throw new Error(`There is no observer ${observer}.`);
    const session = await openAny(addTaps(model, taps), { optimise: true });
    const seen = new RangeObserver();
    for await (const feeds of batches()) {
      const outputs = await session.run(feeds);
      for (const tap of taps) {
        const data = (outputs[tap] ?? feeds[tap])?.data;
        if (data instanceof Float32Array) seen.observe(tap, data);
      }
    }
    await session.release();
    return seen.ranges({ observer: rule });
  }

  /** One step, by turns with the original, in CPU time: other work disturbs that least. */
  async #speed(session: InferenceSession): Promise<{ ms: number; ratio: number }> {
    const { steer } = this.#sets;
    const run = async (which: InferenceSession): Promise<void> => {
      await which.run(tensorsOf(firstFeeds(planOf(which, steer), steer.read(0))));
    };
    const limits = { warmUpRuns: 2, minRuns: 10, maxRuns: 100, maxMs: 500, now: cpuMs };
    const { source, variant } = await measureInterleaved(
      () => run(this.#source),
      () => run(session),
      limits,
    );
    return { ms: variant.minMs, ratio: source.minMs / variant.minMs };
  }
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function noise(task: ModelCard["task"], { source, variant }: OutputPair): number | null {
  const [a, b] = [source.data as Float32Array, variant.data as Float32Array];
  return task === "classification" ? scoreNoise(a, b, source.shape.at(-1) ?? 1) : compareOutputs(a, b).sqnrDb;
}

function pair(source: ReadonlyMap<string, OutputPair["source"]>, variant: ReadonlyMap<string, OutputPair["source"]>): OutputPair[] {
  return [...source].map(([name, array]) => {
    const other = variant.get(name);
    if (other === undefined) throw new Error(`The variant lacks the output ${name}.`);
    return { name, source: array, variant: other };
  });
}

export function spread(set: ArraySet, count: number): number[] {
  const taken = Math.min(set.count, count);
  return Array.from({ length: taken }, (_, at) => Math.floor((at * set.count) / taken));
}
