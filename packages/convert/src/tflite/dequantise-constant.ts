import { type Tensor, toNumbers } from "@flotilla/onnx";
import type { SourceTensor } from "./source/types.ts";

/** What a constant stands for, as floats: for layers that take all their weights as one tensor, which cannot have a scale for each part. */
export function dequantiseConstant(tensor: Tensor, { quantisation, shape }: SourceTensor): Float32Array {
  const values = toNumbers(tensor);
  if (quantisation === null) return Float32Array.from(values);
  const { scale, zeroPoint, axis } = quantisation;
  const inner = shape.slice(axis + 1).reduce((total, dim) => total * dim, 1);
  return Float32Array.from(values, (value, index) => {
    const channel = scale.length === 1 ? 0 : Math.floor(index / inner) % scale.length;
    return (value - (zeroPoint[channel] ?? 0)) * (scale[channel] ?? 1);
  });
}
