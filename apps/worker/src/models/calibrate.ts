import type { RecipePass } from "@flotilla/contracts";
import { addTaps, type OnnxModel, RangeObserver, type Ranges, tapsFor } from "@flotilla/onnx";
import { openSamples } from "../data-sets/open-samples.ts";
import { spread } from "../data-sets/spread.ts";
import { checkSamples, singleInput, toFloats, toTensor } from "../runtime/model-input.ts";
import { openSession, runSession } from "../runtime/open-session.ts";
import type { DataSetFiles, HandlerContext } from "../sandbox/protocol.ts";

type StaticPass = Extract<RecipePass, { pass: "int8-static" }>;

/** Runs calibration samples through the model with every value that is to be quantised as an output, and keeps their ranges. */
export async function calibrate(
  model: OnnxModel,
  pass: StaticPass,
  data: DataSetFiles,
  context: HandlerContext,
): Promise<{ ranges: Ranges; notes: string[] }> {
  const samples = await openSamples(data);
  const taps = tapsFor(model, { exclude: pass.exclude });
  // Without optimisation, so that no tapped value is fused away.
  const session = await openSession(addTaps(model, taps), { threads: 1, optimise: false });
  const input = singleInput(session);
  checkSamples(input, samples);
  const observer = new RangeObserver();
  const indices = spread(samples.count, pass.calibrationSamples);
  for (const [done, index] of indices.entries()) {
    context.progress({ step: "calibrating", done, total: indices.length });
    const values = await samples.read(index);
    observer.observe(input.name, values);
    const outputs = await runSession(session, { [input.name]: toTensor(input, values, samples.shape) });
    for (const name of taps) {
      const floats = outputs[name] === undefined ? null : toFloats(outputs[name]);
      if (floats !== null) observer.observe(name, floats);
    }
  }
  context.progress({ step: "calibrating", done: indices.length, total: indices.length });
  await samples.close();
  const note = `Calibrated on ${indices.length} of ${samples.count} samples, ${taps.length} values observed.`;
  const skipped = [...observer.skipped()].map(
    ([name, count]) => `"${name}" had ${count} values that are no finite numbers; they were left out.`,
  );
  return { ranges: observer.ranges(), notes: [note, ...skipped] };
}
