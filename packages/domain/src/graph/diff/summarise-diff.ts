import type { GraphView } from "@flotilla/contracts";
import { opFamily } from "../op-family.ts";
import { type DiffStatus, diffStatuses } from "./diff-entry.ts";
import type { GraphDiff } from "./diff-graphs.ts";

/** How much of what carries the weight of the computation became integers. */
export interface FamilyCount {
  readonly total: number;
  readonly int8: number;
  readonly int8Weights: number;
  readonly float16: number;
}

export interface DiffSummary {
  readonly convolutions: FamilyCount;
  readonly products: FamilyCount;
  readonly counts: Readonly<Record<DiffStatus, number>>;
  /** Nodes that went into others, by operator, the most frequent first. */
  readonly fused: readonly { readonly op: string; readonly count: number }[];
}

export function summariseDiff(source: GraphView, variant: GraphView, diff: GraphDiff): DiffSummary {
  const counts = Object.fromEntries(diffStatuses.map((status) => [status, 0])) as Record<DiffStatus, number>;
  const fused = new Map<string, number>();
  const families = { convolution: empty(), product: empty() };
  for (const entry of diff.entries) {
    counts[entry.status] += 1;
    const node = entry.source === null ? undefined : source.nodes[entry.source];
    if (node === undefined) continue;
    if (entry.status === "fused" && diff.byVariant.get(entry.variant ?? -1) !== entry) fused.set(node.op, (fused.get(node.op) ?? 0) + 1);
    const family = opFamily(node.op);
    if (family !== "convolution" && family !== "product") continue;
    const precision = entry.variant === null ? "other" : variant.nodes[entry.variant]?.precision;
    const count = families[family];
    count.total += 1;
    if (precision === "int8") count.int8 += 1;
    if (precision === "int8-weights") count.int8Weights += 1;
    if (precision === "float16" && node.precision !== "float16") count.float16 += 1;
  }
  const sorted = [...fused].map(([op, count]) => ({ op, count })).sort((left, right) => right.count - left.count);
  return { convolutions: families.convolution, products: families.product, counts, fused: sorted };
}

const empty = () => ({ total: 0, int8: 0, int8Weights: 0, float16: 0 });
