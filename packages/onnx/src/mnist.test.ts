import { describe, expect, test } from "vitest";
import { inspectModel, readModel, simplify, writeModel } from "./index.ts";
import { addTaps, convertToFloat16, quantiseDynamic, quantiseStatic, RangeObserver, tapsFor } from "./optimise.ts";
import { accuracy, images, run, sampleModel } from "./test-support/mnist.ts";

const MODELS = [
  { name: "mnist-cnn", fp32: 99.4, simplifiedNodes: 22, int8Bytes: 92_000 },
  { name: "mnist-mobilenet", fp32: 99.1, simplifiedNodes: 34, int8Bytes: 62_000 },
] as const;

async function toStatic(
  name: "mnist-cnn" | "mnist-mobilenet",
  options: Parameters<typeof quantiseStatic>[2] = { reduceRange: true },
): Promise<Uint8Array> {
  const model = readModel(sampleModel(name));
  simplify(model, { check: true });
  const taps = tapsFor(model, options);
  const observer = new RangeObserver();
  const outputs = await run(addTaps(model, taps), "calibration");
  for (const tap of taps) observer.observe(tap, outputs.get(tap) ?? images("calibration").data);
  quantiseStatic(model, observer.ranges(), options);
  return writeModel(model);
}

describe.each(MODELS)("$name", ({ name, fp32, simplifiedNodes, int8Bytes }) => {
  test("simplify keeps the outputs and removes nodes", async () => {
    const model = readModel(sampleModel(name));
    simplify(model, { check: true });
    expect(model.graph.nodeCount).toBeLessThanOrEqual(simplifiedNodes);
    const [before] = (await run(sampleModel(name), "test")).values();
    const [after] = (await run(writeModel(model), "test")).values();
    const worst = Math.max(
      ...(before ?? new Float32Array([Infinity])).map((value, index) => Math.abs(value - (after?.[index] ?? Number.NaN))),
    );
    expect(worst).toBeLessThanOrEqual(1e-5);
  });

  test("fp16 is within 0.5 points and about half as large", async () => {
    const model = readModel(sampleModel(name));
    simplify(model);
    convertToFloat16(model);
    const bytes = writeModel(model);
    expect(await accuracy(bytes)).toBeGreaterThanOrEqual(fp32 - 0.5);
    expect(bytes.length).toBeLessThan(sampleModel(name).length * 0.55);
  });

  test("static int8 is within 0.5 points and small", async () => {
    const bytes = await toStatic(name);
    expect(await accuracy(bytes)).toBeGreaterThanOrEqual(fp32 - 0.5);
    expect(bytes.length).toBeLessThan(int8Bytes);
  });

  test("static int8 S8S8 runs and is within 0.5 points", async () => {
    expect(await accuracy(await toStatic(name, { reduceRange: true, activations: "int8" }))).toBeGreaterThanOrEqual(fp32 - 0.5);
  });

  test("an excluded node keeps its float weights", async () => {
    const model = readModel(sampleModel(name));
    simplify(model);
    const first = model.graph.nodes.find((node) => node.is("Conv"))?.name ?? "";
    const bytes = await toStatic(name, { exclude: [first], reduceRange: true });
    const conv = readModel(bytes).graph.nodes.find((node) => node.name === first);
    expect(readModel(bytes).graph.constantOf(conv?.inputs[1] ?? "")).not.toBeNull();
    expect(await accuracy(bytes)).toBeGreaterThanOrEqual(fp32 - 0.5);
  });

  test("dynamic int8 is within 0.5 points", async () => {
    const model = readModel(sampleModel(name));
    simplify(model);
    quantiseDynamic(model);
    expect(await accuracy(writeModel(model))).toBeGreaterThanOrEqual(fp32 - 0.5);
  });

  test("the same input gives the same bytes", async () => {
    expect(Buffer.compare(await toStatic(name), await toStatic(name))).toBe(0);
  });

  test("inspection says what the file holds", () => {
    const inspection = inspectModel(sampleModel(name));
    expect(inspection.inputs[0]?.shape.slice(1)).toEqual([28, 28, 1]);
    expect(inspection.opsets[""]).toBe(17);
    expect(inspection.parameterCount).toBeGreaterThan(28_000);
    expect(inspection.memoryEstimateBytes).toBeGreaterThan(inspection.weightBytes);
  });
});
