import { expect, test } from "vitest";
import { floatTensor } from "../graph/tensor.ts";
import { buildModel, noiseTensor } from "../test-support/build-model.ts";
import { expectSame, operators } from "../test-support/oracle.ts";
import { lowerForTflite } from "./lower-for-tflite.ts";
import { inferModel } from "../infer/infer-model.ts";

const model = () =>
  buildModel({
    inputs: { x: [2, 3, 4], z: [2, 3, 4] },
    outputs: ["y"],
    constants: { s: noiseTensor([3]), b: noiseTensor([3], 2), m: noiseTensor([3], 3), v: floatTensor([3], [0.5, 1, 2]) },
    nodes: [
      { opType: "BatchNormalization", name: "norm", inputs: ["x", "s", "b", "m", "v"], outputs: ["n"] },
      { opType: "Mean", inputs: ["n", "z"], outputs: ["e"] },
      { opType: "Sum", inputs: ["e", "x"], outputs: ["y"] },
    ],
  });

test("normalisations and means of two become products and sums that calculate the same", async () => {
  const lowered = await expectSame(model(), (copy) => {
    inferModel(copy);
    lowerForTflite(copy, { kernels: "tflite" });
  });
  expect(operators(lowered).sort()).toEqual(["Add", "Add", "Add", "Mul", "Mul"]);
});

test("not for another runtime, and not what is excluded", () => {
  const others = model();
  lowerForTflite(others, { kernels: "onnxruntime" });
  expect(operators(others)).toEqual(["BatchNormalization", "Mean", "Sum"]);
  const kept = model();
  inferModel(kept);
  lowerForTflite(kept, { kernels: "tflite", exclude: ["norm"], excludeOperators: ["Mean", "Sum"] });
  expect(operators(kept)).toEqual(["BatchNormalization", "Mean", "Sum"]);
});
