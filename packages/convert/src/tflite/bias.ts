import { DataType, floatTensor } from "@flotilla/onnx";
import { TensorType } from "../tflite-schema/gen/tflite.ts";
import type { Emitter } from "./emitter.ts";
import type { Quantisation } from "./source/types.ts";

/**
 * The bias at input `index` of a layer as real numbers: none, one value, never "". An integer bias counts in steps of the data's scale times the
 * filter's, whatever its own says; it stays int32 for runtimes to fuse. One of int64 (16-bit data) has no DequantizeLinear and becomes float.
 * Source: https://ai.google.dev/edge/litert/models/quantization_spec
 */
export function addBias(e: Emitter, index: number, data: number, filter: number): string[] {
  const bias = e.source(index);
  if (bias === null) return [];
  const [dataScale, filterScales] = [e.need(data).quantisation?.scale[0], e.need(filter).quantisation?.scale];
  if (dataScale === undefined || filterScales === undefined || ![TensorType.INT32, TensorType.INT64].some((type) => type === bias.type))
    return [e.real(index)];
  const scale = filterScales.map((value) => Math.fround(dataScale * value));
  const integers = e.integers(index);
  if (integers !== null && bias.type === TensorType.INT64)
    return [
      e.b.constant(
        floatTensor(
          bias.shape,
          integers.map((value, channel) => value * (scale[channel % scale.length] ?? 0)),
        ),
      ),
    ];
  const quantisation: Quantisation = { scale, zeroPoint: scale.map(() => 0), axis: 0 };
  return [e.dequantise(e.cast(e.stored(index), DataType.INT32), quantisation, TensorType.INT32, 0)];
}
