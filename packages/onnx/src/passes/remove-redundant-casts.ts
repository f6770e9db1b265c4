import { DataType } from "../graph/data-types.ts";
import type { Graph } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import { type Pass, rewriteNodes } from "./pass.ts";

/**
 * Before:     z = Cast(Cast(x, B), C)
 * After:      z = Cast(x, C); where C is x's own type that one is an identity
 * Conditions: every value of x's type is exact in B (float16 → float32, int8 → int32, bool → anything numeric); other readers of the middle
 *             value keep it
 * Bit-equal.
 */
export const removeRedundantCasts: Pass = {
  id: "remove-redundant-casts",
  run: (graph) => rewriteNodes(graph, (node) => node.is("Cast") && shorten(graph, node)),
};

function shorten(graph: Graph, node: Node): boolean {
  const before = graph.producerOf(node.inputs[0] ?? "");
  if (before === null || !before.is("Cast")) return false;
  const source = before.inputs[0] ?? "";
  const from = graph.typeOf(source)?.elemType ?? 0;
  if (!exactIn(from, before.int("to", 0))) return false;
  graph.setInput(node, 0, source);
  return true;
}

interface Precision {
  readonly kind: "bool" | "signed" | "unsigned" | "float";
  /** Bits of the magnitude, or of a float's mantissa with its hidden bit. */
  readonly bits: number;
  readonly exponent?: number;
}

const PRECISIONS: Readonly<Record<number, Precision>> = {
  [DataType.BOOL]: { kind: "bool", bits: 1 },
  [DataType.UINT8]: { kind: "unsigned", bits: 8 },
  [DataType.UINT16]: { kind: "unsigned", bits: 16 },
  [DataType.UINT32]: { kind: "unsigned", bits: 32 },
  [DataType.UINT64]: { kind: "unsigned", bits: 64 },
  [DataType.INT8]: { kind: "signed", bits: 7 },
  [DataType.INT16]: { kind: "signed", bits: 15 },
  [DataType.INT32]: { kind: "signed", bits: 31 },
  [DataType.INT64]: { kind: "signed", bits: 63 },
  [DataType.FLOAT16]: { kind: "float", bits: 11, exponent: 5 },
  [DataType.BFLOAT16]: { kind: "float", bits: 8, exponent: 8 },
  [DataType.FLOAT]: { kind: "float", bits: 24, exponent: 8 },
  [DataType.DOUBLE]: { kind: "float", bits: 53, exponent: 11 },
};

function exactIn(from: number, to: number): boolean {
  const [source, target] = [PRECISIONS[from], PRECISIONS[to]];
  if (source === undefined || target === undefined) return false;
  if (from === to || source.kind === "bool") return true;
  if (target.kind === "bool" || source.bits > target.bits) return false;
  if (source.kind === "float") return target.kind === "float" && (source.exponent ?? 0) <= (target.exponent ?? 0);
  return target.kind !== "unsigned" || source.kind === "unsigned";
}
