import type { Recipe, RecipePass } from "@flotilla/contracts";

/** Why a recipe cannot be exported. Stable codes: screens have a sentence for each. */
export type ExportProblemCode =
  | "not-last"
  | "dynamic-tflite"
  | "weight-only-tflite"
  | "kernels-tflite"
  | "activations-tflite"
  | "recurrent-tflite"
  | "fp16-io-tflite"
  | "mixed-tflite"
  | "dimensions-ort";

export interface ExportProblem {
  readonly code: ExportProblemCode;
  /** What is wrong and what to do, in English. */
  readonly sentence: string;
}

const SENTENCES: Record<ExportProblemCode, string> = {
  "not-last": "The export has to be the last pass, and only one: nothing can be changed in an exported file. Put it at the end.",
  "dynamic-tflite":
    "Dynamic int8 has no counterpart in TFLite: its kernels want ranges that are known beforehand. Take static int8 with TFLite's kernels, or fp16.",
  "weight-only-tflite":
    "Weights that are unpacked in each run have no counterpart in TFLite. Take fp16, or static int8 with TFLite's kernels.",
  "kernels-tflite":
    "Static int8 places its integers for ONNX Runtime's kernels, which are not TFLite's. Set `kernels` to \"tflite\" in the int8 pass.",
  "activations-tflite": 'TFLite\'s int8 kernels take activations of 8 bits. Set `activations` to "int8" in the int8 pass.',
  "recurrent-tflite": "TFLite has no counterpart for LSTM layers that are quantised in each run. Leave `recurrent` out of the int8 pass.",
  "fp16-io-tflite": "TFLite keeps inputs and outputs in float32 and stores only weights in 16 bits. Leave `keepIo` on in the fp16 pass.",
  "mixed-tflite":
    "TFLite stores weights in 16 bits and calculates in 32, so nothing can overflow and nothing has to stay in float32. Leave `mixed` and the exclusions out of the fp16 pass.",
  "dimensions-ort":
    "Sizes of dimensions are for TFLite, whose shapes are fixed. Leave `dimensions` out, or bind the inputs with a pass before.",
};

/** What keeps a recipe from being exported as its last pass asks; null where nothing does, or where it exports nothing. */
export function judgeExport({ passes }: Pick<Recipe, "passes">): ExportProblem | null {
  const at = passes.findIndex(({ pass }) => pass === "export");
  const last = passes[at];
  if (last?.pass !== "export") return null;
  const code = at < passes.length - 1 ? "not-last" : last.format === "tflite" ? firstOf(passes) : whyNotOrt(last);
  return code === null ? null : { code, sentence: SENTENCES[code] };
}

/**
 * In which numbers a recipe's TFLite file calculates and stores: integers behind static int8, weights of 16 bits behind fp16, else float32.
 */
export function tflitePrecision({ passes }: Pick<Recipe, "passes">): "float32" | "float16" | "int8" {
  if (passes.some(({ pass }) => pass === "int8-static")) return "int8";
  return passes.some(({ pass }) => pass === "fp16") ? "float16" : "float32";
}

function firstOf(passes: readonly RecipePass[]): ExportProblemCode | null {
  for (const pass of passes) {
    const code = whyNotTflite(pass);
    if (code !== null) return code;
  }
  return null;
}

function whyNotTflite(pass: RecipePass): ExportProblemCode | null {
  if (pass.pass === "int8-dynamic") return "dynamic-tflite";
  if (pass.pass === "weight-only") return "weight-only-tflite";
  if (pass.pass === "fp16") {
    if (!pass.keepIo) return "fp16-io-tflite";
    return pass.mixed === true || (pass.exclude ?? []).length > 0 || (pass.excludeOperators ?? []).length > 0 ? "mixed-tflite" : null;
  }
  if (pass.pass !== "int8-static") return null;
  if (pass.kernels !== "tflite") return "kernels-tflite";
  if (pass.activations !== "int8" && pass.activations !== "uint8") return "activations-tflite";
  return pass.recurrent === true ? "recurrent-tflite" : null;
}

function whyNotOrt({ dimensions }: Extract<RecipePass, { pass: "export" }>): ExportProblemCode | null {
  return Object.keys(dimensions).length > 0 ? "dimensions-ort" : null;
}
