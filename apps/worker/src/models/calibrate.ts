import { addTaps, type OnnxModel, type RangeObserver } from "@flotilla/onnx";
import { openSamples } from "../data-sets/open-samples.ts";
import { spread } from "../data-sets/spread.ts";
import { checkSamples, singleInput, toFloats, toTensor } from "../runtime/model-input.ts";
import { openSession, runSession } from "../runtime/open-session.ts";
import type { DataSetFiles, HandlerContext } from "../sandbox/protocol.ts";

interface Calibration {
  readonly model: OnnxModel;
  readonly taps: readonly string[];
  readonly observer: RangeObserver;
  readonly sampleCount: number;
  readonly data: DataSetFiles;
}

/**
 * Runs calibration samples through the model once, with every tap as an output, and shows the values to the observer. One sample at a time:
 * memory does not grow with their number. Returns sentences for the job's log.
 */
export async function calibrate(calibration: Calibration, context: HandlerContext): Promise<string[]> {
  const { model, taps, observer } = calibration;
  const samples = await openSamples(calibration.data);
  // Optimised as far as the taps allow: an output is never fused away.
  const session = await openSession(addTaps(model, taps), { threads: 2 });
  const input = singleInput(session);
  checkSamples(input, samples);
  const indices = spread(samples.count, calibration.sampleCount);
  for (const [done, index] of indices.entries()) {
    context.progress({ step: "calibrating", done, total: indices.length });
    const values = await samples.read(index);
    if (taps.includes(input.name)) observer.observe(input.name, values);
    const outputs = await runSession(session, { [input.name]: toTensor(input, values, samples.shape) });
    for (const name of taps) {
      const floats = outputs[name] === undefined ? null : toFloats(outputs[name]);
      if (floats !== null) observer.observe(name, floats);
    }
    for (const { data } of Object.values(outputs)) release(data);
  }
  context.progress({ step: "calibrating", done: indices.length, total: indices.length });
  await samples.close();
  const note = `Calibrated on ${indices.length} of ${samples.count} samples, ${taps.length} values observed.`;
  const skipped = [...observer.skipped()].map(
    ([name, count]) => `"${name}" had ${count} values that are no finite numbers; they were left out.`,
  );
  return [note, ...skipped];
}

/** Gives an output's memory back at once: the collector does not see how much hangs on a few small objects, and a run's taps are many megabytes. */
function release(data: unknown): void {
  if (ArrayBuffer.isView(data) && data.buffer instanceof ArrayBuffer && !data.buffer.detached) data.buffer.transfer(0);
}
