import { DataType, type GraphBuilder, tensorFromNumbers } from "@flotilla/onnx";
import { TensorType } from "../tflite-schema/gen/tflite.ts";
import { onnxType } from "./source/tensor-types.ts";
import type { Quantisation } from "./source/types.ts";

/** Reals as the integers of `type`, a number of TFLite's TensorType: half to even, saturating. ONNX has no QuantizeLinear to int32. */
export function quantise(builder: GraphBuilder, value: string, quantisation: Quantisation, type: number): string {
  if (type === TensorType.INT32) {
    const steps = builder.op("Round", [builder.op("Div", [value, builder.floats(quantisation.scale[0] ?? 1)])]);
    return builder.op("Cast", [builder.op("Add", [steps, builder.floats(quantisation.zeroPoint[0] ?? 0)])], { to: BigInt(DataType.INT32) });
  }
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
