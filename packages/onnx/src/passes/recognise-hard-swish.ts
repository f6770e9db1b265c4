import { DataType } from "../graph/data-types.ts";
import type { Graph } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import { type Pass, rewriteNodes } from "./pass.ts";
import { about, factorsOf, readOnce, sameRank, scalarConstant, termsOf } from "./products.ts";

/**
 * Before:     y = x · Clip(x + 3, 0, 6) / 6 in any order, or y = x · HardSigmoid(x, 1/6, 1/2)
 * After:      y = HardSwish(x)
 * Conditions: opset 14 (where the operator came); float32; nothing else reads the values in between
 * Source:     Howard et al. 2019, "Searching for MobileNetV3", §5.2
 */
export const recogniseHardSwish: Pass = {
  id: "recognise-hard-swish",
  run: (graph, context) =>
    context.opset < 14 ? { changed: false, notes: [] } : rewriteNodes(graph, (node) => node.is("Mul", "Div") && recognise(graph, node)),
};

function recognise(graph: Graph, node: Node): boolean {
  const product = factorsOf(graph, node);
  if (product === null || product.values.length !== 2) return false;
  const [first = "", second = ""] = product.values;
  const x =
    gateInput(graph, second, product.constant) === first ? first : gateInput(graph, first, product.constant) === second ? second : null;
  if (x === null || graph.typeOf(x)?.elemType !== DataType.FLOAT || !sameRank(graph, x, node.outputs[0] ?? "")) return false;
  graph.replaceNode(node, { opType: "HardSwish", name: node.name, inputs: [x], outputs: node.outputs });
  return true;
}

/** The x of the gate that `value` computes, if `constant` is what has to stand in front of it. */
function gateInput(graph: Graph, value: string, constant: number): string | null {
  const gate = graph.producerOf(value);
  if (gate === null || !readOnce(graph, value)) return null;
  if (gate.is("HardSigmoid")) {
    const exact = about(gate.float("alpha", 0.2), 1 / 6) && about(gate.float("beta", 0.5), 0.5) && constant === 1;
    return exact ? (gate.inputs[0] ?? null) : null;
  }
  if (!gate.is("Clip") || !about(constant, 1 / 6)) return null;
  const low = gate.attributes.has("min") ? gate.float("min", 0) : scalarConstant(graph, gate.inputs[1] ?? "");
  const high = gate.attributes.has("max") ? gate.float("max", 0) : scalarConstant(graph, gate.inputs[2] ?? "");
  const shifted = gate.inputs[0] ?? "";
  const sum = graph.producerOf(shifted);
  const terms = sum === null || !readOnce(graph, shifted) ? null : termsOf(graph, sum);
  if (low !== 0 || high !== 6 || terms === null || terms.values.length !== 1 || !about(terms.constant, 3)) return null;
  return terms.values[0] ?? null;
}
