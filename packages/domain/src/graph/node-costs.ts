import type { GraphView } from "@flotilla/contracts";

export interface NodeCost {
  parameters: number;
  bytes: number;
}

/** What each node costs, with the quantisation that the compact drawing shows as a part of it. */
export function nodeCosts({ nodes }: GraphView): NodeCost[] {
  const costs = nodes.map(({ parameters, bytes }): NodeCost => ({ parameters, bytes }));
  for (const { foldedInto, parameters, bytes } of nodes) {
    const owner = foldedInto === undefined ? undefined : costs[foldedInto];
    if (owner === undefined) continue;
    owner.parameters += parameters;
    owner.bytes += bytes;
  }
  return costs;
}
