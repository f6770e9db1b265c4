import { type OnnxModel, readModel, simplify, writeModel } from "@flotilla/onnx";
import { addTaps, QUANT_PROFILES, quantiseStatic, RangeObserver, type StaticOptions, tapsFor } from "@flotilla/onnx/optimise";
import { InferenceSession, Tensor } from "onnxruntime-node";

/** Static int8 of a copy of `model`, calibrated on `feeds` (float32, by input): a file with QuantizeLinear and DequantizeLinear. */
export async function quantiseCopy(
  model: OnnxModel,
  feeds: Readonly<Record<string, { readonly data: Float32Array; readonly dims: readonly number[] }>>,
  options: StaticOptions = QUANT_PROFILES.tflite,
): Promise<Uint8Array> {
  const copy = readModel(writeModel(model));
  simplify(copy);
  const taps = tapsFor(copy, options);
  const session = await InferenceSession.create(addTaps(copy, taps), { logSeverityLevel: 4, intraOpNumThreads: 1 });
  const results = await session.run(
    Object.fromEntries(Object.entries(feeds).map(([name, { data, dims }]) => [name, new Tensor("float32", data, dims)])),
  );
  const observer = new RangeObserver({ histograms: false });
  for (const tap of taps) observer.observe(tap, feeds[tap]?.data ?? (results[tap]?.data as Float32Array));
  quantiseStatic(copy, observer.ranges(), options);
  return writeModel(copy);
}
