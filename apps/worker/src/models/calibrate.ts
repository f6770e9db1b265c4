import type { OnnxModel } from "@flotilla/onnx";
import { addRangeTaps, addTaps, type RangeObserver } from "@flotilla/onnx/optimise";
import { openSamples, type Samples } from "../data-sets/open-samples.ts";
import { spread } from "../data-sets/spread.ts";
import { openSession } from "../runtime/open-session.ts";
import { planSamples, runSample, toFloats } from "../runtime/run-samples.ts";
import type { DataSetFiles, HandlerContext } from "../sandbox/protocol.ts";

export interface Calibration {
  readonly model: OnnxModel;
  readonly taps: readonly string[];
  readonly observer: RangeObserver;
  readonly sampleCount: number;
  readonly data: DataSetFiles;
}

/**
 * Runs calibration samples through the model, and shows the values of every tap to the observer. One sample at a time: memory does not grow with
 * their number. Returns how many they were, and sentences for the job's log.
 */
export async function calibrate(
  calibration: Calibration,
  context: HandlerContext,
): Promise<{ notes: readonly string[]; sampleCount: number }> {
  const { model, taps, observer } = calibration;
  const samples = await openSamples(calibration.data);
  const indices = spread(samples.count, calibration.sampleCount);
  const run = (file: Uint8Array, use: Use) => runSamples(file, samples, indices, context, use);
  const ends = observer.histograms ? null : await readEnds(calibration, run);
  if (ends !== null) for (const { tap, values } of ends) observer.observe(tap, values);
  else
    await run(addTaps(model, taps), (value) => {
      for (const tap of taps) {
        const floats = value(tap);
        if (floats !== null) observer.observe(tap, floats);
      }
    });
  await samples.close();
  const note = `Calibrated on ${indices.length} of ${samples.count} samples, ${taps.length} values observed.`;
  const skipped = [...observer.skipped()].map(
    ([name, count]) => `"${name}" had ${count} values that are no finite numbers; they were left out.`,
  );
  return { notes: [note, ...skipped], sampleCount: indices.length };
}

/** Given what one run gave: the values of an output or of an input, null for an unknown name. */
type Use = (value: (name: string) => Float32Array | null) => void;

/**
 * The smallest and the largest value of every tap on every sample, which the runtime finds: its feature maps need not come out. null where one is not finite: then every
 * value must be looked at, to leave out those that are no numbers and count them.
 */
async function readEnds(
  { model, taps }: Calibration,
  run: (file: Uint8Array, use: Use) => Promise<void>,
): Promise<{ tap: string; values: Float32Array }[] | null> {
  const reduced = addRangeTaps(model, taps, model.graph.inputs.length > 1 ? model.graph.outputs : []);
  const ends: { tap: string; values: Float32Array }[] = [];
  let finite = true;
  await run(reduced.bytes, (value) => {
    for (const { value: tap, min, max, sum } of reduced.taps) {
      const [low, high, total] = [min, max, sum].map((name) => value(name)?.[0] ?? Number.NaN);
      finite &&= [low, high, total].every(Number.isFinite);
      ends.push({ tap, values: Float32Array.of(low ?? 0, high ?? 0) });
    }
  });
  return finite ? ends : null;
}

async function runSamples(
  file: Uint8Array,
  samples: Samples,
  indices: readonly number[],
  context: HandlerContext,
  use: Use,
): Promise<void> {
  // Optimised as far as the taps allow: an output is never fused away.
  const session = await openSession(file, { threads: 2, planMemory: false });
  const plan = planSamples(session, samples);
  for (const [done, index] of indices.entries()) {
    context.progress({ step: "calibrating", done, total: indices.length });
    for await (const { feeds, outputs } of runSample(session, plan, samples, index)) {
      use((name) => {
        const tensor = outputs[name] ?? feeds[name];
        return tensor === undefined ? null : toFloats(tensor);
      });
      // The next step of a sequence still needs its states.
      if (plan.steps === 1) for (const { data } of Object.values(outputs)) release(data);
    }
  }
  await session.release();
  context.progress({ step: "calibrating", done: indices.length, total: indices.length });
}

/** Gives an output's memory back at once: the collector does not see how much hangs on a few small objects, and a run's taps are many megabytes. */
function release(data: unknown): void {
  if (ArrayBuffer.isView(data) && data.buffer instanceof ArrayBuffer && !data.buffer.detached) data.buffer.transfer(0);
}
