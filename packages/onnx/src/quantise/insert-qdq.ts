import type { Graph } from "../graph/graph.ts";
import { intAttribute } from "../graph/node.ts";
import { floatTensor, type Tensor, tensorFromNumbers } from "../graph/tensor.ts";
import type { QuantisedWeights } from "./quantise-weights.ts";
import type { QuantParams } from "./scale-maths.ts";

/** Adds scalars once and returns their names: half of a small quantised file would be copies of them. */
export class SharedConstants {
  readonly #graph: Graph;
  readonly #names = new Map<string, string>();

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  scale(value: number): string {
    return this.#shared(`scale ${value}`, "s", () => floatTensor([], [value]));
  }

  /** A scalar of an element type. */
  integer(value: number, dataType: number): string {
    return this.#shared(`integer ${dataType} ${value}`, "z", () => tensorFromNumbers(dataType, [], [value]));
  }

  #shared(key: string, hint: string, make: () => Tensor): string {
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    const name = this.#graph.addConstant(make(), hint);
    this.#names.set(key, name);
    return name;
  }
}

export function addQuantise(graph: Graph, shared: SharedConstants, value: string, params: QuantParams, dataType: number): string {
  const output = graph.freshName("q");
  const inputs = [value, shared.scale(params.scale), shared.integer(params.zeroPoint, dataType)];
  graph.addNode({ opType: "QuantizeLinear", inputs, outputs: [output] });
  return output;
}

export function addDequantise(
  graph: Graph,
  shared: SharedConstants,
  value: string,
  params: QuantParams,
  dataType: number,
  output = graph.freshName("d"),
): string {
  const inputs = [value, shared.scale(params.scale), shared.integer(params.zeroPoint, dataType)];
  graph.addNode({ opType: "DequantizeLinear", inputs, outputs: [output] });
  return output;
}

/**
 * Constant integers with a DequantizeLinear behind them. A zero point of 0 is left out, as ONNX allows, except where `zeroPoint` asks for it:
 * onnxruntime fuses Gemm and MatMul only with one.
 */
export function addDequantised(
  graph: Graph,
  shared: SharedConstants,
  quantised: Pick<QuantisedWeights, "weights" | "scales" | "axis"> & { readonly zeroPoints?: Uint8Array },
  zeroPoint = false,
): string {
  const { weights, scales, axis, zeroPoints } = quantised;
  const perAxis = scales.length > 1;
  const scale = perAxis ? graph.addConstant(floatTensor([scales.length], scales), "s") : shared.scale(scales[0] ?? 1);
  const output = graph.freshName("d");
  const needed = zeroPoint || zeroPoints?.some((value) => value !== 0) === true;
  const zero = (): Tensor =>
    tensorFromNumbers(weights.dataType, perAxis ? [scales.length] : [], zeroPoints ?? new Uint8Array(scales.length));
  graph.addNode({
    opType: "DequantizeLinear",
    inputs: [graph.addConstant(weights, "w"), scale, ...(needed ? [graph.addConstant(zero(), "z")] : [])],
    outputs: [output],
    attributes: perAxis ? { axis: intAttribute(axis) } : {},
  });
  return output;
}
