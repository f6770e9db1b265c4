import type { ReleaseManifest } from "@flotilla/contracts";

/**
 * A model whose one output is [n, classes] answers with classes. Labels settle it; without them a floating-point vector of at
 * least two values is taken for one.
 */
export function isClassification(manifest: Pick<ReleaseManifest, "labels" | "outputs">): boolean {
  const [output, another] = manifest.outputs;
  if (output === undefined || another !== undefined || output.shape.length !== 2) return false;
  const classes = output.shape[1];
  if (manifest.labels.length > 0) return classes === manifest.labels.length || typeof classes !== "number";
  return typeof classes === "number" && classes >= 2 && output.type.startsWith("float");
}

/** Index of the largest value; the first of equals, as numpy.argmax. NaN never wins. */
export function topClass(values: ArrayLike<number>, from = 0, to: number = values.length): number {
  let best = from;
  for (let index = from + 1; index < to; index += 1) {
    const value = Number(values[index]);
    const leader = Number(values[best]);
    if (value > leader || (Number.isNaN(leader) && !Number.isNaN(value))) best = index;
  }
  return best - from;
}
