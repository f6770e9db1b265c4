import { createHash } from "node:crypto";
import type { Graph } from "../graph/graph.ts";
import type { Attribute, Node } from "../graph/node.ts";
import type { Pass } from "./pass.ts";

const RANDOM = new Set(["RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike", "Multinomial", "Bernoulli"]);

/**
 * Before:     two nodes with the same operator, inputs and attributes
 * After:      one of them, read by the readers of both
 * Conditions: the operator is deterministic, of the standard domain and has no subgraph; the later node produces no output of the graph; both
 *             produce the same outputs (an output that the first leaves out cannot be read from it); an operator that is commutative may have
 *             its inputs the other way round
 * Bit-equal.
 */
export const mergeCommonSubexpressions: Pass = {
  id: "merge-common-subexpressions",
  run: (graph) => {
    const seen = new Map<string, Node>();
    let changed = false;
    for (const node of graph.nodes) {
      const key = keyOf(node);
      const first = key === null ? undefined : seen.get(key);
      if (key !== null && first === undefined) seen.set(key, node);
      if (first !== undefined && merge(graph, first, node)) changed = true;
    }
    return { changed, notes: [] };
  },
};

function merge(graph: Graph, first: Node, node: Node): boolean {
  const pairs = node.outputs.map((output, index) => [output, first.outputs[index] ?? ""] as const).filter(([output]) => output !== "");
  if (pairs.some(([output, other]) => other === "" || graph.isOutput(output))) return false;
  graph.removeNode(node);
  for (const [output, other] of pairs) graph.replaceUses(output, other);
  return true;
}

const COMMUTATIVE = ["Add", "Mul", "And", "Or", "Xor", "Equal", "BitwiseAnd", "BitwiseOr", "BitwiseXor"];

function keyOf(node: Node): string | null {
  if (node.domain !== "" || RANDOM.has(node.opType) || node.subgraphs().length > 0) return null;
  // In training mode it draws random numbers.
  if (node.is("Dropout") && (node.inputs[2] ?? "") !== "") return null;
  const texts = [...node.attributes].map(([name, value]) => [name, textOf(value)] as const);
  if (texts.some(([, text]) => text === null)) return null;
  const attributes = texts.map(([name, text]) => `${name}=${text}`).sort();
  const inputs = node.is(...COMMUTATIVE) ? [...node.inputs].sort() : node.inputs;
  return JSON.stringify([node.opType, inputs, attributes, node.outputs.length]);
}

/** Null for a kind that is not compared. */
function textOf(attribute: Attribute): string | null {
  switch (attribute.kind) {
    case "tensor": {
      const { dataType, dims, bytes, strings } = attribute.value;
      const hash = createHash("sha256").update(bytes);
      for (const text of strings ?? []) hash.update(`${text.byteLength}:`).update(text);
      return `${dataType}[${dims.join()}]${hash.digest("base64")}`;
    }
    case "string":
      return Buffer.from(attribute.value).toString("base64");
    case "strings":
      return attribute.value.map((value) => Buffer.from(value).toString("base64")).join();
    case "ints":
    case "floats":
      return `${attribute.kind}${attribute.value.map(String).join()}`;
    case "int":
    case "float":
      return `${attribute.kind}${Object.is(attribute.value, -0) ? "-0" : String(attribute.value)}`;
    default:
      return null;
  }
}
