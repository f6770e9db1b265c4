import { dataFormat, onChannelsFirst } from "../emit/axes.ts";
import type { LayerKind } from "./layer-kind.ts";

/** CenterCrop of an image at least as large; the odd pixel is cut off behind. Source: keras/src/layers/preprocessing/image_preprocessing/center_crop.py */
export const centerCrop: LayerKind = {
  classes: ["CenterCrop"],
  about: "Slice, for images at least as large as the crop",
  convert: (call) => {
    const { b, config } = call;
    return onChannelsFirst(b, call.input(), dataFormat(config), (x) => {
      const starts = (["height", "width"] as const).map((name, index) => {
        const rest = call.size(x, 2 + index) - config.int(name);
        return rest >= 0
          ? Math.floor(rest / 2)
          : call.fail(`crops to a ${name} of ${config.int(name)}, but the image is smaller; resize it before`);
      });
      const ends = [(starts[0] ?? 0) + config.int("height"), (starts[1] ?? 0) + config.int("width")];
      return b.op("Slice", [x, b.ints(starts), b.ints(ends), b.ints([2, 3])]);
    });
  },
};
