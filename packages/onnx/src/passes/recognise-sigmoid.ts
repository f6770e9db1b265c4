import type { Graph } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import { type Pass, rewriteNodes } from "./pass.ts";
import { readOnce, sameRank, scalarConstant, termsOf } from "./products.ts";

/**
 * Before:     y = 1 / (1 + exp(−x)), written with Div or Reciprocal, or y = x / (1 + exp(−x))
 * After:      y = Sigmoid(x), or y = x · Sigmoid(x): SiLU as runtimes know it. There is nothing shorter: Swish came with opset 24, and
 *             onnxruntime fuses Mul and Sigmoid by itself
 * Conditions: nothing else reads the values in between
 */
export const recogniseSigmoid: Pass = {
  id: "recognise-sigmoid",
  run: (graph) => rewriteNodes(graph, (node) => node.is("Div", "Reciprocal") && recognise(graph, node)),
};

function recognise(graph: Graph, node: Node): boolean {
  const [above = "", below = ""] = node.is("Reciprocal") ? ["", node.inputs[0] ?? ""] : node.inputs;
  const x = readOnce(graph, below) ? exponentOf(graph, graph.producerOf(below)) : null;
  if (x === null) return false;
  if (!sameRank(graph, x, node.outputs[0] ?? "")) return false;
  if (above === "" || scalarConstant(graph, above) === 1) {
    graph.replaceNode(node, { opType: "Sigmoid", name: node.name, inputs: [x], outputs: node.outputs });
    return true;
  }
  if (above !== x) return false;
  const gate = graph.freshName("sigmoid");
  graph.addNode({ opType: "Sigmoid", inputs: [x], outputs: [gate] });
  graph.replaceNode(node, { opType: "Mul", name: node.name, inputs: [x, gate], outputs: node.outputs });
  return true;
}

/** The x of 1 + exp(−x). */
function exponentOf(graph: Graph, sum: Node | null): string | null {
  const terms = sum === null ? null : termsOf(graph, sum);
  if (terms === null || terms.constant !== 1 || terms.values.length !== 1) return null;
  const power = terms.values[0] ?? "";
  const exp = graph.producerOf(power);
  const negated = exp?.inputs[0] ?? "";
  const neg = graph.producerOf(negated);
  if (exp === null || !exp.is("Exp") || neg === null || !neg.is("Neg") || !readOnce(graph, power) || !readOnce(graph, negated)) return null;
  return neg.inputs[0] ?? null;
}
