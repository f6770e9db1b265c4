import { refusal } from "../../reasons.ts";
import { DataType } from "@flotilla/onnx";
import { dataFormat, onChannelsFirst } from "../emit/axes.ts";
import { INTERPOLATIONS, resizeImage } from "../emit/resize-image.ts";
import { cropToAspect, padToAspect } from "../emit/aspect-ratio.ts";
import type { LayerCall } from "./layer-call.ts";
import type { LayerKind } from "./layer-kind.ts";

const RANGES: Readonly<Record<number, readonly [number, number]>> = {
  [DataType.UINT8]: [0, 255],
  [DataType.INT8]: [-128, 127],
  [DataType.UINT16]: [0, 65_535],
  [DataType.INT16]: [-32_768, 32_767],
  [DataType.INT32]: [-(2 ** 31), 2 ** 31 - 1],
};

/** Resizing to height × width. Source: keras/src/layers/preprocessing/image_preprocessing/resizing.py */
export const resizing: LayerKind = {
  classes: ["Resizing"],
  about: "Resize: nearest, bilinear, bicubic. Not with antialiasing",
  refuse: ({ config }) => {
    if (config.bool("antialias", false)) return refusal("ANTIALIASING");
    const interpolation = config.text("interpolation", "bilinear").toLowerCase();
    return INTERPOLATIONS.includes(interpolation) ? null : refusal("INTERPOLATION", { name: interpolation });
  },
  convert: (call) => {
    const { b, config } = call;
    const sizes = [config.int("height"), config.int("width")];
    const whole = config.keras === 3 ? (RANGES[b.type(call.rawInput()).elemType] ?? null) : null;
    return onChannelsFirst(b, call.input(), dataFormat(config), (x) => {
      const resized = resizeImage(b, shaped(call, x, sizes), sizes, config.text("interpolation", "bilinear").toLowerCase());
      // Keras 3 gives whole numbers back as whole numbers.
      return whole === null ? resized : b.op("Clip", [b.op("Round", [resized]), b.floats(whole[0]), b.floats(whole[1])]);
    });
  },
};

/** The part of the picture, or the frame around it, that has the aspect ratio of the result. */
function shaped(call: LayerCall, x: string, sizes: readonly number[]): string {
  const { b, config } = call;
  const [crop, pad] = [config.bool("crop_to_aspect_ratio", false), config.bool("pad_to_aspect_ratio", false)];
  if (!crop && !pad) return x;
  const from = [call.size(x, 2), call.size(x, 3)];
  return crop ? cropToAspect(b, x, from, sizes) : padToAspect(b, x, from, sizes, config.number("fill_value", 0));
}
