import type { Inspection, Recipe, RecipePass, VariantFormat } from "@flotilla/contracts";
import { type ExportProblemCode, judgeExport } from "@flotilla/domain";

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

/** The recipes that can be ticked, in their order on screen. `plain` only cleans the graph up: it is for another format or operator set than the original's. */
const recipeKeys = ["plain", "fp16", "dynamic", "static", "weightOnly", "cluster", "mantissa"] as const;
export type RecipeKey = (typeof recipeKeys)[number];

export interface RecipeChoice {
  /** Of the files that the recipes make. */
  format: VariantFormat;
  /** Sizes of open dimensions, for TFLite. */
  dimensions: Record<string, number>;
  /** The operator set of the files; null leaves it as the passes need it. TFLite has none. */
  opset: number | null;
  plain: boolean;
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
    format: "onnx",
    dimensions: {},
    opset: null,
    plain: false,
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

/** Ready-made choices, by what they are for. */
export const presets = ["tfliteInt8", "ortSmall"] as const;

export function applyPreset(choice: RecipeChoice, preset: (typeof presets)[number]): RecipeChoice {
  const none = { plain: false, fp16: false, dynamic: false, static: false, weightOnly: false, cluster: false, mantissa: false };
  return preset === "tfliteInt8"
    ? { ...choice, ...none, format: "tflite", static: true }
    : { ...choice, ...none, format: "ort", plain: true, static: true };
}

/** Open dimensions that need a size before a file with fixed shapes can be written: all but those in front, which are batches of one. */
export function openDimensions({ inputs }: Pick<Inspection, "inputs">): string[] {
  const behind = inputs.flatMap(({ shape }) => shape.slice(1).filter((size) => typeof size === "string"));
  return [...new Set(behind)];
}

/** The recipes behind the ticks, without those that the format cannot hold. */
export function toRecipes(choice: RecipeChoice): Recipe[] {
  return recipeKeys
    .filter((key) => choice[key] && (key !== "plain" || isRewritten(choice)) && problemOf(choice, key) === null)
    .map((key) => toRecipe(choice, key));
}

/** Whether even a recipe that changes no number gives another file than the original. */
export function isRewritten({ format, opset }: Pick<RecipeChoice, "format" | "opset">): boolean {
  return format !== "onnx" || opset !== null;
}

/** Why a recipe cannot become a file of the chosen format; null where it can. */
export function problemOf(choice: RecipeChoice, key: RecipeKey): ExportProblemCode | null {
  return judgeExport(toRecipe(choice, key))?.code ?? null;
}

/** Begins with the clean-up passes, is named by what makes it different, and ends with the export. */
function toRecipe(choice: RecipeChoice, key: RecipeKey): Recipe {
  const { format, dimensions } = choice;
  const opset = format === "tflite" ? null : choice.opset;
  const [made, pass] = describe(choice, key);
  const name = opset === null ? made : `${made}, opset ${opset}`.slice(0, 80);
  const passes: RecipePass[] = [
    { pass: "simplify" },
    ...(pass === null ? [] : [pass]),
    ...(opset === null ? [] : [{ pass: "opset", opset } as const]),
  ];
  if (format === "onnx") return { schemaVersion: 1, name, passes };
  const exported: RecipePass = { pass: "export", format, dimensions: format === "tflite" ? dimensions : {} };
  return { schemaVersion: 1, name: `${format === "ort" ? "ORT" : "TFLite"}, ${name}`.slice(0, 80), passes: [...passes, exported] };
}

function describe(choice: RecipeChoice, key: RecipeKey): [string, RecipePass | null] {
  const { clusters, mantissaBits, weightBits } = choice;
  switch (key) {
    case "plain":
      return ["fp32", null];
    case "fp16":
      return ["fp16", { pass: "fp16", keepIo: true }];
    case "dynamic":
      return ["int8 dynamic", { pass: "int8-dynamic", perChannel: true }];
    case "static":
      return describeStatic(choice.format === "tflite" ? forTflite(choice.options) : choice.options, choice.format);
    case "weightOnly":
      return [`${weightBits}-bit weights only`, { pass: "weight-only", bits: weightBits, blockSize: 32, exclude: [] }];
    case "cluster":
      return [`weights in ${clusters} clusters`, { pass: "cluster-weights", clusters }];
    case "mantissa":
      return [`mantissas of ${mantissaBits} bits`, { pass: "round-mantissa", bits: mantissaBits }];
    default:
      return key satisfies never;
  }
}

/** TFLite's kernels leave no choice: signed activations, and signed weights of all 8 bits. */
function forTflite(options: StaticOptions): StaticOptions {
  return { ...options, activations: "int8", weights: "int8", reduceRange: false, compact: false };
}

function describeStatic(options: StaticOptions, format: VariantFormat): [string, RecipePass] {
  const { observer, weights, correctBias, compact, ...others } = options;
  // Unsigned weights do not saturate with all of their 8 bits.
  const reduceRange = options.reduceRange && weights === "int8";
  const details = [
    options.perChannel ? "per channel" : "per tensor",
    ...(observer === "min-max" ? [] : [`${observer} ranges`]),
    ...(options.activations === "int8" && format !== "tflite" ? ["int8 activations"] : []),
    ...(weights === "uint8" ? ["uint8 weights"] : []),
    ...(reduceRange ? ["7-bit weights"] : []),
    ...(correctBias ? ["biases corrected"] : []),
    ...(compact ? ["compact"] : []),
  ];
  const pass: RecipePass = {
    pass: "int8-static",
    exclude: [],
    ...others,
    observer,
    reduceRange,
    // What is not chosen is left out: the recipe then is, byte for byte, what it was before there was a choice.
    ...(weights === "int8" ? {} : { weights }),
    ...(correctBias ? { correctBias } : {}),
    ...(compact ? { compact } : {}),
    ...(format === "tflite" ? { kernels: format } : {}),
  };
  return [`int8 static, ${details.join(", ")}`.slice(0, 80), pass];
}
