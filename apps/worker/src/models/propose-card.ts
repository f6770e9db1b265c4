import type { Inspection, ModelCard, Preprocessing, TensorSpec } from "@flotilla/contracts";

/**
 * A first card out of what the graph says, for a person to correct: an input of rank 4 with 1 or 3 channels is an image with pixels
 * 0…1, an output of [batch, n ≥ 2] is a class per column.
 */
export function proposeCard(inspection: Pick<Inspection, "inputs" | "outputs">): ModelCard {
  const [input, ...more] = inspection.inputs;
  const columns = inspection.outputs[0]?.shape;
  const classes = columns?.length === 2 && typeof columns[1] === "number" && columns[1] >= 2;
  return {
    task: classes ? "classification" : "other",
    preprocessing: input === undefined || more.length > 0 ? null : proposePreprocessing(input),
    labels: [],
    notes: "",
  };
}

function proposePreprocessing({ type, shape }: TensorSpec): Preprocessing | null {
  if (shape.length !== 4 || (type !== "float32" && type !== "float16" && type !== "uint8")) return null;
  const [, a, b, c] = shape;
  const layout = isChannels(c) ? "nhwc" : isChannels(a) ? "nchw" : null;
  const [height, width, channels] = layout === "nchw" ? [b, c, a] : [a, b, c];
  if (layout === null || !isSide(height) || !isSide(width) || !isChannels(channels)) return null;
  const scale = type === "uint8" ? 1 : 1 / 255;
  return { kind: "image", width, height, channels, channelOrder: "rgb", layout, scale, mean: [0], std: [1] };
}

function isChannels(size: unknown): size is 1 | 3 {
  return size === 1 || size === 3;
}

function isSide(size: unknown): size is number {
  return typeof size === "number" && size >= 1 && size <= 8192;
}
