import type { GraphPrecision } from "@flotilla/contracts";

/**
 * What became of a node. `quantised`: it runs on, or stores, integers now; `changed`: other attributes, precision or operator; `fused`: it went into
 * another one, or it is the one that others went into.
 */
export const diffStatuses = ["quantised", "fused", "changed", "removed", "added", "kept"] as const;
export type DiffStatus = (typeof diffStatuses)[number];

export type NodeChange =
  | { readonly kind: "precision"; readonly from: GraphPrecision; readonly to: GraphPrecision }
  | { readonly kind: "operator" | "attribute" | "shape"; readonly name: string; readonly from: string; readonly to: string }
  | { readonly kind: "bytes"; readonly from: number; readonly to: number };

export interface DiffEntry {
  readonly status: DiffStatus;
  /** The node in the source; null where it was added. */
  readonly source: number | null;
  /** The node in the variant: the one that it became, or went into; null where it was removed. */
  readonly variant: number | null;
  /** Source nodes that went into it. */
  readonly absorbed: readonly number[];
  readonly changes: readonly NodeChange[];
}
