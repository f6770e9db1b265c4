import { transpose } from "../emit/axes.ts";
import { causalMask } from "../emit/causal-mask.ts";
import { type LayerCall, toFloat } from "./layer-call.ts";
import { type LayerKind, trained } from "./layer-kind.ts";

/**
 * Attention and AdditiveAttention over [query, value, key = value]: scores q · kᵀ · `scale`, or with score_mode concat
 * `concat_score_weight` · Σ tanh(`scale` · (q + k)); AdditiveAttention Σ `scale` · tanh(q + k). Softmax; · v. What the mask of the value or the causal
 * mask hides loses 1e9 before the softmax; steps that the mask of the query hides give 0.
 * Source: keras/src/layers/attention/{attention,additive_attention}.py
 */
export const dotAttention: LayerKind = {
  classes: ["Attention", "AdditiveAttention"],
  about: "MatMul or Add and Tanh, Softmax, MatMul",
  slots: ({ className, config }) => [
    ...(config.bool("use_scale", className === "AdditiveAttention") ? trained("scale") : []),
    ...(config.text("score_mode", "dot") === "concat" ? trained("concat_score_weight") : []),
  ],
  convert: (call) => {
    const { b } = call;
    const [query = "", value = query, key = value] = call.inputs.map((input) => toFloat(b, input));
    const scores = scoresOf(call, query, key);
    const [queryMask = null, valueMask = null] = masksOf(call);
    const hidden = valueMask === null ? [] : [b.op("Unsqueeze", [valueMask, b.ints([1])])];
    if (call.plain(99, "use_causal_mask") === true || call.config.bool("causal", false)) hidden.push(causalMask(b, scores));
    const seen =
      hidden.length === 0
        ? scores
        : b.op("Where", [hidden.reduce((left, right) => b.op("And", [left, right])), scores, b.op("Sub", [scores, b.floats(1e9)])]);
    const weights = b.op("Softmax", [seen], { axis: -1n });
    const heard = b.op("MatMul", [weights, value]);
    const y = queryMask === null ? heard : b.op("Where", [b.op("Unsqueeze", [queryMask, b.ints([2])]), heard, b.floats(0)]);
    if (queryMask !== null) call.context.masks.set(y, queryMask);
    return call.plain(99, "return_attention_scores") === true ? [y, weights] : y;
  },
};

function scoresOf(call: LayerCall, query: string, key: string): string {
  const { b, config, layer } = call;
  const scaled = (value: string): string => (call.has("scale") ? b.op("Mul", [value, b.constant(call.weight("scale"), "scale")]) : value);
  const concat = config.text("score_mode", "dot") === "concat";
  if (layer.className === "Attention" && !concat) return scaled(b.op("MatMul", [query, transpose(b, key, [0, 2, 1])]));
  const pairs = b.op("Add", [b.op("Unsqueeze", [query, b.ints([2])]), b.op("Unsqueeze", [key, b.ints([1])])]);
  const bent = concat ? b.op("Tanh", [scaled(pairs)]) : scaled(b.op("Tanh", [pairs]));
  const sum = b.op("ReduceSum", [bent, b.ints([-1])], { keepdims: 0n });
  return concat ? b.op("Mul", [sum, b.constant(call.weight("concat_score_weight", []), "concat_score_weight")]) : sum;
}

/** Of query and value: as an argument of the call, or as they come with the inputs. */
function masksOf(call: LayerCall): (string | null)[] {
  const given = call.tensors(1, "mask");
  return given.length > 0 ? given : call.inputs.map((input) => call.mask(input));
}
