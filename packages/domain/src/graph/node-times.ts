import type { GraphView, NodeTimes } from "@flotilla/contracts";

export interface DrawnTimes {
  /** By node, milliseconds in one run; null where the node has no kernel of its own. */
  own: readonly (number | null)[];
  /** The same with the quantisation that the compact drawing shows as a part of each node. */
  withFolded: readonly (number | null)[];
  /** Of the whole run. */
  totalMs: number;
}

/** Times as they are drawn. Times of nodes that the view does not have are left out: it was drawn from other bytes, or by another version. */
export function drawnTimes({ nodes }: GraphView, times: NodeTimes): DrawnTimes {
  const own: (number | null)[] = nodes.map(() => null);
  for (const { node, ms } of times.nodes) if (node < own.length) own[node] = ms;
  const withFolded = [...own];
  for (const [index, { foldedInto }] of nodes.entries()) {
    const ms = own[index] ?? null;
    if (foldedInto === undefined || ms === null) continue;
    withFolded[foldedInto] = (withFolded[foldedInto] ?? 0) + ms;
  }
  return { own, withFolded, totalMs: times.totalMs };
}
