import type { Recipe, RecipePass } from "@flotilla/contracts";

type StaticPass = Extract<RecipePass, { pass: "int8-static" }>;

export const observers = ["min-max", "moving-average", "percentile", "entropy", "mse"] as const satisfies readonly StaticPass["observer"][];

/** What a person may choose for static int8, in plain numbers. */
export interface StaticOptions {
  perChannel: boolean;
  observer: StaticPass["observer"];
  activations: "uint8" | "int8";
  weights: "int8" | "uint8";
  reduceRange: boolean;
  correctBias: boolean;
  compact: boolean;
  calibrationSamples: number;
}

export interface RecipeChoice {
  fp16: boolean;
  dynamic: boolean;
  static: boolean;
  options: StaticOptions;
  weightOnly: boolean;
  weightBits: 4 | 8;
  /** Fewer different weights: the download shrinks, the file does not. */
  cluster: boolean;
  clusters: number;
  mantissa: boolean;
  mantissaBits: number;
}

/** Dynamic int8 is for dense and recurrent nets: it makes convolutions slower than float, so with them a person has to want it. */
export function defaultChoice(convolutional: boolean): RecipeChoice {
  return {
    fp16: true,
    dynamic: !convolutional,
    static: true,
    options: {
      perChannel: true,
      observer: "min-max",
      activations: "uint8",
      weights: "int8",
      reduceRange: false,
      correctBias: false,
      compact: false,
      calibrationSamples: 128,
    },
    weightOnly: false,
    weightBits: 8,
    cluster: false,
    clusters: 24,
    mantissa: false,
    mantissaBits: 8,
  };
}

/** Whether a model convolves, in whichever format it came: Conv, Conv2D, DEPTHWISE_CONV_2D. */
export function hasConvolutions(operators: Readonly<Record<string, number>>): boolean {
  return Object.keys(operators).some((operator) => /conv(?!ert)/i.test(operator));
}

/** The recipes behind the ticks: each begins with the clean-up passes, and is named by what makes it different. */
export function toRecipes(choice: RecipeChoice): Recipe[] {
  const { clusters, mantissaBits: bits } = choice;
  return [
    ...(choice.fp16 ? [recipe("fp16", { pass: "fp16", keepIo: true })] : []),
    ...(choice.dynamic ? [recipe("int8 dynamic", { pass: "int8-dynamic", perChannel: true })] : []),
    ...(choice.static ? [staticRecipe(choice.options)] : []),
    ...(choice.weightOnly
      ? [recipe(`${choice.weightBits}-bit weights only`, { pass: "weight-only", bits: choice.weightBits, blockSize: 32, exclude: [] })]
      : []),
    ...(choice.cluster ? [recipe(`weights in ${clusters} clusters`, { pass: "cluster-weights", clusters })] : []),
    ...(choice.mantissa ? [recipe(`mantissas of ${bits} bits`, { pass: "round-mantissa", bits })] : []),
  ];
}

function recipe(name: string, pass: RecipePass): Recipe {
  return { schemaVersion: 1, name, passes: [{ pass: "simplify" }, pass] };
}

function staticRecipe(options: StaticOptions): Recipe {
  const { observer, weights, correctBias, compact, ...others } = options;
  // Unsigned weights do not saturate with all of their 8 bits.
  const reduceRange = options.reduceRange && weights === "int8";
  const details = [
    options.perChannel ? "per channel" : "per tensor",
    ...(observer === "min-max" ? [] : [`${observer} ranges`]),
    ...(options.activations === "int8" ? ["int8 activations"] : []),
    ...(weights === "uint8" ? ["uint8 weights"] : []),
    ...(reduceRange ? ["7-bit weights"] : []),
    ...(correctBias ? ["biases corrected"] : []),
    ...(compact ? ["compact"] : []),
  ];
  return recipe(`int8 static, ${details.join(", ")}`.slice(0, 80), {
    pass: "int8-static",
    exclude: [],
    ...others,
    observer,
    reduceRange,
    // What is not chosen is left out: the recipe then is, byte for byte, what it was before there was a choice.
    ...(weights === "int8" ? {} : { weights }),
    ...(correctBias ? { correctBias } : {}),
    ...(compact ? { compact } : {}),
  });
}
