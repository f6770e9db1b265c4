import type { GraphBuilder } from "@flotilla/onnx";
import type { LayerConfig } from "../graph/layer-config.ts";
import { range, transpose } from "./axes.ts";

/**
 * ReLU(max_value, negative_slope, threshold): max_value from there on, x from the threshold on, negative_slope · (x − threshold) below.
 * Source: keras/src/layers/activations/relu.py
 */
export function reluOf(b: GraphBuilder, x: string, config: LayerConfig): string {
  const max = config.numberOrNull("max_value");
  const slope = config.number("negative_slope", 0);
  const threshold = config.number("threshold", 0);
  if (slope === 0 && threshold === 0) return max === null ? b.op("Relu", [x]) : b.op("Clip", [x, b.floats(0), b.floats(max)]);
  const cap = (value: string): string => (max === null ? value : b.op("Min", [value, b.floats(max)]));
  if (threshold === 0) return cap(b.op("LeakyRelu", [x], { alpha: slope }));
  const below = b.op("Mul", [b.op("Sub", [x, b.floats(threshold)]), b.floats(slope)]);
  return cap(b.op("Where", [b.op("Less", [x, b.floats(threshold)]), below, x]));
}

/** `alpha` until Keras 2 (.3), `negative_slope` in Keras 3. */
export function leakyReluOf(b: GraphBuilder, x: string, config: LayerConfig): string {
  return b.op("LeakyRelu", [x], { alpha: config.number("negative_slope", config.number("alpha", 0.3)) });
}

export function eluOf(b: GraphBuilder, x: string, config: LayerConfig): string {
  return b.op("Elu", [x], { alpha: config.number("alpha", 1) });
}

/** Along one axis or several at once. */
export function softmaxOf(b: GraphBuilder, x: string, config: LayerConfig): string {
  const rank = b.rank(x);
  const axes = config.axes("axis", -1).map((axis) => (axis < 0 ? axis + rank : axis));
  const [first] = axes;
  if (axes.length === 1 && first !== undefined) return b.op("Softmax", [x], { axis: BigInt(first) });
  const others = range(0, rank).filter((axis) => !axes.includes(axis));
  const perm = [...others, ...axes];
  const turned = transpose(b, x, perm);
  const rows = b.op("Flatten", [turned], { axis: BigInt(others.length) });
  const soft = b.op("Reshape", [b.op("Softmax", [rows], { axis: 1n }), b.op("Shape", [turned])]);
  b.graph.types.set(soft, b.type(turned));
  return transpose(
    b,
    soft,
    perm.map((_, axis) => perm.indexOf(axis)),
  );
}
