import { expect, test } from "vitest";
import { defaultChoice, toRecipes } from "./recipe-choices.ts";
import { startChoice } from "./start-choice.ts";

test("without a wish the dialog begins as ever", () => expect(startChoice(true, null)).toEqual(defaultChoice(true)));

test("for the Edge TPU it begins with static int8 alone, signed throughout", () => {
  const recipes = toRecipes(startChoice(true, "tflite-int8"));
  expect(recipes.map(({ passes }) => passes.at(-1))).toMatchObject([{ pass: "int8-static", activations: "int8" }]);
});
