import type { GraphBuilder } from "@flotilla/onnx";

/** Sizes of the part of a picture, or of the frame around it, that has the aspect ratio of `to`, cut to whole pixels. */
function likeTarget([height = 1, width = 1]: readonly number[], [toHeight = 1, toWidth = 1]: readonly number[]): [number, number] {
  const ratio = (across: number, toward: number, by: number): number => Math.trunc(Math.fround(Math.fround(across * toward) / by));
  return [ratio(width, toHeight, toWidth), ratio(height, toWidth, toHeight)];
}

/**
 * The middle of pictures [n, c, h, w] in the aspect ratio of `to` [height, width].
 * Source: keras/src/utils/image_utils.py, smart_resize
 */
export function cropToAspect(b: GraphBuilder, x: string, from: readonly number[], to: readonly number[]): string {
  const crop = likeTarget(from, to).map((size, axis) => Math.max(1, Math.min(size, from[axis] ?? 1)));
  const starts = crop.map((size, axis) => Math.floor(((from[axis] ?? 1) - size) / 2));
  const ends = crop.map((size, axis) => size + (starts[axis] ?? 0));
  return b.op("Slice", [x, b.ints(starts), b.ints(ends), b.ints([2, 3])]);
}

/**
 * Pictures [n, c, h, w] with `fill` around them, as much before as behind, towards the aspect ratio of `to`.
 * Source: keras/src/backend/tensorflow/image.py, resize with pad_to_aspect_ratio
 */
export function padToAspect(b: GraphBuilder, x: string, from: readonly number[], to: readonly number[], fill: number): string {
  const edges = likeTarget(from, to).map((size, axis) => Math.floor(Math.max(0, size - (from[axis] ?? 1)) / 2));
  return b.op("Pad", [x, b.ints([0, 0, ...edges, 0, 0, ...edges]), b.floats(fill)]);
}
