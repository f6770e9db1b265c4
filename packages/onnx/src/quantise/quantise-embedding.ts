import { DataType } from "../graph/data-types.ts";
import type { Graph } from "../graph/graph.ts";
import { intAttribute, type Node } from "../graph/node.ts";
import { floatTensor } from "../graph/tensor.ts";
import { floatConstant } from "../passes/channel-vector.ts";
import { quantiseWeights } from "./quantise-weights.ts";

/** Whether a node looks rows up in a constant float32 table. */
export function isEmbedding(graph: Graph, node: Node): boolean {
  return node.is("Gather") && node.int("axis", 0) === 0 && floatConstant(graph, node.inputs[0] ?? "")?.dims.length === 2;
}

/**
 * y = Gather(table, i) → y = Cast(Gather(int8 table, i)) · Gather(scales, i): the table is a quarter, each row keeps a scale of its own, and only the
 * rows that are looked up are dequantised.
 */
export function quantiseEmbedding(graph: Graph, node: Node): void {
  const table = floatConstant(graph, node.inputs[0] ?? "");
  if (table === null) return;
  const { weights, scales } = quantiseWeights(table, { axis: 0, reduceRange: false });
  const [indices = "", output = ""] = [node.inputs[1], node.outputs[0]];
  const [rows = "", floats = "", factors = ""] = ["q", "f", "s"].map((hint) => graph.freshName(hint));
  graph.removeNode(node);
  const scaleColumn = graph.addConstant(floatTensor([scales.length, 1], scales), "s");
  graph.addNode({ opType: "Gather", name: node.name, inputs: [graph.addConstant(weights, "w"), indices], outputs: [rows] });
  graph.addNode({ opType: "Cast", inputs: [rows], outputs: [floats], attributes: { to: intAttribute(DataType.FLOAT) } });
  graph.addNode({ opType: "Gather", inputs: [scaleColumn, indices], outputs: [factors] });
  graph.addNode({ opType: "Mul", inputs: [floats, factors], outputs: [output] });
}
