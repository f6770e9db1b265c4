import type { LayerKind } from "./layer-kind.ts";

/** RepeatVector: [n, c] → [n, times, c]. Source: keras/src/layers/reshaping/repeat_vector.py */
export const repeatVector: LayerKind = {
  classes: ["RepeatVector"],
  about: "Unsqueeze, Tile",
  convert: (call) => {
    const { b, config } = call;
    const row = b.op("Unsqueeze", [call.rawInput(), b.ints([1])]);
    return b.op("Tile", [row, b.ints([1, config.int("n"), 1])]);
  },
};
