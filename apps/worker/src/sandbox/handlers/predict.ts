import { openSamples } from "../../data-sets/open-samples.ts";
import { OutputCollector } from "../../runtime/collect-outputs.ts";
import { checkSamples, singleInput, toTensor } from "../../runtime/model-input.ts";
import { openSessionFile, runSession } from "../../runtime/open-session.ts";
import { peakMemoryBytes, resetPeakMemory } from "../../runtime/peak-memory.ts";
import type { Handler } from "../protocol.ts";

/** Samples that are decoded beforehand and run first: the peak memory is that of loading the model and running these. */
const MEMORY_SAMPLES = 8;
const PROGRESS_EVERY = 20;

/** Runs a model over a whole data set, a sample at a time as a device does, and keeps every output. */
export const predict: Handler<"predict"> = async ({ modelPath, data, outputPrefix, step }, context) => {
  const samples = await openSamples(data);
  const first: Float32Array[] = [];
  for (let index = 0; index < Math.min(MEMORY_SAMPLES, samples.count); index += 1) first.push(await samples.read(index));
  resetPeakMemory();
  const session = await openSessionFile(modelPath, { threads: 1 });
  const input = singleInput(session);
  checkSamples(input, samples);
  const outputs = new OutputCollector(samples.count);
  let peak: number | null = null;
  for (let index = 0; index < samples.count; index += 1) {
    const values = first[index] ?? (await samples.read(index));
    outputs.add(index, await runSession(session, { [input.name]: toTensor(input, values, samples.shape) }));
    if (index === first.length - 1) peak = peakMemoryBytes();
    if (index % PROGRESS_EVERY === 0) context.progress({ step, done: index, total: samples.count });
  }
  context.progress({ step, done: samples.count, total: samples.count });
  await samples.close();
  return { outputs: await outputs.write(outputPrefix, session.outputNames), sampleCount: samples.count, peakMemoryBytes: peak };
};
