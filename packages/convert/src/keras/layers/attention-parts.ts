import { elementCount, type Tensor } from "@flotilla/onnx";
import { transpose } from "../emit/axes.ts";
import { causalMask } from "../emit/causal-mask.ts";
import { reshapeTensor } from "../emit/permute.ts";
import { reshape } from "../emit/reshape.ts";
import type { KerasLayer, Part } from "../graph/keras-graph.ts";
import type { LayerConfig } from "../graph/layer-config.ts";
import type { MakePart } from "../graph/read-model.ts";
import { type LayerCall, toBool } from "./layer-call.ts";
import { type LayerKind, quantisable, trained } from "./layer-kind.ts";

/** The dense layers inside: only their weights are of interest. */
export const attentionProjection: LayerKind = {
  classes: ["AttentionProjection"],
  about: "Part of MultiHeadAttention",
  slots: ({ name, config }) => [
    quantisable("kernel", name === "attention_output" ? [2] : [1, 2]),
    ...(config.bool("use_bias", true) ? trained("bias") : []),
  ],
  convert: (call) => call.fail("is a part of an attention"),
};

/** The projections of an attention by name, in the order in which Keras makes them; the last one is `attention_output`. */
export function projections(config: LayerConfig, make: MakePart, names: readonly string[]): Part[] {
  return names.map((name) => {
    const attribute = name === "attention_output" ? "output_dense" : `${name}_dense`;
    const layer = make({
      class_name: "AttentionProjection",
      config: { name, trainable: config.raw("trainable") ?? true, use_bias: config.raw("use_bias") ?? true },
    });
    return { name, attributes: [`_${attribute}`, attribute], layer };
  });
}

/** What an attention is called with. */
export interface Attended {
  readonly query: string;
  readonly value: string;
  readonly key: string;
}

/** query, value and key: as arguments, or all in the first list. */
export function attended(call: LayerCall): Attended {
  const listed =
    call.inputs.length > 1 ? call.inputs : [...call.tensors(0, "query"), ...call.tensors(1, "value"), ...call.tensors(2, "key")];
  const [query = "", value = query, key = value] = listed;
  return { query, value, key };
}

/**
 * softmax(q · kᵀ / √size) · v per head of [n, steps, heads, size] each; what is masked gets −1e9 before the softmax, as Keras does it.
 * `heard` is [n, steps, heads, size], `scores` [n, heads, to, from].
 */
export function attend(call: LayerCall, names: Attended, [q, k, v]: readonly [string, string, string]): { heard: string; scores: string } {
  const { b } = call;
  const scaled = b.op("Mul", [transpose(b, q, [0, 2, 1, 3]), b.floats(1 / Math.sqrt(call.size(q, -1)))]);
  const products = b.op("MatMul", [scaled, transpose(b, k, [0, 2, 3, 1])]);
  const mask = jointMask(call, names, products);
  const masked = mask === null ? products : b.op("Where", [mask, products, b.op("Add", [products, b.floats(-1e9)])]);
  const scores = b.op("Softmax", [masked], { axis: -1n });
  return { heard: transpose(b, b.op("MatMul", [scores, transpose(b, v, [0, 2, 1, 3])]), [0, 2, 1, 3]), scores };
}

/** [n, steps, features] → [n, steps, heads, size] */
export function project(call: LayerCall, part: KerasLayer, x: string, heads: number, size: number): string {
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

export function unproject(call: LayerCall, part: KerasLayer, heard: string, width: number): string {
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
function jointMask(call: LayerCall, { query, key, value }: Attended, products: string): string | null {
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
  if (call.plain(99, "use_causal_mask") === true) parts.push(causalMask(b, products));
  return parts.length === 0 ? null : parts.reduce((left, right) => b.op("And", [left, right]));
}
