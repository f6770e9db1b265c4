import { elementCount, float32View } from "@flotilla/onnx";
import { range, transpose } from "../emit/axes.ts";
import { float } from "../emit/permute.ts";
import type { LayerCall } from "./layer-call.ts";
import { kept, type LayerKind, trained } from "./layer-kind.ts";
import { refusal } from "../../reasons.ts";

/**
 * BatchNormalization at inference: gamma · (x − moving_mean) / √(moving_variance + epsilon) + beta, along `axis` (the last by default).
 * Four vectors [channels]; gamma is left out without `scale`, beta without `center`. The clean-up folds it into the convolution before it.
 * Source: keras/src/layers/normalization/batch_normalization.py. Keras 1 keeps the variance as `running_std`, in spite of the name.
 */
export const batchNormalization: LayerKind = {
  classes: ["BatchNormalization", "BatchNormalizationV1", "BatchNormalizationV2", "SyncBatchNormalization"],
  about: "BatchNormalization, folded into a Conv before it",
  slots: ({ config }) => [
    ...(config.bool("scale", true) ? trained("gamma") : []),
    ...(config.bool("center", true) ? trained("beta") : []),
    ...kept("moving_mean", "moving_variance"),
  ],
  refuse: ({ config }) => {
    if (config.raw("renorm") === true) return refusal("RENORM");
    return config.axes("axis", -1).length === 1 ? null : refusal("SEVERAL_AXES");
  },
  passesMask: true,
  convert: (call) => {
    const { b, config } = call;
    const x = call.input();
    const rank = b.rank(x);
    const axis = call.axis(config.axes("axis", -1)[0] ?? -1, rank);
    const perm = rank < 2 || axis === 1 ? range(0, rank) : [0, axis, ...range(1, rank).filter((other) => other !== axis)];
    const channels = call.size(x, axis);
    const vectors = ["gamma", "beta", "moving_mean", "moving_variance"].map((name) => vector(call, name, channels));
    const turned = transpose(b, x, perm);
    const y = b.op("BatchNormalization", [turned, ...vectors], { epsilon: config.number("epsilon", 1e-3) });
    return transpose(
      b,
      y,
      perm.map((_, index) => perm.indexOf(index)),
    );
  },
};

function vector(call: LayerCall, name: string, channels: number): string {
  const { b } = call;
  if (!call.has(name)) return b.constant(float([channels], new Float32Array(channels).fill(name === "gamma" ? 1 : 0)), name);
  const tensor = call.weight(name);
  // Some writers keep the axes that are not normalised as ones.
  if (elementCount(tensor.dims) !== channels) call.weight(name, [channels]);
  return b.constant(float([channels], float32View(tensor)), name);
}
