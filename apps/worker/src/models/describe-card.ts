import type { ModelCard } from "@flotilla/contracts";
import type { TfliteDescription } from "@flotilla/convert";

/** What the card knows, as readers of TFLite metadata expect it: (pixel − mean) / std for pixels of 0…255. */
export function describeCard({ labels, preprocessing }: Pick<ModelCard, "labels" | "preprocessing">): Omit<TfliteDescription, "name"> {
  if (preprocessing === null || preprocessing.scale === 0) return { labels };
  const { scale, channels, width, height } = preprocessing;
  const overScale = (values: readonly number[]): number[] => values.map((value) => value / scale);
  return { labels, image: { mean: overScale(preprocessing.mean), std: overScale(preprocessing.std), channels, width, height } };
}
