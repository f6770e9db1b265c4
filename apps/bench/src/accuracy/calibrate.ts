import type { OnnxModel } from "@flotilla/onnx";
import { addTaps, measureRanges, OBSERVERS, RangeObserver, type Ranges } from "@flotilla/onnx/optimise";
import { batchesOf, type PixelSet } from "./pixel-set.ts";
import { openModel } from "./runtime.ts";

/** The ranges of `taps` over a calibration set. Min-max is found inside the runtime; the other rules look at every element, a sample at a time. */
export async function rangesOf(model: OnnxModel, taps: readonly string[], observer: string, calibration: PixelSet): Promise<Ranges> {
  const input = model.graph.inputs[0] ?? "";
  const batches = batchesOf(calibration, input, 1);
  if (observer === "min-max") return measureRanges(model, taps, { open: openModel, batches });
  const rule = OBSERVERS.find((known) => known === observer);
  if (rule === undefined) throw new Error(`There is no observer ${observer}.`);
  const session = await openModel(addTaps(model, taps), { optimise: true });
  const seen = new RangeObserver({ histograms: rule !== "moving-average" });
  for (const feeds of batches()) {
    const outputs = await session.run(feeds);
    for (const tap of taps) {
      const data = (outputs[tap] ?? feeds[tap])?.data;
      if (data instanceof Float32Array) seen.observe(tap, data);
    }
    for (const { data } of Object.values(outputs)) release(data);
  }
  await session.release();
  return seen.ranges({ observer: rule });
}

/** Gives an output's memory back at once: the collector does not see how much hangs on a few small objects. */
function release({ buffer }: ArrayBufferView): void {
  if (buffer instanceof ArrayBuffer && !buffer.detached) buffer.transfer(0);
}
