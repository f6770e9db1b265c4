import { OnnxError } from "../errors.ts";
import { DataType } from "../graph/data-types.ts";
import type { Graph } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import { float32View } from "../graph/tensor.ts";
import { floatConstant } from "../passes/channel-vector.ts";
import type { FloatReason } from "./float-reasons.ts";
import { scanRange } from "./observers/scan-range.ts";

/** Why a Conv, ConvTranspose, Gemm or MatMul cannot have integer weights as it stands; null where it can. */
export function refuseWeights(graph: Graph, node: Node): FloatReason | null {
  const [data = "", weightName = "", bias = ""] = node.inputs;
  if (graph.typeOf(data)?.elemType !== DataType.FLOAT) return "input_type";
  if (graph.constantOf(data) !== null) return "constant_input";
  const weight = floatConstant(graph, weightName);
  if (weight === null) return "weights_not_constant";
  if (weight.bytes.byteLength === 0) return "weights_empty";
  if (node.is("MatMul")) return weight.dims.length >= 2 ? null : "weights_vector";
  if (node.is("Gemm")) return refuseGemm(graph, node, weight.dims, bias);
  return bias === "" || floatConstant(graph, bias)?.dims.length === 1 ? null : "bias_not_constant";
}

/**
 * A scale cannot hold infinities, and NaN would silently become 0.
 * @throws OnnxError INVALID_INPUT naming the node
 */
export function assertFiniteWeights(graph: Graph, node: Node): void {
  for (const input of node.inputs) {
    const tensor = floatConstant(graph, input);
    if (tensor !== null && !scanRange(float32View(tensor)).finite)
      throw new OnnxError(
        "INVALID_INPUT",
        `The weights of ${node.describe()} hold NaN or infinity, so the model was broken before. Export it again, or exclude this node.`,
        { reason: { code: "BROKEN_WEIGHTS", params: { node: node.describe() } } },
      );
  }
}

function refuseGemm(graph: Graph, node: Node, dims: readonly number[], bias: string): FloatReason | null {
  const plain = node.float("alpha", 1) === 1 && node.float("beta", 1) === 1 && node.int("transA", 0) === 0;
  if (!plain) return "transposed_input";
  const columns = dims[node.int("transB", 0) === 1 ? 0 : 1];
  return bias === "" || floatConstant(graph, bias)?.dims.join() === String(columns) ? null : "bias_not_constant";
}

/** The axis of a layer's weights that holds its output channels; null where scales per channel are not possible. */
export function channelAxis(node: Node, dims: readonly number[]): number | null {
  if (node.is("Conv")) return 0;
  // A scale per index of axis 1 would serve one channel of each group.
  if (node.is("ConvTranspose")) return node.int("group", 1) === 1 ? 1 : null;
  if (dims.length !== 2) return null;
  return node.is("Gemm") && node.int("transB", 0) === 1 ? 0 : 1;
}
