import type { LayerKind } from "./layer-kind.ts";

/** Rescaling: x · scale + offset; either may be a list along the channels. Source: keras/src/layers/preprocessing/rescaling.py */
export const rescaling: LayerKind = {
  classes: ["Rescaling"],
  about: "Mul, Add",
  passesMask: "keras3",
  convert: (call) => {
    const { b, config } = call;
    const x = call.input();
    const [scale, offset] = [config.numbers("scale"), config.raw("offset") === null ? [0] : config.numbers("offset")];
    const vector = (values: number[]): string => {
      if (values.length === 1) return b.floats(values[0] ?? 0);
      const channelsFirst = config.raw("data_format") === "channels_first" && b.rank(x) === 4;
      return b.floats(values, channelsFirst ? [values.length, 1, 1] : [values.length]);
    };
    const scaled = scale.every((value) => value === 1) ? x : b.op("Mul", [x, vector(scale)]);
    return offset.every((value) => value === 0) ? scaled : b.op("Add", [scaled, vector(offset)]);
  },
};
