import { recipeSchema } from "@flotilla/contracts";
import { expect, test } from "vitest";
import { applyPreset, defaultChoice, hasConvolutions, openDimensions, problemOf, toRecipes } from "./recipe-choices.ts";

const none = { ...defaultChoice(true), fp16: false, dynamic: false, static: false };

test.each([
  [{ Conv: 3, Gemm: 1 }, true],
  [{ DEPTHWISE_CONV_2D: 1 }, true],
  [{ ConvTranspose: 1 }, true],
  [{ MatMul: 4, LSTM: 1, Converter: 1 }, false],
])("%j has convolutions: %s", (operators, expected) => {
  expect(hasConvolutions(operators)).toBe(expected);
  expect(defaultChoice(expected).dynamic).toBe(!expected);
});

test("each tick is one recipe that the contract knows, with a name of its own", () => {
  const all = toRecipes({ ...none, fp16: true, dynamic: true, static: true, weightOnly: true, cluster: true, mantissa: true });
  expect(all.map((recipe) => recipeSchema.parse(recipe).passes[1]?.pass)).toEqual([
    "fp16",
    "int8-dynamic",
    "int8-static",
    "weight-only",
    "cluster-weights",
    "round-mantissa",
  ]);
  expect(new Set(all.map(({ name }) => name)).size).toBe(6);
});

test("an operator set is set behind the pass, before the export, and not for TFLite, which has none", () => {
  const choice = { ...none, plain: true, static: true, opset: 13 };
  const passesOf = (format: "onnx" | "ort" | "tflite") =>
    toRecipes({ ...choice, format }).map((recipe) => recipeSchema.parse(recipe).passes.map(({ pass }) => pass));
  expect(passesOf("onnx")).toEqual([
    ["simplify", "opset"],
    ["simplify", "int8-static", "opset"],
  ]);
  expect(passesOf("ort")[1]).toEqual(["simplify", "int8-static", "opset", "export"]);
  expect(passesOf("tflite").flat()).not.toContain("opset");
  expect(toRecipes(choice)[0]?.name).toBe("fp32, opset 13");
});

test("what is chosen of static int8 is in the recipe and in its name", () => {
  const { options } = none;
  const [recipe] = toRecipes({
    ...none,
    static: true,
    options: { ...options, observer: "entropy", weights: "uint8", reduceRange: true, compact: true },
  });
  expect(recipe?.name).toBe("int8 static, per channel, entropy ranges, uint8 weights, compact");
  // Unsigned weights do not saturate, so nothing is gained by a bit less.
  expect(recipe?.passes[1]).toMatchObject({ observer: "entropy", weights: "uint8", reduceRange: false, compact: true });
});

test("another format ends each recipe with an export and is in its name; the clean graph alone is then a recipe as well", () => {
  const all = { ...none, plain: true, fp16: true, dynamic: true, static: true };
  expect(toRecipes(all).map(({ passes }) => passes.at(-1)?.pass)).toEqual(["fp16", "int8-dynamic", "int8-static"]);
  const exported = toRecipes({ ...all, format: "ort" });
  expect(exported.map(({ name }) => name)).toEqual(["ORT, fp32", "ORT, fp16", "ORT, int8 dynamic", "ORT, int8 static, per channel"]);
  for (const recipe of exported)
    expect(recipeSchema.parse(recipe).passes.at(-1)).toEqual({ pass: "export", format: "ort", dimensions: {} });
});

test("a preset for TFLite takes its kernels' integers, and what TFLite cannot hold is not sent but explained", () => {
  const choice = applyPreset({ ...none, dynamic: true, weightOnly: true, dimensions: { width: 64 } }, "tfliteInt8");
  const [recipe, ...others] = toRecipes({ ...choice, dynamic: true, weightOnly: true });
  expect(others).toEqual([]);
  expect(recipe?.passes.slice(1)).toMatchObject([
    { pass: "int8-static", kernels: "tflite", activations: "int8" },
    { pass: "export", format: "tflite", dimensions: { width: 64 } },
  ]);
  expect([problemOf(choice, "dynamic"), problemOf(choice, "weightOnly"), problemOf(choice, "static")]).toEqual([
    "dynamic-tflite",
    "weight-only-tflite",
    null,
  ]);
});

test("open dimensions are those that have a name and are no batch", () => {
  const input = (shape: (number | string | null)[]) => ({ name: "x", type: "float32" as const, shape });
  expect(openDimensions({ inputs: [input(["n", "height", "width", 3]), input(["n", "width"]), input([1, null])] })).toEqual([
    "height",
    "width",
  ]);
});
