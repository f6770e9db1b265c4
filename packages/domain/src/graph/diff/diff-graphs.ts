import type { GraphView } from "@flotilla/contracts";
import { comparePair } from "./compare-pair.ts";
import type { DiffEntry } from "./diff-entry.ts";
import { findAbsorber } from "./find-absorber.ts";
import { nodeCosts } from "../node-costs.ts";
import { toSide } from "./graph-side.ts";
import { matchNodes } from "./match-nodes.ts";

export interface GraphDiff {
  /** In the order of the source; what was added comes last. */
  readonly entries: readonly DiffEntry[];
  /** The entry of each node that is drawn. */
  readonly bySource: ReadonlyMap<number, DiffEntry>;
  readonly byVariant: ReadonlyMap<number, DiffEntry>;
}

/** What an optimisation made of a graph, node by node. */
export function diffGraphs(sourceView: GraphView, variantView: GraphView): GraphDiff {
  const [source, variant] = [toSide(sourceView), toSide(variantView)];
  const pairs = matchNodes(source, variant);
  const absorbers = new Map<number, number>();
  for (const node of source.nodes) {
    const into = pairs.has(node) ? null : findAbsorber(source, pairs, node);
    if (into !== null) absorbers.set(node, into);
  }
  const absorbed = Map.groupBy(absorbers.keys(), (node) => absorbers.get(node) ?? node);
  const [before, after] = [nodeCosts(sourceView), nodeCosts(variantView)];
  const bySource = new Map<number, DiffEntry>();
  const byVariant = new Map<number, DiffEntry>();
  for (const node of source.nodes) {
    const other = pairs.get(node);
    if (other === undefined) bySource.set(node, gone(node, pairs.get(absorbers.get(node) ?? node) ?? null));
    else {
      const bytes = [before[node]?.bytes ?? 0, after[other]?.bytes ?? 0] as const;
      const entry = comparePair(sourceView, variantView, { node, other, absorbed: absorbed.get(node) ?? [], bytes });
      bySource.set(node, entry);
      byVariant.set(other, entry);
    }
  }
  const added = variant.nodes
    .filter((node) => !byVariant.has(node))
    .map((node): DiffEntry => ({ status: "added", source: null, variant: node, absorbed: [], changes: [] }));
  const entries = [...bySource.values(), ...added];
  for (const entry of added) if (entry.variant !== null) byVariant.set(entry.variant, entry);
  return { entries, bySource, byVariant };
}

function gone(source: number, into: number | null): DiffEntry {
  return { status: into === null ? "removed" : "fused", source, variant: into, absorbed: [], changes: [] };
}
