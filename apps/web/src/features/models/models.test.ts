import { describe, expect, it } from "vitest";
import { defaultGateChoice, toGates } from "../jobs/gate-choices.ts";
import { defaultChoice, toRecipes } from "../jobs/recipe-choices.ts";
import { recipeSchema, type TensorSpec } from "@flotilla/contracts";
import { inferPreprocessing } from "./infer-preprocessing.ts";

const tensor = (shape: TensorSpec["shape"], type: TensorSpec["type"] = "float32"): TensorSpec => ({ name: "x", type, shape });

describe("inferPreprocessing", () => {
  it("[n, 28, 28, 1] is a grey NHWC picture, scaled by 1/255", () => {
    expect(inferPreprocessing(tensor(["n", 28, 28, 1]))).toMatchObject({
      layout: "nhwc",
      width: 28,
      height: 28,
      channels: 1,
      scale: 1 / 255,
      mean: [0],
      std: [1],
    });
  });
  it("[1, 3, 480, 640] is a colour NCHW picture, height before width", () => {
    expect(inferPreprocessing(tensor([1, 3, 480, 640]))).toMatchObject({ layout: "nchw", width: 640, height: 480, channels: 3 });
  });
  it("integer inputs take raw pixels", () => expect(inferPreprocessing(tensor([1, 8, 8, 3], "uint8"))?.scale).toBe(1));
  it.each([
    ["no input", undefined],
    ["a vector", tensor([1, 10])],
    ["five axes", tensor([1, 2, 3, 4, 3])],
    ["no axis with 1 or 3", tensor([1, 8, 8, 16])],
  ])("%s is no picture", (_, input) => expect(inferPreprocessing(input)).toBeNull());
});

describe("recipes and gates of the dialog", () => {
  it("are what the API takes", () => {
    const recipes = toRecipes(defaultChoice(false));
    expect(recipes.map((recipe) => recipe.name)).toEqual(["fp16", "int8 dynamic", "int8 static, per channel"]);
    for (const recipe of recipes) expect(recipeSchema.safeParse(recipe).success).toBe(true);
  });
  it("say percent and percentage points in the API's units, and no accuracy gate without labels", () => {
    expect(toGates(defaultGateChoice, true)).toEqual([
      { metric: "accuracy-drop", comparison: "at-most", limit: 0.5 },
      { metric: "agreement", comparison: "at-least", limit: 0.99 },
    ]);
    expect(toGates({ ...defaultGateChoice, latency: -20, integerKernels: 95 }, false)).toEqual([
      { metric: "agreement", comparison: "at-least", limit: 0.99 },
      { metric: "latency-ratio", comparison: "at-most", limit: 0.8 },
      { metric: "integer-kernels", comparison: "at-least", limit: 0.95 },
    ]);
  });
});
