import type { Emitter } from "../emitter.ts";
import { channelsFirst, channelsLast } from "../layout.ts";
import { setMean } from "../averaging.ts";
import type { OperatorRule, Rules } from "../rule.ts";
import { type Refusal, refusal } from "../../reasons.ts";

interface Sampling {
  readonly mode: "linear" | "nearest";
  readonly alignCorners: boolean;
  readonly halfPixel: boolean;
}

/**
 * How TFLite samples, in ONNX's words. Nearest with half pixels takes floor((i + 0.5) · scale), which is half_pixel rounded up; with aligned corners it
 * rounds halves up. Source: TFLite's kernels/internal/reference/resize_nearest_neighbor.h and resize_bilinear.h
 */
function samplingAttributes({ mode, alignCorners, halfPixel }: Sampling): Readonly<Record<string, string>> {
  const coordinates = alignCorners ? "align_corners" : halfPixel ? "half_pixel" : "asymmetric";
  const rounding = alignCorners || halfPixel ? "round_prefer_ceil" : "floor";
  return { mode, coordinate_transformation_mode: coordinates, ...(mode === "nearest" ? { nearest_mode: rounding } : {}) };
}

/** The scales or sizes: sizes are exact, but need every axis; with an open batch scales serve where float32 reaches the right size by them. */
function target(e: Emitter, data: string): readonly string[] {
  const shape = e.shape(data);
  const wanted = e.integers(1);
  if (wanted !== null && typeof shape[0] === "number" && typeof shape[1] === "number")
    return ["", e.b.ints([shape[0], shape[1], ...wanted])];
  const scales = shape
    .slice(2)
    .map((size, axis) => (typeof size === "number" && wanted !== null ? scaleFor(size, wanted[axis] ?? 1) : null));
  if (scales.every((scale) => scale !== null)) return [e.b.floats([1, 1, ...scales])];
  const kept = e.b.op("Slice", [e.b.op("Shape", [data]), e.b.ints([0]), e.b.ints([2])]);
  return ["", e.b.op("Concat", [kept, e.indices(1)], { axis: 0n })];
}

/** A float32 by which `size` becomes `wanted`, whether it is multiplied in float32 or exactly; the nearest may fall short by its last bit. */
function scaleFor(size: number, wanted: number): number | null {
  const nearest = Math.fround(wanted / size);
  const candidates = [nearest, Math.fround(nearest * (1 + 2 ** -23))];
  return candidates.find((scale) => Math.floor(size * scale) === wanted && Math.floor(Math.fround(size * scale)) === wanted) ?? null;
}

function resize(e: Emitter, sampling: Sampling): void {
  const perm = channelsFirst(4).map(BigInt);
  const work = (transposed: string): string => e.b.op("Resize", [transposed, "", ...target(e, transposed)], samplingAttributes(sampling));
  // Nearest neighbours are moved, not calculated.
  if (sampling.mode === "nearest" && e.sameScale(0, 0)) {
    const first = e.b.op("Transpose", [e.stored(0)], { perm });
    e.setStored(0, e.b.op("Transpose", [work(first)], { perm: channelsLast(4).map(BigInt) }));
    return;
  }
  setMean(e, work);
}

const rank4 = (rank: number): Refusal | null => (rank === 4 ? null : refusal("DATA_AXES", { axes: rank, wanted: 4 }));

/** RESIZE_BILINEAR: NHWC, target height and width. int8: TFLite weighs in fixed point, within a step. */
const bilinear: OperatorRule = {
  refuse: (view) => rank4(view.need(0).shape.length),
  convert: (e) => {
    const { alignCorners, halfPixelCenters } = e.options("ResizeBilinearOptions");
    resize(e, { mode: "linear", alignCorners, halfPixel: halfPixelCenters });
  },
};

const nearest: OperatorRule = {
  refuse: (view) => rank4(view.need(0).shape.length),
  convert: (e) => {
    const { alignCorners, halfPixelCenters } = e.options("ResizeNearestNeighborOptions");
    resize(e, { mode: "nearest", alignCorners, halfPixel: halfPixelCenters });
  },
};

export const resizingRules: Rules = { RESIZE_BILINEAR: bilinear, RESIZE_NEAREST_NEIGHBOR: nearest };
