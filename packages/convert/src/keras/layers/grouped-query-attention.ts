import { refusal } from "../../reasons.ts";
import { DataType, tensorFromNumbers } from "@flotilla/onnx";
import { attend, attended, project, projections, unproject } from "./attention-parts.ts";
import { toFloat } from "./layer-call.ts";
import type { LayerKind } from "./layer-kind.ts";

/**
 * GroupQueryAttention(query, value, key = value) over [batch, steps, features]: as MultiHeadAttention, with fewer heads of key and value, each of which
 * serves the same number of heads of the query. With use_gate a sigmoid of a projection of the query multiplies what was heard.
 * Source: keras/src/layers/attention/grouped_query_attention.py
 */
export const groupedQueryAttention: LayerKind = {
  classes: ["GroupQueryAttention", "GroupedQueryAttention"],
  about: "MatMul, Gather, Softmax. Not with sliding_window",
  parts: (config, make) =>
    projections(config, make, ["query", "key", ...(config.bool("use_gate", false) ? ["gate"] : []), "value", "attention_output"]),
  refuse: ({ config }) => (config.raw("sliding_window") === null ? null : refusal("SETTING", { setting: "sliding_window" })),
  convert: (call) => {
    const { b, config, layer } = call;
    const [heads, groups, size] = [config.int("num_query_heads"), config.int("num_key_value_heads"), config.int("head_dim")];
    const given = attended(call);
    const projected = (part: string, x: string, count: number): string => {
      const found = layer.parts.find(({ name }) => name === part)?.layer ?? call.fail(`has no projection ${part}`);
      return project(call, found, toFloat(b, x), count, size);
    };
    const serves = Array.from({ length: heads }, (_, head) => Math.floor((head * groups) / heads));
    const spread = (x: string): string =>
      b.op("Gather", [x, b.constant(tensorFromNumbers(DataType.INT64, [heads], serves), "groups")], { axis: 2n });
    const query = projected("query", given.query, heads);
    const [key, value] = [spread(projected("key", given.key, groups)), spread(projected("value", given.value, groups))];
    const { heard, scores } = attend(call, given, [query, key, value]);
    const gated = config.bool("use_gate", false) ? b.op("Mul", [heard, b.op("Sigmoid", [projected("gate", given.query, heads)])]) : heard;
    const y = unproject(call, layer.parts.at(-1)?.layer ?? layer, gated, heads * size);
    const queryMask = call.mask(given.query);
    if (queryMask !== null) call.context.masks.set(y, queryMask);
    return call.plain(-1, "return_attention_scores") === true ? [y, scores] : y;
  },
};
