import { OnnxError } from "../errors.ts";
import type { Graph } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import { byteLength, elementCount, int64Tensor, type Tensor, tensorFromNumbers } from "../graph/tensor.ts";
import { DataType } from "../graph/data-types.ts";
import { staticShape } from "../graph/types.ts";
import { constantTensor } from "../reference/ops/generation.ts";
import { runNode } from "../reference/run-node.ts";
import { type Pass, type PassContext, rewriteNodes } from "./pass.ts";

/** A folded result may be this large without being weighed against its inputs. */
const FREE_BYTES = 64 * 1024;

/**
 * Before:     y = Op(constants…), y = Constant(), y = Shape(x) with every dimension of x known, or y = integers that inference followed to numbers
 *             (the known part of a shape)
 * After:      y is an initialiser
 * Conditions: the operator is deterministic and known to the reference interpreter; y is no output of the graph; y is at most 64 kB or not
 *             larger than what it was computed from, so that a ConstantOfShape of gigabytes stays a node; what takes more than a pass over its
 *             operands (MatMul, Conv, LSTM…) has operands of 64 k values at most. DequantizeLinear is not folded: it would undo quantised
 *             weights. Resize with align_corners is not: runtimes differ there.
 */
export const foldConstants: Pass = {
  id: "fold-constants",
  run: (graph, context) => rewriteNodes(graph, (node) => foldNode(graph, node, context)),
};

function foldNode(graph: Graph, node: Node, context: PassContext): boolean {
  if (node.outputs.some((output) => graph.isOutput(output)) || node.subgraphs().length > 0) return false;
  const lifted = node.is("Constant") ? constantTensor(node) : null;
  const results = node.is("Constant")
    ? lifted === null
      ? null
      : [lifted]
    : node.is("Shape")
      ? foldShape(graph, node)
      : (compute(graph, node, context) ?? followedEntries(graph, node, context));
  if (results === null) return false;
  graph.removeNode(node);
  for (const [index, output] of node.outputs.entries()) {
    const tensor = results[index];
    graph.types.delete(output);
    if (output !== "" && tensor !== undefined) graph.constants.set(output, tensor);
  }
  return true;
}

function foldShape(graph: Graph, node: Node): readonly Tensor[] | null {
  const shape = staticShape(graph.typeOf(node.inputs[0] ?? ""));
  if (shape === null || node.attributes.has("start") || node.attributes.has("end")) return null;
  return [int64Tensor(shape)];
}

/** Entries are clamped to safe integers: one at the border may have been a larger one. */
function followedEntries(graph: Graph, node: Node, context: PassContext): readonly Tensor[] | null {
  const [output = "", ...others] = node.outputs;
  const entries = context.entries.get(output);
  const type = graph.typeOf(output);
  const shape = staticShape(type);
  if (entries === undefined || shape === null || type?.elemType !== DataType.INT64 || others.some((other) => other !== "")) return null;
  const numbers = entries.filter((entry) => typeof entry === "number").filter((entry) => Math.abs(entry) < Number.MAX_SAFE_INTEGER);
  if (numbers.length !== entries.length || elementCount(shape) !== numbers.length) return null;
  return [tensorFromNumbers(DataType.INT64, shape, numbers)];
}

const HEAVY = [
  ...[
    "MatMul",
    "Gemm",
    "Einsum",
    "MatMulInteger",
    "QLinearMatMul",
    "Conv",
    "ConvTranspose",
    "ConvInteger",
    "QLinearConv",
    "LSTM",
    "GRU",
    "RNN",
  ],
  ...["NonMaxSuppression", "MeanVarianceNormalization"],
];
const HEAVY_ELEMENTS = 64 * 1024;

function stays(node: Node): boolean {
  if (node.is("DequantizeLinear")) return true;
  return node.is("Resize") && node.string("coordinate_transformation_mode", "") === "align_corners";
}

function compute(graph: Graph, node: Node, context: PassContext): readonly Tensor[] | null {
  if (node.inputs.length === 0 || stays(node)) return null;
  const inputs = node.inputs.map((input) => graph.constantOf(input));
  if (inputs.some((tensor, index) => tensor === null && node.inputs[index] !== "")) return null;
  if (node.is(...HEAVY) && inputs.some((tensor) => tensor !== null && elementCount(tensor.dims) > HEAVY_ELEMENTS)) return null;
  const budget = Math.max(
    FREE_BYTES,
    inputs.reduce((total, tensor) => total + (tensor === null ? 0 : byteLength(tensor)), 0),
  );
  const expected = staticShape(graph.typeOf(node.outputs[0] ?? ""));
  if (expected !== null && expected.reduce((total, dim) => total * dim, 1) > budget) return null;
  try {
    const results = runNode(node, inputs, context.opset);
    return results !== null && results.every((tensor) => byteLength(tensor) <= budget) ? results : null;
  } catch (error) {
    // What the interpreter refuses (too large, a type without arithmetic) simply stays in the graph.
    if (error instanceof OnnxError) return null;
    throw error;
  }
}
