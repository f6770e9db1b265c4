import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type OnnxModel, readModel, writeModel } from "@flotilla/onnx";
import { QUANT_PROFILES } from "@flotilla/onnx/optimise";
import { samples } from "@flotilla/samples";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { expect, it } from "vitest";
import { convertKeras } from "./keras/convert-keras.ts";
import { readKeras } from "./keras/read-keras.ts";
import { buildModel, noise } from "@flotilla/onnx/test-support";
import { unpackModels } from "./test-support/model-archive.ts";
import { elements } from "./test-support/run-converted.ts";
import { openTflite } from "./test-support/run-tflite.ts";
import { quantiseCopy } from "./test-support/quantise.ts";
import { FUNCTION_CASES } from "./test-support/written-cases/functions.ts";
import { LAYER_CASES } from "./test-support/written-cases/layers.ts";
import { convertTflite } from "./tflite/convert-tflite.ts";
import { writeTflite } from "./write-tflite/write-tflite.ts";

/** The outputs of a model, in their order, on the same noise for inputs of the same sizes. */
async function run(model: OnnxModel | Uint8Array, stretch: (value: number) => number): Promise<number[][]> {
  const file = model instanceof Uint8Array ? model : writeModel(model);
  const session = await InferenceSession.create(file, { graphOptimizationLevel: "disabled", logSeverityLevel: 4, intraOpNumThreads: 1 });
  const feeds = Object.fromEntries(
    session.inputMetadata.map((input, index) => {
      const dims = input.isTensor ? input.shape.map((dim) => (typeof dim === "number" ? dim : 1)) : [];
      const values = noise(
        dims.reduce((total, dim) => total * dim, 1),
        index + 3,
      ).map(stretch);
      return [input.name, tensorOf(input.isTensor ? input.type : "float32", values, dims)];
    }),
  );
  const outputs = await session.run(feeds);
  return session.outputNames.map((name) => Array.from(outputs[name]?.data as ArrayLike<number | bigint>, Number));
}

function tensorOf(type: string, values: Float32Array, dims: readonly number[]): Tensor {
  if (type === "int64")
    return new Tensor(
      "int64",
      BigInt64Array.from(values, (value) => BigInt(Math.trunc(value))),
      dims,
    );
  if (type === "int32") return new Tensor("int32", Int32Array.from(values), dims);
  return type === "int8" ? new Tensor("int8", Int8Array.from(values), dims) : new Tensor("float32", values, dims);
}

function distanceOf(left: readonly number[][], right: readonly number[][]): number {
  expect(right.map(({ length }) => length)).toEqual(left.map(({ length }) => length));
  let [worst, largest] = [0, 1];
  for (const [index, values] of left.entries()) {
    for (const [place, value] of values.entries()) {
      const other = right[index]?.[place] ?? Number.NaN;
      largest = Math.max(largest, Math.abs(value));
      if (value !== other) worst = Math.max(worst, Number.isNaN(value) && Number.isNaN(other) ? 0 : Math.abs(value - other));
    }
  }
  return worst / largest;
}

it.each(Object.entries({ ...LAYER_CASES, ...FUNCTION_CASES }))(
  "%s comes back from TFLite as it went",
  async (_, { stretch, ...sketch }) => {
    const file = writeModel(buildModel(sketch));
    const back = convertTflite(writeTflite(readModel(file), { precision: "float32", io: "as-is" }).bytes).model;
    const through = stretch ?? ((value: number): number => value);
    expect(distanceOf(await run(file, through), await run(back, through))).toBeLessThanOrEqual(5e-6);
  },
);

it("a quantised classifier comes back with the same scales: the same integers, within a step", async () => {
  const pixels = readFileSync(samples.mnistCalibrationImages).subarray(-64 * 784);
  const calibration = { image: { data: Float32Array.from(pixels, (pixel) => pixel / 255), dims: [64, 28, 28, 1] } };
  const file = await quantiseCopy(readModel(readFileSync(samples.mnistMobilenet)), calibration, QUANT_PROFILES.tflite);
  const written = writeTflite(readModel(file), { precision: "int8" });
  const back = convertTflite(written.bytes).model;
  const [input, output] = [written.inputs[0], written.outputs[0]];
  const integers = Int8Array.from(noise(784, 9), (value) => Math.round(value * 127));
  const image = Float32Array.from(integers, (value) => (value - (input?.zeroPoint ?? 0)) * (input?.scale ?? 1));
  const options = { graphOptimizationLevel: "disabled", logSeverityLevel: 4 } as const;
  const before = await InferenceSession.create(file, options);
  const wanted = Object.values(await before.run({ image: new Tensor("float32", image, [1, 28, 28, 1]) }))[0]?.data as Float32Array;
  const after = await InferenceSession.create(writeModel(back), options);
  const got = Object.values(await after.run({ image: new Tensor("int8", integers, [1, 28, 28, 1]) }))[0]?.data as Int8Array;
  const steps = wanted.map((value, index) => Math.abs(value / (output?.scale ?? 1) + (output?.zeroPoint ?? 0) - (got[index] ?? 0)));
  expect(Math.max(...steps)).toBeLessThanOrEqual(1.01);
});

const KERAS = unpackModels(fileURLToPath(new URL("../test-data/keras-models.br", import.meta.url)));

it.each(KERAS)("the Keras model $name becomes a TFLite file that gives what Keras gives", async ({ files, inputs, outputs }) => {
  const { model } = convertKeras(readKeras(files.get("model.keras") ?? new Uint8Array()));
  const written = writeTflite(model, { precision: "float32" });
  const run = await openTflite(written.bytes);
  const batch = inputs[0]?.dims[0] ?? 0;
  for (let sample = 0; sample < batch; sample += 1) {
    const feeds = Object.fromEntries(
      written.inputs.map(({ name }, index) => {
        const values = inputs[index] === undefined ? new Float32Array() : elements(inputs[index]);
        return [name, values.slice((sample * values.length) / batch, ((sample + 1) * values.length) / batch)];
      }),
    );
    const got = run(feeds);
    const wanted = outputs["3"].map((output) => {
      const values = Array.from(elements(output));
      return values.slice((sample * values.length) / batch, ((sample + 1) * values.length) / batch);
    });
    const answers = written.outputs.map(({ name }) => Array.from(got.find((output) => output.name === name)?.data ?? []));
    expect(distanceOf(wanted, answers)).toBeLessThanOrEqual(1e-5);
  }
});
