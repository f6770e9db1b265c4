import { readdir, readFile, writeFile } from "node:fs/promises";
import type { SaturationReport } from "@flotilla/contracts";
import { layersAtRisk, nameNodes, type OnnxModel, quantisedNodes, readModel, writeModel } from "@flotilla/onnx";
import { classOf } from "@flotilla/validate/metrics";
import { readRuntimeProfile, summarisePlacement, type TimedModel, timeNodes } from "@flotilla/validate/placement";
import type { InferenceSession } from "onnxruntime-node";
import { openSamples, type Samples } from "../../data-sets/open-samples.ts";
import { spread } from "../../data-sets/spread.ts";
import { openSession, runSession } from "../../runtime/open-session.ts";
import { planSamples, sampleFeeds, type Tensors, toFloats } from "../../runtime/run-samples.ts";
import type { Handler, HandlerContext } from "../protocol.ts";

const PROFILED_RUNS = 20;
const COMPARED_SAMPLES = 100;

/** Both models' times by node: what the child writes into `timesFile`. */
export interface MeasuredTimes {
  source: TimedModel;
  variant: TimedModel;
}

/**
 * Asks the runtime for the time of each of its kernels, for the source and the variant; of a quantised variant also which kernels it chose, and whether
 * they give what the graph says: the same file is run without optimisation, where QuantizeLinear and DequantizeLinear are computed as written and
 * nothing can saturate.
 */
export const profilePlacement: Handler<"profile-placement"> = async (request, context) => {
  const samples = await openSamples(request.data);
  const profileOf = async (path: string, prefix: string) => {
    const model = readModel(await readFile(path));
    nameNodes(model);
    const bytes = writeModel(model);
    return { model, bytes, profile: await profileRuns(bytes, samples, prefix, context) };
  };
  const source = await profileOf(request.sourcePath, "source-profile");
  const { model, bytes, profile } = await profileOf(request.variantPath, "variant-profile");
  const times: MeasuredTimes = { source: timesOf(source.model, source.profile), variant: timesOf(model, profile) };
  await writeFile(request.timesFile, JSON.stringify(times));
  const quantised = quantisedNodes(model);
  const saturation = quantised.length === 0 ? null : await compareKernels(bytes, samples, request.classification, context);
  await samples.close();
  if (saturation === null) return { placement: null, saturation: null };
  return {
    placement: summarisePlacement(readRuntimeProfile(profile), quantised),
    saturation: { ...saturation, layersAtRisk: layersAtRisk(model) },
  };
};

/** The runtime's profile of some runs, as it wrote it: it adds the time to the prefix, in the child's working directory. */
async function profileRuns(bytes: Uint8Array, samples: Samples, prefix: string, context: HandlerContext): Promise<string> {
  const session = await openSession(bytes, { threads: 1, profilePrefix: prefix });
  const plan = planSamples(session, samples);
  const indices = spread(samples.count, PROFILED_RUNS);
  for (const [done, index] of indices.entries()) {
    context.progress({ step: "measuring-placement", done, total: indices.length });
    await runSession(session, await sampleFeeds(plan, samples, index));
  }
  session.endProfiling();
  await session.release();
  const file = (await readdir(".")).find((name) => name.startsWith(prefix));
  return file === undefined ? "[]" : readFile(file, "utf8");
}

/** Constant nodes are no nodes of the graph view, which the times are shown in. */
function timesOf({ graph }: OnnxModel, profile: string): TimedModel {
  const nodes = graph.nodes.filter((node) => !node.is("Constant"));
  return timeNodes(
    profile,
    nodes.map(({ name, opType, inputs, outputs }) => ({ name, operator: opType, inputs, outputs })),
  );
}

async function compareKernels(
  bytes: Uint8Array,
  samples: Samples,
  classification: boolean,
  context: HandlerContext,
): Promise<Omit<SaturationReport, "layersAtRisk">> {
  const optimised = await openSession(bytes, { threads: 1 });
  const plain = await openSession(bytes, { threads: 1, optimise: false });
  const plan = planSamples(optimised, samples);
  const indices = spread(samples.count, COMPARED_SAMPLES);
  const difference = new OutputDifference(classification);
  for (const [done, index] of indices.entries()) {
    context.progress({ step: "measuring-placement", done, total: indices.length });
    const feeds = await sampleFeeds(plan, samples, index);
    difference.add(await firstOutput(optimised, feeds), await firstOutput(plain, feeds));
  }
  return difference.result();
}

async function firstOutput(session: InferenceSession, feeds: Tensors): Promise<Float32Array> {
  const outputs = await runSession(session, feeds);
  const first = outputs[session.outputNames[0] ?? ""];
  return (first === undefined ? null : toFloats(first)) ?? new Float32Array();
}

/** How far apart two runs of the same file are. */
class OutputDifference {
  private count = 0;
  private same = 0;
  private largest = 0;
  private readonly classification: boolean;

  constructor(classification: boolean) {
    this.classification = classification;
  }

  add(one: Float32Array, other: Float32Array): void {
    this.count += 1;
    if (classOf(one, 0, one.length) === classOf(other, 0, other.length)) this.same += 1;
    for (const [index, value] of one.entries()) this.largest = Math.max(this.largest, Math.abs(value - (other[index] ?? 0)) || 0);
  }

  result(): Omit<SaturationReport, "layersAtRisk"> {
    const sameClass = this.classification && this.count > 0 ? this.same / this.count : null;
    return { sampleCount: this.count, sameClass, maxAbsDifference: this.largest };
  }
}
