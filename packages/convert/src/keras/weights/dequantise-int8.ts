import { elementCount, float32View, type Tensor } from "@flotilla/onnx";
import { convertError } from "../../errors.ts";
import { float } from "../emit/permute.ts";

/**
 * A weight that Keras 3 quantised (`model.quantize("int8")`) as numbers again: integer / scale, with a scale per place along `axes`, in this order,
 * other axes of the scale being 1. Keras rounds the inputs of the product to int8 as well; that is left out.
 * Source: keras/src/layers/core/{dense,einsum_dense,embedding}.py, _int8_call; keras/src/quantizers/quantizers.py, abs_max_quantize
 * @throws FlotillaError INVALID_GRAPH where weight and scale disagree
 */
export function dequantiseInt8(weight: Tensor, scale: Tensor, axes: readonly number[], where: string): Tensor {
  const { dims } = weight;
  const wanted = axes.map((axis) => dims[axis] ?? 1);
  const scales = float32View(scale);
  if (scales.length !== elementCount(wanted))
    throw convertError(
      "INVALID_GRAPH",
      `The quantised weight ${JSON.stringify(where)} of [${dims.join(", ")}] has a scale of [${scale.dims.join(", ")}]. Save the model again.`,
    );
  const steps = dims.map((_, axis) => (axes.includes(axis) ? elementCount(wanted.slice(axes.indexOf(axis) + 1)) : 0));
  const values = Float32Array.from(float32View(weight), (value, index) => {
    let rest = index;
    let at = 0;
    for (let axis = dims.length - 1; axis >= 0; axis -= 1) {
      const size = dims[axis] ?? 1;
      at += (rest % size) * (steps[axis] ?? 0);
      rest = Math.floor(rest / size);
    }
    return value / (scales[at] ?? 1);
  });
  return float(dims, values);
}
