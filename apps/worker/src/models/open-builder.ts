import {
  CandidateBuilder,
  calibrationTaps,
  type Feeds,
  measureRanges,
  type ObserverKind,
  type OnnxModel,
  type OpenModel,
  RangeObserver,
  type Ranges,
  rangeRule,
  type StaticCandidate,
} from "@flotilla/onnx";
import { Tensor } from "onnxruntime-node";
import { openSamples, type Samples } from "../data-sets/open-samples.ts";
import { spread } from "../data-sets/spread.ts";
import { openSession, runSession } from "../runtime/open-session.ts";
import type { DataSetFiles, HandlerContext } from "../sandbox/protocol.ts";
import { calibrate } from "./calibrate.ts";

/** Samples that biases are corrected on, and that layers are ranked by: more change nothing that matters. */
const CORRECTION_SAMPLES = 24;
const RANKING_SAMPLES = 3;

export interface BuilderSetup {
  readonly model: OnnxModel;
  readonly calibration: DataSetFiles;
  readonly calibrationSamples: number;
  readonly context: HandlerContext;
}

/** A builder of candidates over onnxruntime and a data set. `model` is the simplified original; nothing is run before a candidate needs it. */
export async function openBuilder(setup: BuilderSetup): Promise<CandidateBuilder> {
  const samples = await openSamples(setup.calibration);
  const input = setup.model.graph.inputs[0] ?? "";
  const all = spread(samples.count, setup.calibrationSamples);
  const some = (count: number): number[] => spread(all.length, count).map((index) => all[index] ?? 0);
  return new CandidateBuilder(setup.model, {
    open: openModel,
    batches: () => batches(samples, input, some(CORRECTION_SAMPLES)),
    few: () => batches(samples, input, some(RANKING_SAMPLES)),
    ranges: (model, candidate) => rangesOf(setup, samples, input, model, candidate),
  });
}

async function rangesOf(
  setup: BuilderSetup,
  samples: Samples,
  input: string,
  model: OnnxModel,
  candidate: StaticCandidate,
): Promise<Ranges> {
  const taps = calibrationTaps(model, candidate.options);
  const observer = candidate.observer as ObserverKind;
  if (observer === "min-max") {
    const indices = spread(samples.count, setup.calibrationSamples);
    return measureRanges(model, taps, { open: openModel, batches: () => batches(samples, input, indices) });
  }
  const observed = new RangeObserver({ histograms: observer !== "moving-average" });
  const { calibration, calibrationSamples, context } = setup;
  await calibrate({ model, taps, observer: observed, sampleCount: calibrationSamples, data: calibration }, context);
  return observed.ranges(rangeRule({ ...candidate.options, observer }));
}

async function* batches(samples: Samples, input: string, indices: readonly number[]): AsyncIterable<Feeds> {
  for (const index of indices) yield { [input]: { data: await samples.read(index), dims: [1, ...samples.shape] } };
}

/** onnxruntime on one thread, as the optimiser's methods want a runtime. */
const openModel: OpenModel = async (bytes, { optimise }) => {
  const session = await openSession(bytes, { threads: 1, optimise });
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

function toTensor({ data, dims, bool }: Feeds[string]): Tensor {
  if (data instanceof Float32Array) return new Tensor("float32", data, dims);
  return new Tensor(bool === true ? "bool" : "uint8", data as Uint8Array, dims);
}
