import { DataType } from "../graph/data-types.ts";
import type { Graph } from "../graph/graph.ts";
import { type Node, stringAttribute } from "../graph/node.ts";
import { type Pass, rewriteNodes } from "./pass.ts";
import { about, factorsOf, readOnce, sameRank, scalarConstant, termsOf } from "./products.ts";

/**
 * Before:     y = ½ · x · (1 + erf(x / √2)), or y = ½ · x · (1 + tanh(√(2/π) · (x + 0.044715 · x³))), in any order of the factors
 * After:      y = Gelu(x), approximate "none" or "tanh"
 * Conditions: opset 20 (where the operator came); float32; nothing else reads the values in between
 * Source:     Hendrycks and Gimpel 2016, "Gaussian Error Linear Units"
 */
export const recogniseGelu: Pass = {
  id: "recognise-gelu",
  run: (graph, context) =>
    context.opset < 20 ? { changed: false, notes: [] } : rewriteNodes(graph, (node) => node.is("Mul", "Div") && recognise(graph, node)),
};

function recognise(graph: Graph, node: Node): boolean {
  const product = factorsOf(graph, node);
  if (product === null || product.values.length !== 2 || !about(product.constant, 0.5)) return false;
  for (const [x = "", other = ""] of [product.values, [...product.values].reverse()]) {
    const approximate = gateOf(graph, other, x);
    if (approximate === null || graph.typeOf(x)?.elemType !== DataType.FLOAT || !sameRank(graph, x, node.outputs[0] ?? "")) continue;
    const attributes = { approximate: stringAttribute(approximate) };
    graph.replaceNode(node, { opType: "Gelu", name: node.name, inputs: [x], outputs: node.outputs, attributes });
    return true;
  }
  return false;
}

/** Which form of 1 + f(x) `value` is; null for neither. */
function gateOf(graph: Graph, value: string, x: string): "none" | "tanh" | null {
  const sum = inner(graph, value);
  const terms = sum === null ? null : termsOf(graph, sum);
  if (terms === null || terms.constant !== 1 || terms.values.length !== 1) return null;
  const curve = inner(graph, terms.values[0] ?? "");
  const argument = curve === null ? null : inner(graph, curve.inputs[0] ?? "");
  const scaled = argument === null ? null : factorsOf(graph, argument);
  if (curve === null || scaled === null || scaled.values.length !== 1) return null;
  const [base = ""] = scaled.values;
  if (curve.is("Erf")) return about(scaled.constant, Math.SQRT1_2) && base === x ? "none" : null;
  return curve.is("Tanh") && about(scaled.constant, Math.sqrt(2 / Math.PI)) && isCubic(graph, base, x) ? "tanh" : null;
}

/** x + 0.044715 · x³ */
function isCubic(graph: Graph, value: string, x: string): boolean {
  const sum = inner(graph, value);
  const terms = sum === null ? null : termsOf(graph, sum);
  if (terms === null || terms.constant !== 0 || terms.values.length !== 2 || !terms.values.includes(x)) return false;
  const other = terms.values.find((term) => term !== x) ?? "";
  const scaling = inner(graph, other);
  const cube = scaling === null ? null : factorsOf(graph, scaling);
  if (cube === null || !about(cube.constant, 0.044715)) return false;
  if (cube.values.length === 3) return cube.values.every((factor) => factor === x);
  const power = inner(graph, cube.values[0] ?? "");
  return (
    cube.values.length === 1 &&
    power !== null &&
    power.is("Pow") &&
    power.inputs[0] === x &&
    scalarConstant(graph, power.inputs[1] ?? "") === 3
  );
}

function inner(graph: Graph, value: string): Node | null {
  return readOnce(graph, value) ? graph.producerOf(value) : null;
}
