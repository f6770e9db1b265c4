import { dataFormat, onChannelsFirst } from "../emit/axes.ts";
import { resizeAttributes } from "../emit/resize-attributes.ts";
import { spatialRank } from "../emit/window.ts";
import type { LayerKind } from "./layer-kind.ts";

/**
 * UpSampling: each place `size` times (nearest), in two dimensions also bilinear and bicubic between the centres of pixels.
 * Source: keras/src/layers/reshaping/up_sampling2d.py; tf.image.resize
 */
export const upSampling: LayerKind = {
  classes: ["UpSampling1D", "UpSampling2D", "UpSampling3D"],
  about: "Resize: nearest, bilinear, bicubic",
  refuse: ({ config }) =>
    resizeAttributes(config.text("interpolation", "nearest")) === null ? refusal(config.text("interpolation", "")) : null,
  convert: (call) => {
    const { b, config } = call;
    const rank = spatialRank(call.layer.className);
    const sizes = config.sizes("size", rank, 2);
    const interpolation = config.text("interpolation", "nearest");
    const attributes =
      interpolation === "nearest"
        ? { mode: "nearest", coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" }
        : (resizeAttributes(interpolation) ?? {});
    return onChannelsFirst(b, call.input(), dataFormat(config), (x) => b.op("Resize", [x, "", b.floats([1, 1, ...sizes])], attributes));
  },
};

function refusal(interpolation: string): string {
  return `the interpolation ${JSON.stringify(interpolation)} has no ONNX counterpart. Use nearest, bilinear or bicubic.`;
}
