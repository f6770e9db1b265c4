import { DataType } from "../../graph/data-types.ts";
import { forEachIndex, need, type ReferenceOp, result, scalarOf, valuesOf } from "../op.ts";

type Box = readonly [top: number, left: number, bottom: number, right: number];

/** Any two diagonal corners, or with `center` the middle, width and height. */
function boxAt(values: Float64Array, at: number, center: boolean): Box {
  const [a = 0, b = 0, c = 0, d = 0] = values.subarray(at, at + 4);
  if (center) return [b - d / 2, a - c / 2, b + d / 2, a + c / 2];
  return [Math.min(a, c), Math.min(b, d), Math.max(a, c), Math.max(b, d)];
}

function overlap(left: Box, right: Box): number {
  const height = Math.min(left[2], right[2]) - Math.max(left[0], right[0]);
  const width = Math.min(left[3], right[3]) - Math.max(left[1], right[1]);
  if (height <= 0 || width <= 0) return 0;
  const area = (box: Box): number => (box[2] - box[0]) * (box[3] - box[1]);
  return (height * width) / (area(left) + area(right) - height * width);
}

/** Greedy, per batch entry and class; boxes [batch, n, 4], scores [batch, classes, n] → [selected, 3]. */
const nonMaxSuppression: ReferenceOp = (inputs, node) => {
  const [boxes, scores] = [need(inputs, 0, node), need(inputs, 1, node)];
  const [most, limit, floor] = [scalarOf(inputs[2], 0), scalarOf(inputs[3], 0), scalarOf(inputs[4], -Infinity)];
  const [corners, ranks] = [valuesOf(boxes), valuesOf(scores)];
  const [batch = 1, classes = 1, count = 1] = scores.dims;
  const center = node.int("center_point_box", 0) === 1;
  const selected: number[] = [];
  forEachIndex([batch, classes], ([sample = 0, label = 0]) => {
    const score = (index: number): number => ranks[(sample * classes + label) * count + index] ?? 0;
    const box = (index: number): Box => boxAt(corners, (sample * count + index) * 4, center);
    const order = Array.from({ length: count }, (_, index) => index)
      .filter((index) => score(index) > floor)
      .sort((a, b) => score(b) - score(a) || a - b);
    const kept: number[] = [];
    for (const index of order) {
      if (kept.length >= most) break;
      if (kept.every((other) => overlap(box(index), box(other)) <= limit)) kept.push(index);
    }
    for (const index of kept) selected.push(sample, label, index);
  });
  return [result(DataType.INT64, [selected.length / 3, 3], selected)];
};

export const detectionOps: Readonly<Record<string, ReferenceOp>> = { NonMaxSuppression: nonMaxSuppression };
