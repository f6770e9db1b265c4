import type { Dim } from "@flotilla/onnx";
import { range, transpose } from "../emit/axes.ts";
import { reshape } from "../emit/reshape.ts";
import type { KerasLayer } from "../graph/keras-graph.ts";
import { attend, type Attended, attended, project, projections, unproject } from "./attention-parts.ts";
import { type LayerCall, toFloat } from "./layer-call.ts";
import type { LayerKind } from "./layer-kind.ts";

/**
 * MultiHeadAttention(query, value, key = value) over [batch, steps, features]: softmax(q · kᵀ / √key_dim) · v per head, then one projection.
 * Kernels [features, heads, size], the last one [heads, value size, features]; biases without the first axis. Masks of query, value and key, an
 * attention_mask [batch, to, from] and use_causal_mask. With more axes than one those of `attention_axes` (all by default) are the steps, and the
 * others belong to the batch; then without masks.
 * Source: keras/src/layers/attention/multi_head_attention.py
 */
export const multiHeadAttention: LayerKind = {
  classes: ["MultiHeadAttention"],
  about: "MatMul, Softmax. Over several axes without masks",
  parts: (config, make) => projections(config, make, ["query", "key", "value", "attention_output"]),
  convert: (call) => {
    const { b } = call;
    const given = attended(call);
    const scored = call.plain(-1, "return_attention_scores") === true;
    if (b.rank(given.query) > 3) {
      if (scored || ["attention_mask", "use_causal_mask"].some((name) => call.kwargs.has(name)))
        call.refuse("attention_axes with a mask or scores");
      return overAxes(call, given);
    }
    const { y, scores } = overSteps(call, given);
    const queryMask = call.mask(given.query);
    if (queryMask !== null) call.context.masks.set(y, queryMask);
    return scored ? [y, scores] : y;
  },
};

function overSteps(call: LayerCall, given: Attended): { y: string; scores: string } {
  const { b, config, layer } = call;
  const [heads, size] = [config.int("num_heads"), config.int("key_dim")];
  const valueSize = config.raw("value_dim") === null ? size : config.int("value_dim");
  const projected = (x: string, index: number, width: number): string =>
    project(call, layer.parts[index]?.layer ?? layer, toFloat(b, x), heads, width);
  const { heard, scores } = attend(call, given, [
    projected(given.query, 0, size),
    projected(given.key, 1, size),
    projected(given.value, 2, valueSize),
  ]);
  return { y: unproject(call, layer.parts[3]?.layer ?? layer, heard, heads * valueSize), scores };
}

/** [n, …, features] → [n · others, steps, features] and back. */
function overAxes(call: LayerCall, given: Attended): string {
  const { b, layer } = call;
  const rank = b.rank(given.query);
  const steps = stepAxes(layer, rank).map((axis) => call.axis(axis, rank));
  const others = range(1, rank - 1).filter((axis) => !steps.includes(axis));
  const perm = [0, ...others, ...steps, rank - 1];
  const flat = (x: string): string => {
    const count = steps.reduce((total, axis) => total * call.size(x, axis), 1);
    return reshape(b, transpose(b, x, perm), [others.length === 0 ? (b.shape(x)[0] ?? null) : null, count, call.size(x, -1)]);
  };
  const { y } = overSteps(call, { query: flat(given.query), value: flat(given.value), key: flat(given.key) });
  const shape: readonly Dim[] = perm.slice(1, -1).map((axis) => call.size(given.query, axis));
  const spread = reshape(b, y, [b.shape(given.query)[0] ?? null, ...shape, call.size(y, -1)]);
  return transpose(
    b,
    spread,
    perm.map((_, axis) => perm.indexOf(axis)),
  );
}

function stepAxes({ config }: KerasLayer, rank: number): number[] {
  return config.raw("attention_axes") === null ? range(1, rank - 1) : config.numbers("attention_axes");
}
