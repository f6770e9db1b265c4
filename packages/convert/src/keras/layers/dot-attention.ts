import { transpose } from "../emit/axes.ts";
import { toFloat } from "./layer-call.ts";
import { type LayerKind, trained } from "./layer-kind.ts";
import { refusal } from "../../reasons.ts";

/**
 * Attention and AdditiveAttention over [query, value, key = value]: scores q · kᵀ (times `scale`), or the sum of tanh(q + k) (times `scale`);
 * softmax; · v. A mask of the value takes 1e9 from the scores.
 * Source: keras/src/layers/attention/{attention,additive_attention}.py
 */
export const dotAttention: LayerKind = {
  classes: ["Attention", "AdditiveAttention"],
  about: "MatMul or Add and Tanh, Softmax, MatMul. Not with score_mode concat, nor causal",
  slots: ({ className, config }) => (config.bool("use_scale", className === "AdditiveAttention") ? trained("scale") : []),
  refuse: ({ config }) => {
    if (config.text("score_mode", "dot") !== "dot") return refusal("SCORE_MODE");
    return config.bool("causal", false) ? refusal("CAUSAL_ATTENTION") : null;
  },
  convert: (call) => {
    const { b, layer } = call;
    const [query = "", value = query, key = value] = call.inputs.map((input) => toFloat(b, input));
    const additive = layer.className === "AdditiveAttention";
    if (call.plain(99, "use_causal_mask") === true) call.fail("uses a causal mask, which only MultiHeadAttention is converted with");
    const scale = call.has("scale") ? b.constant(call.weight("scale"), "scale") : null;
    let scores: string;
    if (additive) {
      const sum = b.op("Tanh", [b.op("Add", [b.op("Unsqueeze", [query, b.ints([2])]), b.op("Unsqueeze", [key, b.ints([1])])])]);
      scores = b.op("ReduceSum", [scale === null ? sum : b.op("Mul", [sum, scale]), b.ints([-1])], { keepdims: 0n });
    } else {
      const products = b.op("MatMul", [query, transpose(b, key, [0, 2, 1])]);
      scores = scale === null ? products : b.op("Mul", [products, scale]);
    }
    const mask = call.mask(call.inputs[1] ?? "");
    const seen =
      mask === null ? scores : b.op("Where", [b.op("Unsqueeze", [mask, b.ints([1])]), scores, b.op("Sub", [scores, b.floats(1e9)])]);
    const weights = b.op("Softmax", [seen], { axis: -1n });
    const y = b.op("MatMul", [weights, value]);
    const queryMask = call.mask(call.inputs[0] ?? "");
    if (queryMask !== null) call.context.masks.set(y, queryMask);
    return call.plain(99, "return_attention_scores") === true ? [y, weights] : y;
  },
};
