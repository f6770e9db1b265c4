import { measureInterleaved } from "@flotilla/validate/metrics";
import { openSamples, type Samples } from "../../data-sets/open-samples.ts";
import { spread } from "../../data-sets/spread.ts";
import { openModelFile } from "../../runtime/open-model-file.ts";
import { openSessionFile, runSession } from "../../runtime/open-session.ts";
import { planSamples, sampleFeeds, type Tensors } from "../../runtime/run-samples.ts";
import type { Runnable } from "../../runtime/runnable.ts";
import type { Handler } from "../protocol.ts";

const INPUTS = 16;
const WARM_UP_RUNS = 10;
const MIN_RUNS = 20;
const MAX_RUNS = 300;

/** Times two models by turns on the same inputs, one sample (or its first step) a run, with the given number of threads. */
export const measureLatency: Handler<"measure-latency"> = async (request, context) => {
  const { sourcePath, variantPath, variantTensors, data, threads, maxMs } = request;
  const samples = await openSamples(data);
  const runSource = await runner(await openSessionFile(sourcePath, { threads }), samples);
  const runVariant = await runner(await openModelFile(variantPath, variantTensors, { threads }), samples);
  await samples.close();
  return measureInterleaved(runSource, runVariant, {
    warmUpRuns: WARM_UP_RUNS,
    minRuns: MIN_RUNS,
    maxRuns: MAX_RUNS,
    maxMs,
    now: () => performance.now(),
    onProgress: (done, total) => {
      if (done % 10 === 0) context.progress({ step: "measuring-latency", done, total });
    },
  });
};

/** Each call runs the model on the next input, round and round. */
async function runner(session: Runnable, samples: Samples): Promise<() => Promise<void>> {
  const plan = planSamples(session, samples);
  const feeds: Tensors[] = [];
  for (const index of spread(samples.count, INPUTS)) feeds.push(await sampleFeeds(plan, samples, index));
  let turn = 0;
  return async () => {
    const feed = feeds[turn % feeds.length];
    turn += 1;
    if (feed !== undefined) await runSession(session, feed);
  };
}
