import { readFile } from "node:fs/promises";
import { FlotillaError } from "@flotilla/contracts";
import { OnnxError } from "@flotilla/onnx";
import { type Candidate, QUANT_PROFILES } from "@flotilla/onnx/optimise";
import { samples } from "@flotilla/samples";
import { describe, expect, test } from "vitest";
import { toRecipe } from "./candidate-recipe.ts";
import { checkCandidate, exportCandidate, recordingRefusals } from "./export-candidate.ts";

const mcu = { format: "tflite", fullInteger: true, description: { labels: ["zero", "one"] } } as const;
const phone = { ...mcu, fullInteger: false };
const recipeOf = (candidate: Candidate, format: "onnx" | "tflite" = "tflite") =>
  toRecipe(candidate, [{ pass: "simplify" }], { calibrationSamples: 8, format });
const int8 = (options = QUANT_PROFILES.tflite, exclude: string[] = []): Candidate => ({
  method: "int8-static",
  observer: "min-max",
  options,
  equalise: false,
  correctBias: false,
  roundAdaptively: [],
  exclude,
});

describe("what a target cannot be given is refused before it is built", () => {
  test.each<[string, Candidate, RegExp]>([
    ["dynamic int8", { method: "int8-dynamic" }, /Dynamic int8 has no counterpart in TFLite/],
    ["weights alone", { method: "weight-only", exclude: [] }, /have no counterpart in TFLite/],
    ["float on integers", { method: "fp16" }, /calculates on integers only/],
    ["a layer in float", int8(QUANT_PROFILES.tflite, ["dense"]), /calculates on integers only/],
  ])("%s", (_, candidate, sentence) => {
    expect(() => checkCandidate(recipeOf(candidate), mcu)).toThrow(OnnxError);
    expect(() => checkCandidate(recipeOf(candidate), mcu)).toThrow(sentence);
  });

  test("integers alone pass, and where there is float too, half precision and single layers as well", () => {
    checkCandidate(recipeOf(int8()), mcu);
    checkCandidate(recipeOf({ method: "fp16" }), phone);
    checkCandidate(recipeOf(int8(QUANT_PROFILES.tflite, ["dense"])), phone);
    checkCandidate(recipeOf({ method: "int8-dynamic" }, "onnx"), { ...phone, format: "onnx" });
  });
});

test("a candidate becomes the file that its recipe will make, with the card's words in it", async () => {
  const bytes = await readFile(samples.mnistCnn);
  const recipe = recipeOf({ method: "fp16" });
  const file = exportCandidate(bytes, recipe, phone);
  expect(Buffer.from(file.bytes).subarray(4, 8).toString()).toBe("TFL3");
  expect(Buffer.from(file.bytes).includes("zero\none")).toBe(true);
  expect(file.tensors?.inputs).toMatchObject([{ name: "image", type: "float32" }]);
  expect(exportCandidate(bytes, recipe, { ...phone, format: "onnx" })).toEqual({ bytes, tensors: null });
});

test("what the runtime here refuses is said of the candidate; what has nothing to do with it ends the search", async () => {
  const failing = (error: Error, format: "onnx" | "tflite" = "tflite") =>
    recordingRefusals({ ...phone, format }, async () => {
      throw error;
    });
  const refused = new FlotillaError("RUNTIME_REFUSED", "TensorFlow Lite could not open the file.");
  await expect(failing(refused)).rejects.toThrow(OnnxError);
  await expect(failing(refused)).rejects.toThrow("could not open");
  await expect(failing(refused, "onnx")).rejects.toBe(refused);
  const memory = new FlotillaError("OUT_OF_MEMORY", "no");
  await expect(failing(memory)).rejects.toBe(memory);
});
