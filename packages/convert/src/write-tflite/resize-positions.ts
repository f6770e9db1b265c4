import type { Node } from "@flotilla/onnx";

export interface ResizeFlags {
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
}

interface AxisSizes {
  readonly from: number;
  readonly to: number;
}

/**
 * Where ONNX's Resize samples an axis: source positions, clamped to the axis, rounded where the mode is nearest. `scale` is the given one, or null where sizes are
 * given. Calculated in float32 as onnxruntime does: at borders of rounding the last bit decides. Source: https://onnx.ai/onnx/operators/onnx__Resize.html
 */
export function positionsOf(node: Node, { from, to }: AxisSizes, scale: number | null): number[] {
  const mode = node.string("coordinate_transformation_mode", "half_pixel");
  const factor = Math.fround(scale ?? to / from);
  const half = (index: number): number => Math.fround(Math.fround(Math.fround(index + 0.5) / factor) - 0.5);
  const offset = Math.fround((from / 2) * Math.fround(1 - Math.fround(to / Math.fround(factor * from))));
  const symmetric = (index: number): number => Math.fround(Math.fround(offset + Math.fround(Math.fround(index + 0.5) / factor)) - 0.5);
  const source = (index: number): number => {
    switch (mode) {
      case "align_corners":
        return to === 1 ? 0 : Math.fround(Math.fround(index * (from - 1)) / (to - 1));
      case "asymmetric":
        return Math.fround(index / factor);
      case "pytorch_half_pixel":
        return to > 1 ? half(index) : 0;
      case "half_pixel_symmetric":
        return symmetric(index);
      default:
        return half(index);
    }
  };
  const rounding = node.string("mode", "nearest") === "nearest" ? node.string("nearest_mode", "round_prefer_floor") : "none";
  return Array.from({ length: to }, (_, index) => clamp(round(source(index), rounding), from));
}

/** Where RESIZE_NEAREST_NEIGHBOR samples (tensorflow/lite/kernels/internal/reference/resize_nearest_neighbor.h). */
export function nearestPositions({ alignCorners, halfPixelCenters }: ResizeFlags, { from, to }: AxisSizes): number[] {
  const scale = alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to;
  const offset = halfPixelCenters ? 0.5 : 0;
  return Array.from({ length: to }, (_, index) => {
    const position = Math.fround(Math.fround(index + offset) * Math.fround(scale));
    return clamp(alignCorners ? Math.round(position) : Math.floor(position), from);
  });
}

/** Where RESIZE_BILINEAR samples (tensorflow/lite/kernels/internal/reference/resize_bilinear.h). */
export function linearPositions({ alignCorners, halfPixelCenters }: ResizeFlags, { from, to }: AxisSizes): number[] {
  const scale = alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to;
  return Array.from({ length: to }, (_, index) => clamp(halfPixelCenters ? (index + 0.5) * scale - 0.5 : index * scale, from));
}

function clamp(position: number, size: number): number {
  return Math.min(Math.max(position, 0), size - 1);
}

function round(position: number, rounding: string): number {
  switch (rounding) {
    case "round_prefer_floor":
      return Math.ceil(position - 0.5);
    case "round_prefer_ceil":
      return Math.floor(position + 0.5);
    case "floor":
      return Math.floor(position);
    case "ceil":
      return Math.ceil(position);
    default:
      return position;
  }
}
