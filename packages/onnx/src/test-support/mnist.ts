import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { InferenceSession, Tensor } from "onnxruntime-node";

function sample(name: string): Uint8Array {
  return readFileSync(fileURLToPath(new URL(`../files/${name}`, import.meta.resolve("@flotilla/samples"))));
}

export function sampleModel(name: "mnist-cnn" | "mnist-mobilenet"): Uint8Array {
  return sample(`${name}.onnx`);
}

/** The bytes behind an `.npy` header of format 1.0. */
function npyData(name: string): Uint8Array {
  const bytes = sample(name);
  return bytes.subarray(10 + (bytes[8] ?? 0) + 256 * (bytes[9] ?? 0));
}

/** Pixels / 255, [n, 28, 28, 1]. */
export function images(set: "test" | "calibration"): { data: Float32Array; count: number } {
  const data = Float32Array.from(npyData(`mnist-${set}-images.npy`), (pixel) => pixel / 255);
  return { data, count: data.length / 784 };
}

/** Runs a model over all images at once; every output as float32. */
export async function run(bytes: Uint8Array, set: "test" | "calibration"): Promise<ReadonlyMap<string, Float32Array>> {
  const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1, logSeverityLevel: 3 });
  const { data, count } = images(set);
  const input = session.inputNames[0] ?? "";
  const outputs = await session.run({ [input]: new Tensor("float32", data, [count, 28, 28, 1]) });
  return new Map(Object.entries(outputs).map(([name, tensor]) => [name, tensor.data as Float32Array]));
}

/** Top-1 on the 1,000 test images, in percent. */
export async function accuracy(bytes: Uint8Array): Promise<number> {
  const outputs = await run(bytes, "test");
  const probabilities = [...outputs.values()][0] ?? new Float32Array();
  const labels = npyData("mnist-test-labels.npy");
  let right = 0;
  for (const [index, label] of labels.entries()) {
    const row = probabilities.subarray(index * 10, index * 10 + 10);
    if (row.indexOf(Math.max(...row)) === label) right += 1;
  }
  return (right / labels.length) * 100;
}
