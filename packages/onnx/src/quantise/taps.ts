import type { OnnxModel } from "../graph/model.ts";
import { writeModel } from "../graph/write-model.ts";
import { inferModel } from "../infer/infer-model.ts";
import type { StaticOptions } from "./options.ts";
import { planPlacement } from "./plan-placement.ts";

/** The values whose ranges `quantiseStatic` needs with the same model and options. Simplify first: fewer nodes, fewer taps. */
export function tapsFor(model: OnnxModel, options: StaticOptions = {}): string[] {
  inferModel(model);
  const placement = planPlacement(model.graph, new Set(options.exclude));
  return [...new Set(placement.rangeOf.values())];
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
