import { type OnnxModel, typeName, writeModel } from "@flotilla/onnx";
import {
  CandidateBuilder,
  calibrationTaps,
  type Feeds,
  measureRanges,
  type ObserverKind,
  type OpenModel,
  RangeObserver,
  type Ranges,
  rangeRule,
  type StaticCandidate,
  tapsFor,
  type Value,
} from "@flotilla/onnx/optimise";
import { type FeedPlan, firstFeeds, planFeeds, type StepTensors } from "@flotilla/validate/feed";
import { type InferenceSession, Tensor } from "onnxruntime-node";
import { openSamples, type Samples } from "../data-sets/open-samples.ts";
import { spread } from "../data-sets/spread.ts";
import { openSession, runSession } from "../runtime/open-session.ts";
import { runSample } from "../runtime/run-samples.ts";
import type { DataSetFiles, HandlerContext } from "../sandbox/protocol.ts";
import { calibrate } from "./calibrate.ts";
import { observeHistograms, type SeenActivations } from "./describe-activations.ts";

/** Samples that biases are corrected on, and that layers are ranked by: more change nothing that matters. */
const CORRECTION_SAMPLES = 24;
const RANKING_SAMPLES = 3;

export interface BuilderSetup {
  readonly model: OnnxModel;
  readonly calibration: DataSetFiles;
  readonly calibrationSamples: number;
  readonly context: HandlerContext;
  /** Is shown what each calibration saw, with histograms. */
  readonly onCalibrated?: (seen: SeenActivations) => void;
}

/** A builder of candidates over onnxruntime and a data set. `model` is the simplified original; nothing is run before a candidate needs it. */
export async function openBuilder(setup: BuilderSetup): Promise<CandidateBuilder> {
  const data = new CalibrationFeeds(setup.model, await openSamples(setup.calibration), setup.calibrationSamples);
  return new CandidateBuilder(setup.model, {
    open: openModel,
    batches: () => data.read(CORRECTION_SAMPLES),
    few: () => data.read(RANKING_SAMPLES),
    ranges: (model, candidate) => rangesOf(setup, data, model, candidate),
  });
}

async function rangesOf(setup: BuilderSetup, data: CalibrationFeeds, model: OnnxModel, candidate: StaticCandidate): Promise<Ranges> {
  const taps = calibrationTaps(model, candidate.options);
  const observer = candidate.observer as ObserverKind;
  const { calibration, calibrationSamples, context, onCalibrated } = setup;
  const observed = new RangeObserver({ histograms: observer !== "min-max" && observer !== "moving-average" });
  const measure = async (): Promise<number> =>
    (await calibrate({ model, taps, observer: observed, sampleCount: calibrationSamples, data: calibration }, context)).sampleCount;
  const sampleCount = observer === "min-max" ? 0 : await measure();
  const ranges =
    observer === "min-max"
      ? await measureRanges(model, taps, { open: openModel, batches: () => data.all() })
      : observed.ranges(rangeRule({ ...candidate.options, observer }));
  if (onCalibrated === undefined) return ranges;
  const used = tapsFor(model, { ...candidate.options, exclude: [...candidate.exclude] });
  const seen = observed.histograms
    ? { observed, sampleCount }
    : await observeHistograms({ model, taps: used, data: calibration }, calibrationSamples, context);
  onCalibrated({ model, taps: used, ranges, observer, ...seen });
  return ranges;
}

/** Calibration samples as batches of one. States are those of the float model: every candidate is shown the same. */
class CalibrationFeeds {
  private readonly samples: Samples;
  private readonly indices: readonly number[];
  private readonly plan: FeedPlan;
  private readonly bytes: Uint8Array | null;
  private session: Promise<InferenceSession> | null = null;

  constructor(model: OnnxModel, samples: Samples, count: number) {
    this.samples = samples;
    this.indices = spread(samples.count, count);
    const { graph } = model;
    const describe = (name: string) => {
      const type = graph.typeOf(name);
      return { name, type: typeName(type?.elemType ?? 0), shape: type?.shape ?? [] };
    };
    this.plan = planFeeds({ inputs: graph.inputs.map(describe), outputs: graph.outputs.map(describe) }, samples.arrays);
    this.bytes = this.plan.inputs.some(({ from }) => "output" in from) ? writeModel(model) : null;
  }

  all(): AsyncIterable<Feeds> {
    return this.walk(this.indices, 1);
  }

  /** About `count` of them: samples, or of sequences one step each, a little later in each than in the one before. */
  read(count: number): AsyncIterable<Feeds> {
    const indices = spread(this.indices.length, count).map((at) => this.indices[at] ?? 0);
    return this.walk(indices, this.plan.steps + 1);
  }

  private async *walk(indices: readonly number[], every: number): AsyncGenerator<Feeds> {
    if (this.bytes === null) {
      for (const index of indices) yield toFeeds(firstFeeds(this.plan, await this.samples.read(index)));
      return;
    }
    this.session ??= openSession(this.bytes, { threads: 1 });
    const session = await this.session;
    let at = 0;
    for (const index of indices)
      for await (const { feeds } of runSample(session, this.plan, this.samples, index)) {
        if (at % every === 0) yield toFeeds(feeds);
        at += 1;
      }
  }
}

/** The runtime's own tensors, which `openModel` takes back as they are. */
function toFeeds(feeds: StepTensors): Feeds {
  return Object.fromEntries(
    Object.entries(feeds).map(([name, { type, data, dims }]) => [
      name,
      new Tensor(type as "float32", data as Float32Array, dims) as unknown as Value,
    ]),
  );
}

/** onnxruntime on one thread, as the optimiser's methods want a runtime. */
const openModel: OpenModel = async (bytes, { optimise }) => {
  const session = await openSession(bytes, { threads: 1, optimise, planMemory: false });
  return {
    run: async (feeds) => {
      const tensors = Object.fromEntries(Object.entries(feeds).map(([name, value]) => [name, toTensor(value)]));
      const outputs = await runSession(session, tensors);
      return Object.fromEntries(
        Object.entries(outputs).map(([name, tensor]) => [name, { data: tensor.data as Float32Array, dims: tensor.dims }]),
      );
    },
    release: () => session.release(),
  };
};

function toTensor(value: Value): Tensor {
  if (value instanceof Tensor) return value;
  const { data, dims, bool } = value;
  if (data instanceof Float32Array) return new Tensor("float32", data, dims);
  return new Tensor(bool === true ? "bool" : "uint8", data as Uint8Array, dims);
}
