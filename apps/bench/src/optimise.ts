import { readFile } from "node:fs/promises";
import {
  addTaps,
  convertToFloat16,
  type OnnxModel,
  quantiseDynamic,
  quantiseStatic,
  RangeObserver,
  type Ranges,
  readModel,
  simplify,
  tapsFor,
  writeModel,
} from "@flotilla/onnx";
import { samples } from "@flotilla/samples";
import { argMax, measureInterleaved } from "@flotilla/validate/metrics";
import { readNpy } from "@flotilla/validate/npy";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { describeCpu } from "./describe-cpu.ts";

/**
 * What optimising costs and gives on the two sample models: size, accuracy on 1,000 MNIST images, latency, and the time that making a
 * variant took, calibration included. The baseline is the fp32 file as uploaded, measured by turns with each variant in this run.
 */
const PIXELS = 28 * 28;
const VARIANTS: Record<string, (model: OnnxModel) => Promise<OnnxModel>> = {
  fp16: async (model) => convertToFloat16(model).model,
  "int8 dynamic": async (model) => quantiseDynamic(model).model,
  "int8 static": async (model) => quantiseStatic(model, await rangesOf(model), { reduceRange: true }).model,
};

const images = await readImages(samples.mnistTestImages);
const calibration = await readImages(samples.mnistCalibrationImages);
const labels = readNpy(await readFile(samples.mnistTestLabels)).data;

console.log(`${await describeCpu()}; one thread; ratios are variant / fp32 original\n`);
console.log(row("model", "variant", "bytes", "size ×", "accuracy", "p50 ms", "p50 ×", "made in"));
for (const [name, file] of [
  ["mnist-cnn", samples.mnistCnn],
  ["mnist-mobilenet", samples.mnistMobilenet],
] as const) {
  await benchModel(name, await readFile(file));
}

async function benchModel(name: string, bytes: Buffer): Promise<void> {
  const source = await openSession(bytes);
  console.log(row(name, "original", bytes.length, "1.00", await accuracyOf(source), "", "1.00", ""));
  for (const [variant, make] of Object.entries(VARIANTS)) {
    const startedAt = performance.now();
    const model = readModel(bytes);
    simplify(model);
    const made = writeModel(await make(model));
    const madeInMs = performance.now() - startedAt;
    const session = await openSession(made);
    const latency = await measureInterleaved(
      () => runOnce(source),
      () => runOnce(session),
      { warmUpRuns: 50, maxRuns: 1000, minRuns: 200, maxMs: 5000, now: () => performance.now() },
    );
    const ratio = latency.variant.p50Ms / latency.source.p50Ms;
    const size = (made.length / bytes.length).toFixed(2);
    const accuracy = await accuracyOf(session);
    console.log(
      row(name, variant, made.length, size, accuracy, latency.variant.p50Ms.toFixed(3), ratio.toFixed(2), `${madeInMs.toFixed(0)} ms`),
    );
  }
}

function openSession(bytes: Uint8Array): Promise<InferenceSession> {
  return InferenceSession.create(bytes, { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3 });
}

/** pixel / 255, [n, 28, 28, 1]. */
function toTensor(pixels: Uint8Array): Tensor {
  return new Tensor(
    "float32",
    Float32Array.from(pixels, (pixel) => pixel / 255),
    [pixels.length / PIXELS, 28, 28, 1],
  );
}

async function runOnce(session: InferenceSession): Promise<void> {
  await session.run({ [session.inputNames[0] ?? ""]: toTensor(images.subarray(0, PIXELS)) });
}

async function accuracyOf(session: InferenceSession): Promise<string> {
  const outputs = await session.run({ [session.inputNames[0] ?? ""]: toTensor(images) });
  const scores = outputs[session.outputNames[0] ?? ""]?.data as Float32Array;
  const count = images.length / PIXELS;
  const classes = scores.length / count;
  let right = 0;
  for (let index = 0; index < count; index += 1) {
    if (argMax(scores, index * classes, classes) === Number(labels[index])) right += 1;
  }
  return `${((100 * right) / count).toFixed(1)} %`;
}

async function rangesOf(model: OnnxModel): Promise<Ranges> {
  const taps = tapsFor(model);
  const session = await InferenceSession.create(addTaps(model, taps), { graphOptimizationLevel: "disabled", logSeverityLevel: 3 });
  const observer = new RangeObserver();
  const input = toTensor(calibration);
  observer.observe(session.inputNames[0] ?? "", input.data as Float32Array);
  const outputs = await session.run({ [session.inputNames[0] ?? ""]: input });
  for (const name of taps) if (outputs[name] !== undefined) observer.observe(name, outputs[name].data as Float32Array);
  return observer.ranges();
}

async function readImages(file: string): Promise<Uint8Array> {
  return readNpy(await readFile(file)).data as Uint8Array;
}

function row(...cells: (string | number)[]): string {
  const widths = [16, 13, 8, 7, 9, 8, 7, 9];
  return cells
    .map((cell, index) => (index < 2 ? String(cell).padEnd(widths[index] ?? 0) : String(cell).padStart(widths[index] ?? 0)))
    .join(" ");
}
