import { float32View, elementCount } from "@flotilla/onnx";
import { range, transpose } from "../emit/axes.ts";
import { float } from "../emit/permute.ts";
import { type LayerKind, trained } from "./layer-kind.ts";
import { refusal } from "../../reasons.ts";

/**
 * LayerNormalization over `axis` (the last by default): gamma · (x − mean) / √(variance + epsilon) + beta; gamma and beta have the sizes of those
 * axes. Axes that are not the last ones are brought there.
 * Source: keras/src/layers/normalization/layer_normalization.py
 */
export const layerNormalization: LayerKind = {
  classes: ["LayerNormalization"],
  about: "LayerNormalization. Not with rms_scaling",
  slots: ({ config }) => [
    ...(config.bool("scale", true) || config.bool("rms_scaling", false) ? trained("gamma") : []),
    ...(config.bool("center", true) && !config.bool("rms_scaling", false) ? trained("beta") : []),
  ],
  refuse: ({ config }) => (config.bool("rms_scaling", false) ? refusal("RMS_SCALING") : null),
  passesMask: true,
  convert: (call) => {
    const { b, config } = call;
    const x = call.input();
    const rank = b.rank(x);
    const axes = config.axes("axis", -1).map((axis) => call.axis(axis, rank));
    const sorted = axes.toSorted((left, right) => left - right);
    const perm = [...range(0, rank).filter((axis) => !sorted.includes(axis)), ...sorted];
    const sizes = sorted.map((axis) => call.size(x, axis));
    const count = elementCount(sizes);
    const vector = (name: string, fallback: number): string => {
      if (!call.has(name)) return b.constant(float(sizes, new Float32Array(count).fill(fallback)), name);
      const tensor = call.weight(name);
      if (elementCount(tensor.dims) !== count) call.weight(name, sizes);
      return b.constant(float(sizes, float32View(tensor)), name);
    };
    const inputs = [transpose(b, x, perm), vector("gamma", 1), ...(call.has("beta") ? [vector("beta", 0)] : [])];
    const y = b.op("LayerNormalization", inputs, { axis: BigInt(rank - sorted.length), epsilon: config.number("epsilon", 1e-3) });
    return transpose(
      b,
      y,
      perm.map((_, index) => perm.indexOf(index)),
    );
  },
};
