import { refusal } from "../../reasons.ts";
import { cropToAspect } from "../emit/aspect-ratio.ts";
import { dataFormat, onChannelsFirst } from "../emit/axes.ts";
import { resizeImage } from "../emit/resize-image.ts";
import type { LayerKind } from "./layer-kind.ts";

/**
 * CenterCrop; the odd pixel is cut off behind. A picture that is smaller is cut to the aspect ratio and resized; so does RandomCrop of Keras 2 with
 * every picture outside of training.
 * Source: keras/src/layers/preprocessing/image_preprocessing/center_crop.py; keras 2 layers/preprocessing/image_preprocessing.py, RandomCrop
 */
export const centerCrop: LayerKind = {
  classes: ["CenterCrop", "RandomCrop"],
  about: "Slice, Resize. RandomCrop of Keras 2",
  refuse: ({ className, config }) => (className === "RandomCrop" && config.keras === 3 ? refusal("RANDOM_CROP") : null),
  convert: (call) => {
    const { b, config, layer } = call;
    const to = [config.int("height"), config.int("width")];
    return onChannelsFirst(b, call.input(), dataFormat(config), (x) => {
      const from = [call.size(x, 2), call.size(x, 3)];
      const starts = to.map((size, axis) => Math.floor(((from[axis] ?? 0) - size) / 2));
      if (layer.className === "RandomCrop" || starts.some((start) => start < 0))
        return resizeImage(b, cropToAspect(b, x, from, to), to, "bilinear");
      return b.op("Slice", [x, b.ints(starts), b.ints(to.map((size, axis) => size + (starts[axis] ?? 0))), b.ints([2, 3])]);
    });
  },
};
