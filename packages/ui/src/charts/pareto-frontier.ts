import type { ParetoPoint } from "./meets-budget.ts";

/**
 * The points that no other beats in both size and latency, from small to large; of those that keep the agreement, where one is asked for, since a wrong
 * answer can always be had in fewer bytes.
 */
export function paretoFrontier(points: readonly ParetoPoint[], minAgreement: number | null): ParetoPoint[] {
  const frontier: ParetoPoint[] = [];
  const sorted = points
    .filter(({ agreement }) => minAgreement === null || (agreement !== null && agreement >= minAgreement))
    .toSorted((left, right) => left.sizeBytes - right.sizeBytes || left.latencyMs - right.latencyMs);
  for (const point of sorted) {
    const fastest = frontier.at(-1);
    if (fastest === undefined || point.latencyMs < fastest.latencyMs) frontier.push(point);
  }
  return frontier;
}
