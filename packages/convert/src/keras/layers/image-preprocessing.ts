import { DataType } from "@flotilla/onnx";
import { dataFormat, onChannelsFirst } from "../emit/axes.ts";
import { INTERPOLATIONS, resizeImage } from "../emit/resize-image.ts";
import type { LayerKind } from "./layer-kind.ts";

/** Rescaling: x · scale + offset; either may be a list along the channels. Source: keras/src/layers/preprocessing/rescaling.py */
export const rescaling: LayerKind = {
  classes: ["Rescaling"],
  about: "Mul, Add",
  passesMask: true,
  convert: (call) => {
    const { b, config } = call;
    const [scale, offset] = [config.numbers("scale"), config.raw("offset") === null ? [0] : config.numbers("offset")];
    const vector = (values: number[]): string => {
      if (values.length === 1) return b.floats(values[0] ?? 0);
      const channelsFirst = config.raw("data_format") === "channels_first" && b.rank(call.input()) === 4;
      return b.floats(values, channelsFirst ? [values.length, 1, 1] : [values.length]);
    };
    const scaled = scale.every((value) => value === 1) ? call.input() : b.op("Mul", [call.input(), vector(scale)]);
    return offset.every((value) => value === 0) ? scaled : b.op("Add", [scaled, vector(offset)]);
  },
};

/** Resizing to height × width. Source: keras/src/layers/preprocessing/image_preprocessing/resizing.py */
export const resizing: LayerKind = {
  classes: ["Resizing"],
  about: "Resize: nearest, bilinear, bicubic. Not with crop or pad to aspect ratio, nor antialiasing",
  refuse: ({ config }) => {
    if (config.bool("crop_to_aspect_ratio", false)) return "crop_to_aspect_ratio is not converted. Crop before the model.";
    if (config.bool("pad_to_aspect_ratio", false)) return "pad_to_aspect_ratio is not converted. Pad before the model.";
    if (config.bool("antialias", false)) return "antialiasing is not converted. Resize before the model, or without it.";
    const interpolation = config.text("interpolation", "bilinear").toLowerCase();
    return INTERPOLATIONS.includes(interpolation)
      ? null
      : `the interpolation ${JSON.stringify(interpolation)} has no ONNX counterpart. Use nearest, bilinear or bicubic.`;
  },
  convert: (call) => {
    const { b, config } = call;
    const sizes = [config.int("height"), config.int("width")];
    const whole = config.keras === 3 ? integerRange(b.type(call.rawInput()).elemType) : null;
    return onChannelsFirst(b, call.input(), dataFormat(config), (x) => {
      const resized = resizeImage(b, x, sizes, config.text("interpolation", "bilinear").toLowerCase());
      // Keras 3 gives whole numbers back as whole numbers.
      return whole === null ? resized : b.op("Clip", [b.op("Round", [resized]), b.floats(whole[0]), b.floats(whole[1])]);
    });
  },
};

function integerRange(elemType: number): readonly [number, number] | null {
  if (elemType === DataType.UINT8) return [0, 255];
  return elemType === DataType.INT8
    ? [-128, 127]
    : elemType === DataType.UINT16
      ? [0, 65_535]
      : elemType === DataType.FLOAT
        ? null
        : [-(2 ** 31), 2 ** 31];
}

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
