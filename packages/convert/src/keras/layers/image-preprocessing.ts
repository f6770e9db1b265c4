import { dataFormat, onChannelsFirst } from "../emit/axes.ts";
import { resizeAttributes } from "../emit/resize-attributes.ts";
import type { LayerCall } from "./layer-call.ts";
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
    return resizeAttributes(interpolation) === null
      ? `the interpolation ${JSON.stringify(interpolation)} has no ONNX counterpart. Use nearest, bilinear or bicubic.`
      : null;
  },
  convert: (call) => {
    const { b, config } = call;
    const sizes = [config.int("height"), config.int("width")];
    const attributes = resizeAttributes(config.text("interpolation", "bilinear").toLowerCase()) ?? {};
    return onChannelsFirst(b, call.input(), dataFormat(config), (x) => {
      const head = b.op("Slice", [b.op("Shape", [x]), b.ints([0]), b.ints([2])]);
      const batch = b.shape(x).slice(0, 2);
      const target = batch.every((dim): dim is number => typeof dim === "number")
        ? b.ints([...batch, ...sizes])
        : b.op("Concat", [head, b.ints(sizes)], { axis: 0n });
      return resizeTo(call, x, target, sizes, attributes);
    });
  },
};

/** With known sizes by factors, which leaves the batch alone; they must give the sizes exactly. */
function resizeTo(
  { b }: LayerCall,
  x: string,
  target: string,
  sizes: readonly number[],
  attributes: Record<string, string | number | bigint>,
): string {
  const from = b.shape(x).slice(2);
  const scales = sizes.map((size, axis) => size / Number(from[axis]));
  const exact = scales.every(
    (scale, axis) => typeof from[axis] === "number" && Math.floor(Math.fround(scale) * Number(from[axis])) === sizes[axis],
  );
  const result = exact ? b.op("Resize", [x, "", b.floats([1, 1, ...scales])], attributes) : b.op("Resize", [x, "", "", target], attributes);
  b.graph.types.set(result, { elemType: b.type(x).elemType, shape: [...b.shape(x).slice(0, 2), ...sizes] });
  return result;
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
