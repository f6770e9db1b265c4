import { applyPreset, defaultChoice, type RecipeChoice } from "./recipe-choices.ts";

/** What an address may ask the dialog to begin with. */
export const startChoices = ["tflite-int8"] as const;

/** The recipes that the dialog begins with. */
export function startChoice(convolutional: boolean, start: (typeof startChoices)[number] | null): RecipeChoice {
  const usual = defaultChoice(convolutional);
  if (start === null) return usual;
  return applyPreset(usual, "tfliteInt8");
}
