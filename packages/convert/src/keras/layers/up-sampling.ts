import { dataFormat, onChannelsFirst } from "../emit/axes.ts";
import { INTERPOLATIONS, resizeImage } from "../emit/resize-image.ts";
import { spatialRank } from "../emit/window.ts";
import type { LayerKind } from "./layer-kind.ts";
import { refusal } from "../../reasons.ts";

/**
 * UpSampling: each place `size` times (nearest), in two dimensions also bilinear and bicubic between the centres of pixels.
 * Source: keras/src/layers/reshaping/up_sampling2d.py; tf.image.resize
 */
export const upSampling: LayerKind = {
  classes: ["UpSampling1D", "UpSampling2D", "UpSampling3D"],
  about: "Resize: nearest, bilinear; MatMul: bicubic",
  refuse: ({ config }) => {
    const interpolation = config.text("interpolation", "nearest");
    return INTERPOLATIONS.includes(interpolation) ? null : refusal("INTERPOLATION", { name: interpolation });
  },
  convert: (call) => {
    const { b, config } = call;
    const sizes = config.sizes("size", spatialRank(call.layer.className), 2);
    const interpolation = config.text("interpolation", "nearest");
    return onChannelsFirst(b, call.input(), dataFormat(config), (x) => {
      const from = b.shape(x).slice(2);
      if (interpolation === "bicubic")
        return resizeImage(
          b,
          x,
          sizes.map((size, axis) => size * Number(from[axis])),
          interpolation,
        );
      const attributes =
        interpolation === "nearest"
          ? { mode: "nearest", coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" }
          : { mode: "linear", coordinate_transformation_mode: "half_pixel" };
      return b.op("Resize", [x, "", b.floats([1, 1, ...sizes])], attributes);
    });
  },
};
