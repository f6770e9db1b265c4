import type { OnnxModel } from "../graph/model.ts";
import { writeModel } from "../graph/write-model.ts";
import { inferModel } from "../infer/infer-model.ts";
import { lowerActivations } from "./lower-activations.ts";
import { lowerForTflite } from "./lower-for-tflite.ts";
import type { StaticOptions } from "./options.ts";
import { planPlacement } from "./plan-placement.ts";
import { prepareGraph } from "./prepare-graph.ts";

/**
 * The values whose ranges `quantiseStatic` needs with the same model and options. Simplify first: fewer nodes, fewer taps. Rewrites `model` into what has
 * integer kernels, without changing what it computes, so that the taps are those of the model that will be quantised.
 */
export function tapsFor(model: OnnxModel, options: StaticOptions = {}): string[] {
  prepareGraph(model);
  inferModel(model);
  lowerActivations(model, options);
  lowerForTflite(model, options);
  inferModel(model);
  const { rangeOf, bounded } = planPlacement(model.graph, options);
  return [...new Set([...rangeOf.values()].flat())].filter((value) => !bounded.has(value));
}

/** The model with the named values as additional outputs, as a file to be run for calibration. `model` itself stays as it is. */
export function addTaps(model: OnnxModel, names: readonly string[]): Uint8Array {
  const { outputs } = model.graph;
  const before = [...outputs];
  // A graph input is no output anywhere: the caller observes what it feeds.
  outputs.push(...names.filter((name) => !before.includes(name) && !model.graph.inputs.includes(name)));
  try {
    return writeModel(model);
  } finally {
    outputs.splice(0, outputs.length, ...before);
  }
}
