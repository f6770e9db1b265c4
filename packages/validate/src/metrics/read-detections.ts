import type { DetectionReading } from "@flotilla/contracts";
import { type Detection, suppressOverlaps } from "./boxes.ts";

/** Of one sample: `boxes` is [count, columns], of which the first four are the box; `scores` is [count, classes]. */
export interface DetectorOutput {
  readonly boxes: ArrayLike<number>;
  readonly scores: ArrayLike<number>;
  readonly count: number;
  /** Columns of `boxes`, at least 4. */
  readonly boxColumns: number;
  /** Columns of `scores`, and where the classes begin in them. */
  readonly scoreColumns: number;
  readonly scoreStart: number;
  /** The boxes lie around the centres of a grid's cells, in pixels of the input. */
  readonly grid?: { readonly stride: number; readonly columns: number; readonly perCell: number };
}

/** A quantised model may let thousands of weak boxes pass; the best of them decide. */
const MAX_CANDIDATES = 1_000;

/** The objects that a detector found in one sample, at all of its scales: best class per box, threshold, then non-maximum suppression. */
export function readDetections(outputs: readonly DetectorOutput[], reading: DetectionReading): Detection[] {
  const found = outputs.flatMap((output) => [...candidates(output, reading)]);
  const strongest = found.toSorted((a, b) => b.score - a.score).slice(0, MAX_CANDIDATES);
  return suppressOverlaps(strongest, reading.iouThreshold);
}

function* candidates(output: DetectorOutput, reading: DetectionReading): Generator<Detection> {
  for (let box = 0; box < output.count; box += 1) {
    const best = bestClass(output, box, reading.background);
    const score = reading.scoreKind === "logit" ? 1 / (1 + Math.exp(-best.score)) : best.score;
    if (!(score >= reading.scoreThreshold)) continue;
    const { left, top, right, bottom } = corners(output, box, reading.boxFormat);
    const [x, y] = centre(output.grid, box);
    yield { left: left + x, top: top + y, right: right + x, bottom: bottom + y, score, classIndex: best.classIndex };
  }
}

/** Of the cell that a box belongs to; without a grid boxes are where they say. */
function centre(grid: DetectorOutput["grid"], box: number): [number, number] {
  if (grid === undefined) return [0, 0];
  const cell = Math.floor(box / grid.perCell);
  return [((cell % grid.columns) + 0.5) * grid.stride, (Math.floor(cell / grid.columns) + 0.5) * grid.stride];
}

function bestClass(output: DetectorOutput, box: number, background: boolean): { classIndex: number; score: number } {
  const { scores, scoreColumns, scoreStart } = output;
  let best = { classIndex: 0, score: Number.NEGATIVE_INFINITY };
  for (let column = scoreStart + (background ? 1 : 0); column < scoreColumns; column += 1) {
    const score = scores[box * scoreColumns + column] ?? Number.NaN;
    if (score > best.score) best = { classIndex: column - scoreStart, score };
  }
  return best;
}

function corners({ boxes, boxColumns }: DetectorOutput, box: number, format: DetectionReading["boxFormat"]) {
  const [a = 0, b = 0, c = 0, d = 0] = [0, 1, 2, 3].map((index) => boxes[box * boxColumns + index] ?? Number.NaN);
  switch (format) {
    case "xyxy":
      return { left: a, top: b, right: c, bottom: d };
    case "yxyx":
      return { left: b, top: a, right: d, bottom: c };
    case "xywh":
      return { left: a, top: b, right: a + c, bottom: b + d };
    default:
      return { left: a - c / 2, top: b - d / 2, right: a + c / 2, bottom: b + d / 2 };
  }
}
