import type { OnnxModel } from "../graph/model.ts";
import type { StaticOptions } from "../quantise/options.ts";
import { tapsFor } from "../quantise/taps.ts";
import { listLayers } from "../correct/layers.ts";

/**
 * The values whose ranges any choice of float layers may need. A layer in float makes values behind it that had their range from in front of it
 * need one of their own.
 */
export function calibrationTaps(model: OnnxModel, options: Omit<StaticOptions, "exclude"> = {}): string[] {
  const taps = new Set(tapsFor(model, options));
  for (const { name } of listLayers(model.graph)) for (const tap of tapsFor(model, { ...options, exclude: [name] })) taps.add(tap);
  return [...taps];
}
