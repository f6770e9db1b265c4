import { recipeSchema } from "@flotilla/contracts";
import { expect, test } from "vitest";
import { defaultChoice, hasConvolutions, toRecipes } from "./recipe-choices.ts";

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
