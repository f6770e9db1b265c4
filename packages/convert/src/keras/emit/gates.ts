import { elementCount, float32View, type Tensor } from "@flotilla/onnx";
import { float } from "./permute.ts";

/** A kernel [inputs, gates · units] in ONNX's form [1, gates · units, inputs], its gates in the order `order`. */
export function gateKernel(kernel: Tensor, units: number, order: readonly number[]): Tensor {
  const [inputs = 0, width = 0] = kernel.dims;
  const source = float32View(kernel);
  const target = new Float32Array(order.length * units * inputs);
  for (const [place, gate] of order.entries())
    for (let unit = 0; unit < units; unit += 1)
      for (let input = 0; input < inputs; input += 1)
        target[(place * units + unit) * inputs + input] = source[input * width + gate * units + unit] ?? 0;
  return float([1, order.length * units, inputs], target);
}

/**
 * A kernel as CuDNN's layers of Keras 2 keep it, in the order of the others: each gate's [inputs, units] holds the elements of [units, inputs].
 * Source: keras 2 saving/legacy/hdf5_format.py, _convert_rnn_weights
 */
export function fromCudnn(kernel: Tensor, units: number): Tensor {
  const [inputs = 0, width = 0] = kernel.dims;
  const source = float32View(kernel);
  const target = new Float32Array(source.length);
  for (let row = 0; row < inputs; row += 1)
    for (let column = 0; column < width; column += 1) {
      const unit = column % units;
      const place = unit * inputs + row;
      target[row * width + column] = source[Math.floor(place / units) * width + column - unit + (place % units)] ?? 0;
    }
  return float([inputs, width], target);
}

/** Two biases [gates · units], of the input and of the state, as ONNX's [1, 2 · gates · units]. An absent one is zero. */
export function gateBias(input: Float32Array | null, state: Float32Array | null, units: number, order: readonly number[]): Tensor {
  const width = order.length * units;
  const target = new Float32Array(2 * width);
  for (const [half, bias] of [input, state].entries())
    for (const [place, gate] of order.entries())
      if (bias !== null) target.set(bias.subarray(gate * units, (gate + 1) * units), half * width + place * units);
  return float([1, 2 * width], target);
}

/** Tensors side by side along the last axis. */
export function joinLast(tensors: readonly Tensor[]): Tensor {
  const [first] = tensors;
  const head = first?.dims.slice(0, -1) ?? [];
  const width = tensors.reduce((total, tensor) => total + (tensor.dims.at(-1) ?? 0), 0);
  const rows = elementCount(head);
  const target = new Float32Array(rows * width);
  let at = 0;
  for (const tensor of tensors) {
    const own = tensor.dims.at(-1) ?? 0;
    const source = float32View(tensor);
    for (let row = 0; row < rows; row += 1) target.set(source.subarray(row * own, (row + 1) * own), row * width + at);
    at += own;
  }
  return float([...head, width], target);
}
