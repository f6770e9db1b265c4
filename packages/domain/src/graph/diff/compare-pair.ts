import type { GraphNode, GraphPrecision, GraphValue, GraphView } from "@flotilla/contracts";
import type { DiffEntry, DiffStatus, NodeChange } from "./diff-entry.ts";

const QUANTISED: ReadonlySet<GraphPrecision> = new Set(["int8", "int8-weights", "int4-weights", "other-quantised"]);

export interface Pair {
  readonly node: number;
  readonly other: number;
  readonly absorbed: readonly number[];
  /** Bytes of the constants before and after, those of the quantisation included. */
  readonly bytes: readonly [from: number, to: number];
}

/** What is different between a node and the one that it became. */
export function comparePair(source: GraphView, variant: GraphView, { node, other, absorbed, bytes }: Pair): DiffEntry {
  const [from, to] = [source.nodes[node], variant.nodes[other]];
  if (from === undefined || to === undefined) return { status: "kept", source: node, variant: other, absorbed, changes: [] };
  const changes: NodeChange[] = [];
  if (from.op !== to.op) changes.push({ kind: "operator", name: "", from: from.op, to: to.op });
  if (from.precision !== to.precision) changes.push({ kind: "precision", from: from.precision, to: to.precision });
  changes.push(...compareAttributes(from, to));
  const shapes = [shapeOf(source, from), shapeOf(variant, to)] as const;
  if (shapes[0] !== shapes[1] && shapes[0] !== "" && shapes[1] !== "")
    changes.push({ kind: "shape", name: "", from: shapes[0], to: shapes[1] });
  if (bytes[0] !== bytes[1]) changes.push({ kind: "bytes", from: bytes[0], to: bytes[1] });
  return { status: statusOf(from, to, absorbed, changes), source: node, variant: other, absorbed, changes };
}

function statusOf(from: GraphNode, to: GraphNode, absorbed: readonly number[], changes: readonly NodeChange[]): DiffStatus {
  if (QUANTISED.has(to.precision) && from.precision !== to.precision) return "quantised";
  if (absorbed.length > 0) return "fused";
  // A constant that moves from one reader to another makes no difference by itself.
  return changes.some(({ kind }) => kind !== "bytes") ? "changed" : "kept";
}

function compareAttributes(from: GraphNode, to: GraphNode): NodeChange[] {
  const there = new Map(to.attributes.map(({ name, text }) => [name, text]));
  const here = new Map(from.attributes.map(({ name, text }) => [name, text]));
  const names = [...new Set([...here.keys(), ...there.keys()])];
  return names.flatMap((name) => {
    const [before, after] = [here.get(name) ?? "", there.get(name) ?? ""];
    return before === after ? [] : { kind: "attribute" as const, name, from: before, to: after };
  });
}

/** The shape of the first result, as text; "" where it is not known. Names of sizes are the exporter's and may differ. */
function shapeOf(view: GraphView, node: GraphNode): string {
  const [output = null] = node.outputs;
  const shape: GraphValue["shape"] = output === null ? null : (view.values[output]?.shape ?? null);
  return shape === null ? "" : shape.map((size) => (typeof size === "number" ? size : "?")).join(" × ");
}
