import type { VariantFormat } from "@flotilla/contracts";
import type { TargetProfile } from "@flotilla/contracts/profiles";
import type { TargetFacts } from "@flotilla/contracts/targets";

/** Why a kind of device cannot run a model as it stands. */
export type TargetObstacle =
  | { readonly kind: "format"; readonly formats: readonly string[] }
  | { readonly kind: "opset"; readonly opset: number; readonly maxOpset: number }
  | { readonly kind: "operators"; readonly operators: readonly string[] }
  | { readonly kind: "float" }
  | { readonly kind: "shapes" }
  | { readonly kind: "memory"; readonly needsBytes: number; readonly hasBytes: number }
  | { readonly kind: "storage"; readonly needsBytes: number; readonly hasBytes: number };

/** Nodes that only say where integers begin and end, or nothing at all. */
const NEUTRAL = new Set(["QuantizeLinear", "DequantizeLinear", "Identity", "Constant"]);

/**
 * What keeps a kind of device from running a model, by the profile's typical numbers; nothing where it can. `model` describes it as ONNX; `formats` are those of
 * its files. That it has to become another format first is `format`, and said beside the rest.
 */
export function judgeTarget(model: TargetFacts, profile: TargetProfile, formats: readonly VariantFormat[]): TargetObstacle[] {
  const obstacles: TargetObstacle[] = [];
  if (!profile.formats.some((format) => formats.includes(format))) obstacles.push({ kind: "format", formats: profile.formats });
  const opset = model.opsets[""] ?? 0;
  if (profile.maxOpset !== null && opset > profile.maxOpset) obstacles.push({ kind: "opset", opset, maxOpset: profile.maxOpset });
  const missing = Object.keys(model.operators).filter((name) => !NEUTRAL.has(name) && !knows(profile, name));
  if (missing.length > 0) obstacles.push({ kind: "operators", operators: missing });
  if (profile.quantisation.fullInteger && (model.operators["QuantizeLinear"] ?? 0) === 0) obstacles.push({ kind: "float" });
  if (profile.staticShapes && model.inputs.some(({ shape }) => shape.slice(1).some((size) => typeof size !== "number")))
    obstacles.push({ kind: "shapes" });
  const needsBytes = model.memoryEstimateBytes ?? model.weightBytes;
  if (needsBytes > profile.memoryBytes) obstacles.push({ kind: "memory", needsBytes, hasBytes: profile.memoryBytes });
  if (model.sizeBytes > profile.storageBytes)
    obstacles.push({ kind: "storage", needsBytes: model.sizeBytes, hasBytes: profile.storageBytes });
  return obstacles;
}

/** A profile without a list runs all of the operator set. */
function knows({ operators }: TargetProfile, name: string): boolean {
  return operators.length === 0 || operators.includes(name);
}
