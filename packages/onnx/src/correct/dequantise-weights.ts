import type { Graph } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import { elementCount, float32View, toNumbers } from "../graph/tensor.ts";

/** Integer weights of a node in a QDQ model, as they stand in the file. */
export interface IntegerWeights {
  readonly dims: readonly number[];
  readonly dataType: number;
  /** The name of the constant. */
  readonly constant: string;
  readonly integers: Float64Array;
  /** Step and zero point of the weight with this flat index. */
  readonly scaleOf: (flat: number) => number;
  readonly zeroOf: (flat: number) => number;
}

/**
 * The integer weights behind the DequantizeLinear that feeds input 1 of `node`, or behind the Cast and Mul of weights that are only stored; null where it
 * reads float ones, or blocked ones.
 */
export function integerWeights(graph: Graph, node: Node): IntegerWeights | null {
  const dequantise = graph.producerOf(node.inputs[1] ?? "");
  if (dequantise?.is("Mul") === true) return storedWeights(graph, dequantise);
  if (dequantise === null || !dequantise.is("DequantizeLinear") || dequantise.int("block_size", 0) !== 0) return null;
  const [constant = "", scaleName = "", zeroName = ""] = dequantise.inputs;
  const [weights, scale, zero] = [graph.constantOf(constant), graph.constantOf(scaleName), graph.constantOf(zeroName)];
  if (weights === null || scale === null || (zeroName !== "" && zero === null)) return null;
  const axis = (dequantise.int("axis", 1) + weights.dims.length) % weights.dims.length;
  const inner = elementCount(weights.dims.slice(axis + 1));
  const channels = weights.dims[axis] ?? 1;
  const scales = float32View(scale);
  const zeros = zero === null ? null : toNumbers(zero);
  const at = (flat: number): number => Math.floor(flat / inner) % channels;
  return {
    dims: weights.dims,
    dataType: weights.dataType,
    constant,
    integers: toNumbers(weights),
    scaleOf: scales.length === 1 ? () => scales[0] ?? 1 : (flat) => scales[at(flat)] ?? 1,
    zeroOf: zeros === null ? () => 0 : zeros.length === 1 ? () => zeros[0] ?? 0 : (flat) => zeros[at(flat)] ?? 0,
  };
}

/** Cast(integers) · scales, the scales with one axis that counts. */
function storedWeights(graph: Graph, product: Node): IntegerWeights | null {
  const [castOutput = "", scaleName = ""] = product.inputs;
  const cast = graph.producerOf(castOutput);
  const constant = cast?.is("Cast") === true ? (cast.inputs[0] ?? "") : "";
  const [weights, scale] = [graph.constantOf(constant), graph.constantOf(scaleName)];
  if (weights === null || scale === null) return null;
  const scales = float32View(scale);
  const axis = scale.dims.findIndex((size) => size > 1);
  const inner = elementCount(weights.dims.slice(axis + 1));
  const channels = weights.dims[axis] ?? 1;
  return {
    dims: weights.dims,
    dataType: weights.dataType,
    constant,
    integers: toNumbers(weights),
    scaleOf: scales.length === 1 ? () => scales[0] ?? 1 : (flat) => scales[Math.floor(flat / inner) % channels] ?? 1,
    zeroOf: () => 0,
  };
}

/** The real numbers that the integers stand for. */
export function dequantiseWeights({ integers, scaleOf, zeroOf }: IntegerWeights): Float32Array {
  return Float32Array.from(integers, (value, flat) => (value - zeroOf(flat)) * scaleOf(flat));
}
