import { DataType } from "../graph/data-types.ts";
import type { Graph } from "../graph/graph.ts";
import { intAttribute } from "../graph/node.ts";
import { floatTensor, type Tensor, tensorFromNumbers } from "../graph/tensor.ts";
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

  zeroPoint(value: number, dataType: number): string {
    return this.#shared(`zero ${dataType} ${value}`, "z", () => tensorFromNumbers(dataType, [], [value]));
  }

  #shared(key: string, hint: string, make: () => Tensor): string {
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    const name = this.#graph.addConstant(make(), hint);
    this.#names.set(key, name);
    return name;
  }
}

/** Puts QuantizeLinear and DequantizeLinear behind `value`; returns the dequantised value's name. Nothing reads it yet. */
export function addQdqPair(
  graph: Graph,
  shared: SharedConstants,
  value: string,
  params: QuantParams,
  dataType: number,
  output?: string,
): string {
  const scale = shared.scale(params.scale);
  const zeroPoint = shared.zeroPoint(params.zeroPoint, dataType);
  const quantised = graph.freshName("q");
  const dequantised = output ?? graph.freshName("d");
  graph.addNode({ opType: "QuantizeLinear", inputs: [value, scale, zeroPoint], outputs: [quantised] });
  graph.addNode({ opType: "DequantizeLinear", inputs: [quantised, scale, zeroPoint], outputs: [dequantised] });
  return dequantised;
}

/**
 * A constant as integers with a DequantizeLinear behind it. The zero point is 0 and left out, as ONNX allows, except where `zeroPoint` asks for
 * it: onnxruntime fuses Gemm and MatMul only with one.
 */
export function addDequantised(
  graph: Graph,
  shared: SharedConstants,
  tensor: Tensor,
  scales: Float32Array,
  axis: number,
  zeroPoint = false,
): string {
  const perAxis = scales.length > 1;
  const scale = perAxis ? graph.addConstant(floatTensor([scales.length], scales), "s") : shared.scale(scales[0] ?? 1);
  const output = graph.freshName("d");
  const zero = tensorFromNumbers(tensor.dataType, perAxis ? [scales.length] : [], new Uint8Array(scales.length));
  graph.addNode({
    opType: "DequantizeLinear",
    inputs: [graph.addConstant(tensor, "w"), scale, ...(zeroPoint ? [graph.addConstant(zero, "z")] : [])],
    outputs: [output],
    attributes: perAxis ? { axis: intAttribute(axis) } : {},
  });
  return output;
}

export const QUANTISED_TYPES = { uint8: DataType.UINT8, int8: DataType.INT8 } as const;
