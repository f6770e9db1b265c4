import { expect, it } from "vitest";
import { tfliteFixtures } from "../test-support/fixtures.ts";
import { readModelFile, writeModelFile } from "../tflite-schema/model-file.ts";
import { describeModel } from "./describe-model.ts";

const mnist = tfliteFixtures().find(({ name, file }) => name === "mnist_cnn" && file === "model.tflite")?.bytes ?? new Uint8Array();

it("a file is described by its framework, its operators, its inputs and outputs", async () => {
  expect(await describeModel(mnist, "tflite")).toMatchObject({
    framework: "TensorFlow Lite",
    partsAre: "operators",
    unsupported: [],
    unsupportedCount: 0,
    inputs: [{ type: "float32", shape: [null, 28, 28, 1] }],
    outputs: ["StatefulPartitionedCall_1:0"],
  });
});

/** The same file with an output of that name, listed that often. */
function withOutputs(name: string, count: number): Uint8Array {
  const model = readModelFile(mnist);
  const [main] = model.subgraphs;
  if (main === undefined) throw new Error("The fixture has no graph.");
  const [output = 0] = main.outputs;
  const tensors = main.tensors.map((tensor, index) => (index === output ? { ...tensor, name } : tensor));
  return writeModelFile({ ...model, subgraphs: [{ ...main, tensors, outputs: Array.from({ length: count }, () => output) }] });
}

it("what a small file says a thousand times over does not grow on its way out of the child", async () => {
  const described = await describeModel(withOutputs("x".repeat(8000), 1000), "tflite");
  expect(JSON.stringify(described).length).toBeLessThan(210_000);
  await expect(describeModel(withOutputs("x".repeat(8000), 1001), "tflite")).rejects.toMatchObject({ code: "TOO_MANY_NODES" });
  await expect(describeModel(withOutputs("x".repeat(9000), 1), "tflite")).rejects.toMatchObject({ code: "INVALID_GRAPH" });
});
