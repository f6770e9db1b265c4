import { DataType, elementCount, type GraphBuilder, type Tensor } from "@flotilla/onnx";
import { reshape } from "../emit/reshape.ts";
import { reshapeTensor } from "../emit/permute.ts";
import { transpose } from "../emit/axes.ts";
import type { KerasLayer } from "../graph/keras-graph.ts";
import { toFloat, type LayerCall } from "./layer-call.ts";
import { kernelAndBias, type LayerKind } from "./layer-kind.ts";
import { refusal } from "../../reasons.ts";

/**
 * MultiHeadAttention(query, value, key = value) over [batch, steps, features]: softmax(q · kᵀ / √key_dim) · v per head, then one projection.
 * Kernels [features, heads, size], the last one [heads, value size, features]; biases without the first axis. Masks of query, value and key, an
 * attention_mask [batch, to, from] and use_causal_mask; what is masked gets −1e9 before the softmax, as Keras does it.
 * Source: keras/src/layers/attention/multi_head_attention.py
 */
export const multiHeadAttention: LayerKind = {
  classes: ["MultiHeadAttention"],
  about: "MatMul, Softmax. Over one axis of steps",
  parts: (config, make) =>
    (["query", "key", "value", "attention_output"] as const).map((name) => {
      const attribute = name === "attention_output" ? "output_dense" : `${name}_dense`;
      const layer = make({
        class_name: "AttentionProjection",
        config: { name, trainable: config.raw("trainable") ?? true, use_bias: config.raw("use_bias") ?? true },
      });
      return { name, attributes: [`_${attribute}`, attribute], layer };
    }),
  refuse: ({ config }) => {
    const axes = config.raw("attention_axes");
    return axes === null || axes === 1 || JSON.stringify(axes) === "[1]" ? null : refusal("ATTENTION_AXES");
  },
  convert: (call) => {
    const { b, config, layer } = call;
    const [query = "", value = query, key = value] = operands(call);
    const [heads, size] = [config.int("num_heads"), config.int("key_dim")];
    const valueSize = config.raw("value_dim") === null ? size : config.int("value_dim");
    const [q = "", k = "", v = ""] = ([query, key, value] as const).map((x, index) =>
      project(call, layer.parts[index]?.layer ?? layer, toFloat(b, x), heads, index === 2 ? valueSize : size),
    );
    const scaled = b.op("Mul", [transpose(b, q, [0, 2, 1, 3]), b.floats(1 / Math.sqrt(size))]);
    const products = b.op("MatMul", [scaled, transpose(b, k, [0, 2, 3, 1])]);
    const mask = jointMask(call, query, key, value);
    const masked = mask === null ? products : b.op("Where", [mask, products, b.op("Add", [products, b.floats(-1e9)])]);
    const scores = b.op("Softmax", [masked], { axis: -1n });
    const heard = transpose(b, b.op("MatMul", [scores, transpose(b, v, [0, 2, 1, 3])]), [0, 2, 1, 3]);
    const y = unproject(call, layer.parts[3]?.layer ?? layer, heard, heads * valueSize);
    const queryMask = call.mask(query);
    if (queryMask !== null) call.context.masks.set(y, queryMask);
    return call.plain(-1, "return_attention_scores") === true ? [y, scores] : y;
  },
};

/** The dense layers inside: only their weights are of interest. */
export const attentionProjection: LayerKind = {
  classes: ["AttentionProjection"],
  about: "Part of MultiHeadAttention",
  slots: kernelAndBias("kernel"),
  convert: (call) => call.fail("is a part of an attention"),
};

/** query, value and key: as arguments, or all in the first list. */
function operands(call: LayerCall): string[] {
  if (call.inputs.length > 1) return [...call.inputs];
  const value = call.tensors(1, "value");
  return [call.rawInput(), ...value, ...call.tensors(2, "key")];
}

/** [n, steps, features] → [n, steps, heads, size] */
function project(call: LayerCall, part: KerasLayer, x: string, heads: number, size: number): string {
  const { b } = call;
  const weights = call.context.weightsOf(part);
  const kernel = checked(call, weights.get("kernel"), [call.size(x, -1), heads, size]);
  const product = b.op("MatMul", [x, b.constant(reshapeTensor(kernel, [kernel.dims[0] ?? 0, heads * size]), "kernel")]);
  const bias = weights.get("bias");
  const sum =
    bias === undefined
      ? product
      : b.op("Add", [product, b.constant(reshapeTensor(checked(call, bias, [heads, size]), [heads * size]), "bias")]);
  return reshape(b, sum, [...b.shape(x).slice(0, 2), heads, size]);
}

function unproject(call: LayerCall, part: KerasLayer, heard: string, width: number): string {
  const { b } = call;
  const weights = call.context.weightsOf(part);
  const kernel = weights.get("kernel") ?? call.fail("has no output kernel");
  const features = kernel.dims.slice(2);
  if (elementCount(kernel.dims.slice(0, 2)) !== width || features.length !== 1)
    call.fail(`has an output kernel of [${kernel.dims.join(", ")}] for ${width} values`);
  const flat = reshape(b, heard, [...b.shape(heard).slice(0, 2), width]);
  const product = b.op("MatMul", [flat, b.constant(reshapeTensor(kernel, [width, ...features]), "kernel")]);
  const bias = weights.get("bias");
  return bias === undefined ? product : b.op("Add", [product, b.constant(checked(call, bias, features), "bias")]);
}

function checked(call: LayerCall, tensor: Tensor | undefined, dims: readonly number[]): Tensor {
  if (tensor?.dims.join() === dims.join()) return tensor;
  return call.fail(`has a projection of [${tensor?.dims.join(", ") ?? ""}], where [${dims.join(", ")}] is due`);
}

/** bool, to be broadcast over [batch, heads, to, from]; null where everything may be seen. */
function jointMask(call: LayerCall, query: string, key: string, value: string): string | null {
  const { b } = call;
  const parts: string[] = [];
  const along = (mask: string | null, axes: readonly number[]): void => {
    if (mask !== null) parts.push(b.op("Unsqueeze", [toBool(b, mask), b.ints(axes)]));
  };
  const [given] = call.tensors(call.inputs.length > 1 ? 99 : 6, "attention_mask");
  if (given !== undefined) along(given, b.rank(given) === 2 ? [0, 1] : b.rank(given) === 3 ? [1] : []);
  along(call.tensors(99, "query_mask")[0] ?? call.mask(query), [1, 3]);
  along(call.tensors(99, "value_mask")[0] ?? call.mask(value), [1, 2]);
  if (key !== value) along(call.tensors(99, "key_mask")[0] ?? call.mask(key), [1, 2]);
  if (call.plain(99, "use_causal_mask") === true) parts.push(causal(b, query, value));
  return parts.length === 0 ? null : parts.reduce((left, right) => b.op("And", [left, right]));
}

function toBool(b: GraphBuilder, mask: string): string {
  return b.type(mask).elemType === DataType.BOOL ? mask : b.op("Cast", [mask], { to: BigInt(DataType.BOOL) });
}

/** Step t sees steps up to t: [1, 1, to, from]. */
function causal(b: GraphBuilder, query: string, value: string): string {
  const steps = (x: string): string => {
    const count = b.op("Squeeze", [b.op("Slice", [b.op("Shape", [x]), b.ints([1]), b.ints([2])]), b.ints([0])]);
    return b.op("Range", [b.int(0), count, b.int(1)]);
  };
  return b.op("GreaterOrEqual", [
    b.op("Unsqueeze", [steps(query), b.ints([0, 1, 3])]),
    b.op("Unsqueeze", [steps(value), b.ints([0, 1, 2])]),
  ]);
}
