import type { Inspection, ModelCard, Preprocessing, TensorSpec } from "@flotilla/contracts";
import type { ModelHints } from "@flotilla/convert/bring-in";

/**
 * A first card out of what the graph says, for a person to correct: an input of rank 4 with 1 or 3 channels is an image with pixels
 * 0…1, an output of [batch, n ≥ 2] is a class per column. What the uploaded file itself says of labels and normalisation counts more.
 */
export function proposeCard(inspection: Pick<Inspection, "inputs" | "outputs">, hints?: ModelHints): ModelCard {
  const [input, ...more] = inspection.inputs;
  const columns = inspection.outputs[0]?.shape;
  const classes = columns?.length === 2 && typeof columns[1] === "number" && columns[1] >= 2;
  return {
    task: classes ? "classification" : "other",
    preprocessing:
      input === undefined || more.length > 0 ? null : toIntegers(hints?.preprocessing ?? proposePreprocessing(input, hints), hints),
    labels: [...(hints?.labels ?? [])],
    notes: "",
  };
}

/** Reals become the integers that stand for them: (x − mean) / std as integer is ((x − mean) / std) / scale + zeroPoint. */
function toIntegers(preprocessing: Preprocessing | null, hints: ModelHints | undefined): Preprocessing | null {
  const integers = hints?.inputScale ?? null;
  if (preprocessing === null || integers === null) return preprocessing;
  const { scale, zeroPoint } = integers;
  const { mean, std } = preprocessing;
  const size = Math.max(mean.length, std.length);
  const [means, stds] = [mean, std].map((values) => Array.from({ length: size }, (_, index) => values[index] ?? values[0] ?? 0));
  return {
    ...preprocessing,
    mean: (means ?? []).map((value, index) => value - zeroPoint * scale * (stds?.[index] ?? 1)),
    std: (stds ?? []).map((value) => value * scale),
  };
}

function proposePreprocessing({ type, shape }: TensorSpec, hints: ModelHints | undefined): Preprocessing | null {
  if (shape.length !== 4 || !(["float32", "float16", "uint8", "int8"] as string[]).includes(type)) return null;
  const [, a, b, c] = shape;
  const layout = isChannels(c) ? "nhwc" : isChannels(a) ? "nchw" : null;
  const [height, width, channels] = layout === "nchw" ? [b, c, a] : [a, b, c];
  if (layout === null || !isSide(height) || !isSide(width) || !isChannels(channels)) return null;
  const takesPixels = hints?.rawPixels === true || (type === "uint8" && (hints?.inputScale ?? null) === null);
  const scale = takesPixels ? 1 : 1 / 255;
  return { kind: "image", width, height, channels, channelOrder: "rgb", layout, scale, mean: [0], std: [1] };
}

function isChannels(size: unknown): size is 1 | 3 {
  return size === 1 || size === 3;
}

function isSide(size: unknown): size is number {
  return typeof size === "number" && size >= 1 && size <= 8192;
}
