import { openSamples, type Samples } from "../../data-sets/open-samples.ts";
import { OutputCollector } from "../../runtime/collect-outputs.ts";
import { openModelFile } from "../../runtime/open-model-file.ts";
import { peakMemoryBytes, resetPeakMemory } from "../../runtime/peak-memory.ts";
import { planSamples, runSample } from "../../runtime/run-samples.ts";
import type { Handler } from "../protocol.ts";

/** Samples that are decoded beforehand and run first: the peak memory is that of loading the model and running these. */
const MEMORY_SAMPLES = 8;
const PROGRESS_EVERY = 20;

/** Runs a model over a whole data set, a sample at a time as a device does, and keeps every output. Each step of a sequence counts as a sample. */
export const predict: Handler<"predict"> = async ({ modelPath, tensors, data, outputPrefix, step }, context) => {
  const samples = keepFirst(await openSamples(data), MEMORY_SAMPLES);
  const held = Math.min(MEMORY_SAMPLES, samples.count);
  for (let index = 0; index < held; index += 1) await samples.read(index);
  resetPeakMemory();
  const session = await openModelFile(modelPath, tensors, { threads: 1 });
  const plan = planSamples(session, samples);
  const outputs = new OutputCollector(samples.count * plan.steps);
  let row = 0;
  let peak: number | null = null;
  for (let index = 0; index < samples.count; index += 1) {
    for await (const step of runSample(session, plan, samples, index)) {
      outputs.add(row, step.outputs);
      row += 1;
    }
    if (index === held - 1) peak = peakMemoryBytes();
    if (index % PROGRESS_EVERY === 0) context.progress({ step, done: index, total: samples.count });
  }
  context.progress({ step, done: samples.count, total: samples.count });
  await samples.close();
  return { outputs: await outputs.write(outputPrefix, session.outputNames), sampleCount: row, peakMemoryBytes: peak };
};

/** The first samples are read once: decoding them later would count as the model's memory. */
function keepFirst(samples: Samples, count: number): Samples {
  const kept = new Map<number, Float32Array[]>();
  return {
    ...samples,
    read: async (index) => {
      const values = kept.get(index) ?? (await samples.read(index));
      if (index < count) kept.set(index, values);
      return values;
    },
  };
}
