import type { Recipe } from "@flotilla/contracts";

/** What a person may choose for static int8, in plain numbers. */
export interface StaticOptions {
  perChannel: boolean;
  activations: "uint8" | "int8";
  reduceRange: boolean;
  calibrationSamples: number;
}

export interface RecipeChoice {
  fp16: boolean;
  dynamic: boolean;
  static: boolean;
  options: StaticOptions;
}

export const defaultChoice: RecipeChoice = {
  fp16: true,
  dynamic: true,
  static: true,
  options: { perChannel: true, activations: "uint8", reduceRange: false, calibrationSamples: 128 },
};

/** The recipes behind the ticks: each begins with the clean-up passes, and is named by what makes it different. */
export function toRecipes({ fp16, dynamic, static: isStatic, options }: RecipeChoice): Recipe[] {
  const recipes: Recipe[] = [];
  if (fp16) recipes.push({ schemaVersion: 1, name: "fp16", passes: [{ pass: "simplify" }, { pass: "fp16", keepIo: true }] });
  if (dynamic)
    recipes.push({ schemaVersion: 1, name: "int8 dynamic", passes: [{ pass: "simplify" }, { pass: "int8-dynamic", perChannel: true }] });
  if (isStatic) {
    const details = [
      options.perChannel ? "per channel" : "per tensor",
      ...(options.activations === "int8" ? ["int8 activations"] : []),
      ...(options.reduceRange ? ["7-bit weights"] : []),
    ];
    recipes.push({
      schemaVersion: 1,
      name: `int8 static, ${details.join(", ")}`,
      passes: [{ pass: "simplify" }, { pass: "int8-static", observer: "min-max", exclude: [], ...options }],
    });
  }
  return recipes;
}
