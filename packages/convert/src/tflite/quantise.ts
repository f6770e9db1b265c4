import { DataType, type GraphBuilder, tensorFromNumbers } from "@flotilla/onnx";
import { onnxType } from "./source/tensor-types.ts";
import type { Quantisation } from "./source/types.ts";

/** Reals as the integers of `type`, a number of TFLite's TensorType: half to even, saturating. */
export function quantise(builder: GraphBuilder, value: string, quantisation: Quantisation, type: number): string {
  return builder.op("QuantizeLinear", [value, ...parameters(builder, quantisation, type)], axisOf(quantisation, quantisation.axis));
}

/** The reals that integers stand for. `axis` is where the axis of the scales is in `value`, whose axes may have been moved. */
export function dequantise(builder: GraphBuilder, value: string, quantisation: Quantisation, type: number, axis: number): string {
  return builder.op("DequantizeLinear", [value, ...parameters(builder, quantisation, type)], axisOf(quantisation, axis));
}

function parameters(builder: GraphBuilder, { scale, zeroPoint }: Quantisation, type: number): string[] {
  const dims = scale.length === 1 ? [] : [scale.length];
  return [builder.floats(scale, dims), builder.constant(tensorFromNumbers(onnxType(type) ?? DataType.UNDEFINED, dims, zeroPoint), "z")];
}

function axisOf({ scale }: Quantisation, axis: number): Readonly<Record<string, bigint>> {
  return scale.length === 1 ? {} : { axis: BigInt(axis) };
}
