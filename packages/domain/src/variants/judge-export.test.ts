import { type Recipe, type RecipePass, recipePassSchema } from "@flotilla/contracts";
import { describe, expect, test } from "vitest";
import { judgeExport, tflitePrecision } from "./judge-export.ts";

type PassInput = Parameters<typeof recipePassSchema.parse>[0];
const passes = (...inputs: PassInput[]): Pick<Recipe, "passes"> => ({
  passes: inputs.map((input): RecipePass => recipePassSchema.parse(input)),
});
const ort = { pass: "export", format: "ort" };
const tflite = { pass: "export", format: "tflite" };
const int8 = { pass: "int8-static", kernels: "tflite", activations: "int8" };

describe("what can be exported", () => {
  test.each<[string, PassInput[]]>([
    ["nothing at all", [{ pass: "int8-dynamic" }]],
    ["the clean graph", [{ pass: "simplify" }, tflite]],
    ["half precision", [{ pass: "fp16" }, tflite]],
    ["integers that were placed for TFLite", [int8, tflite]],
    ["unsigned ones too, which become signed", [{ ...int8, activations: "uint8" }, tflite]],
    ["weights that compress better", [{ pass: "cluster-weights" }, { pass: "round-mantissa" }, tflite]],
    [
      "everything to ORT",
      [{ pass: "int8-dynamic" }, { pass: "weight-only" }, { pass: "int8-static" }, { pass: "fp16", keepIo: false }, ort],
    ],
    ["open dimensions with their sizes", [{ ...tflite, dimensions: { width: 64 } }]],
  ])("%s", (_, inputs) => expect(judgeExport(passes(...inputs))).toBeNull());
});

describe("what cannot, each with its own code and what to do", () => {
  test.each<[string, PassInput[]]>([
    ["not-last", [ort, { pass: "simplify" }]],
    ["not-last", [ort, tflite]],
    ["dynamic-tflite", [{ pass: "int8-dynamic" }, tflite]],
    ["weight-only-tflite", [{ pass: "weight-only" }, tflite]],
    ["kernels-tflite", [{ pass: "int8-static", activations: "int8" }, tflite]],
    ["activations-tflite", [{ ...int8, activations: "int16" }, tflite]],
    ["recurrent-tflite", [{ ...int8, recurrent: true }, tflite]],
    ["fp16-io-tflite", [{ pass: "fp16", keepIo: false }, tflite]],
    ["mixed-tflite", [{ pass: "fp16", mixed: true }, tflite]],
    ["mixed-tflite", [{ pass: "fp16", exclude: ["softmax"] }, tflite]],
    ["dimensions-ort", [{ ...ort, dimensions: { width: 64 } }]],
  ])("%s", (code, inputs) => {
    const problem = judgeExport(passes(...inputs));
    expect(problem?.code).toBe(code);
    expect(problem?.sentence).toMatch(/(Put|Take|Set|Leave) /u);
  });
});

test("the numbers of a TFLite file follow from the passes before", () => {
  expect([passes(tflite), passes({ pass: "fp16" }, tflite), passes(int8, tflite)].map(tflitePrecision)).toEqual([
    "float32",
    "float16",
    "int8",
  ]);
});

test.each([{ format: "onnx" }, { format: "edge-tpu" }, { format: "tflite", dimensions: { n: 0 } }])("%o is no export", (input) => {
  expect(recipePassSchema.safeParse({ pass: "export", ...input }).success).toBe(false);
});
