import { createHash } from "node:crypto";
import { type ModelCard, needsCalibration, type Recipe } from "@flotilla/contracts";

/** Grows with every change after which the same recipe may give other bytes. */
const TOOL_VERSION = "flotilla-onnx-3";

export interface CacheKeyInput {
  sourceSha256: string;
  recipe: Recipe;
  calibrationSha256: string | null;
  card: ModelCard;
}

/** Names what a variant is made of: the same key, the same bytes. Calibration data and card count only for recipes that calibrate. */
export function variantCacheKey({ sourceSha256, recipe, calibrationSha256, card }: CacheKeyInput): string {
  const calibrates = recipe.passes.some(needsCalibration);
  const parts = [TOOL_VERSION, sourceSha256, recipe.passes, calibrates ? [calibrationSha256, card.preprocessing] : null];
  return createHash("sha256").update(canonical(parts)).digest("hex");
}

/** JSON with sorted keys: jsonb gives them back in another order than they went in. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
