import { readdir, readFile } from "node:fs/promises";
import type { SaturationReport } from "@flotilla/contracts";
import { layersAtRisk, nameNodes, quantisedNodes, readModel, writeModel } from "@flotilla/onnx";
import { classOf } from "@flotilla/validate/metrics";
import { readRuntimeProfile, summarisePlacement } from "@flotilla/validate/placement";
import type { InferenceSession } from "onnxruntime-node";
import { openSamples } from "../../data-sets/open-samples.ts";
import { spread } from "../../data-sets/spread.ts";
import { openSession, runSession } from "../../runtime/open-session.ts";
import { planSamples, sampleFeeds, type Tensors, toFloats } from "../../runtime/run-samples.ts";
import type { Handler } from "../protocol.ts";

const PROFILED_RUNS = 20;
const COMPARED_SAMPLES = 100;
const PROFILE_PREFIX = "runtime-profile";

/**
 * Asks the runtime which kernels it chose for a quantised variant, and whether they give what the graph says: the same file is run without
 * optimisation, where QuantizeLinear and DequantizeLinear are computed as written and nothing can saturate.
 */
export const profilePlacement: Handler<"profile-placement"> = async ({ variantPath, data, classification }, context) => {
  const model = readModel(await readFile(variantPath));
  nameNodes(model);
  const quantised = quantisedNodes(model);
  if (quantised.length === 0) return { placement: null, saturation: null };
  const bytes = writeModel(model);
  const samples = await openSamples(data);
  const optimised = await openSession(bytes, { threads: 1, profilePrefix: PROFILE_PREFIX });
  const plain = await openSession(bytes, { threads: 1, optimise: false });
  const plan = planSamples(optimised, samples);
  const indices = spread(samples.count, COMPARED_SAMPLES);
  const difference = new OutputDifference(classification);
  for (const [done, index] of indices.entries()) {
    context.progress({ step: "measuring-placement", done, total: indices.length });
    const feeds = await sampleFeeds(plan, samples, index);
    difference.add(await firstOutput(optimised, feeds), await firstOutput(plain, feeds));
    if (done + 1 === Math.min(PROFILED_RUNS, indices.length)) optimised.endProfiling();
  }
  await samples.close();
  return {
    placement: summarisePlacement(readRuntimeProfile(await readProfile()), quantised),
    saturation: { ...difference.result(), layersAtRisk: layersAtRisk(model) },
  };
};

async function firstOutput(session: InferenceSession, feeds: Tensors): Promise<Float32Array> {
  const outputs = await runSession(session, feeds);
  const first = outputs[session.outputNames[0] ?? ""];
  return (first === undefined ? null : toFloats(first)) ?? new Float32Array();
}

/** The runtime adds the time to the name that it is given, in the child's working directory. */
async function readProfile(): Promise<string> {
  const file = (await readdir(".")).find((name) => name.startsWith(PROFILE_PREFIX));
  return file === undefined ? "[]" : readFile(file, "utf8");
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
