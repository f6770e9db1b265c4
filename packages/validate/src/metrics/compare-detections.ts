import type { TaskMetrics } from "@flotilla/contracts";
import { boxIou, type Detection } from "./boxes.ts";

type DetectionMetrics = Extract<TaskMetrics, { task: "detection" }>;

/**
 * Compares what two detectors found, sample by sample, the source's detections taken as the truth. A pair is the same object where class and
 * place agree (greedy by score, as PASCAL VOC's and COCO's evaluations match).
 */
export function compareDetections(
  source: readonly (readonly Detection[])[],
  variant: readonly (readonly Detection[])[],
  iouThreshold: number,
): DetectionMetrics {
  const matches = source.map((truth, sample) => matchDetections(truth, variant[sample] ?? [], iouThreshold));
  const ious = matches.flatMap((sample) => sample.flatMap(({ iou }) => (iou === null ? [] : [iou])));
  return {
    task: "detection",
    sourceCount: total(source),
    variantCount: total(variant),
    matchedCount: ious.length,
    meanIou: ious.length === 0 ? 0 : ious.reduce((sum, iou) => sum + iou, 0) / ious.length,
    meanAveragePrecision: meanAveragePrecision(source, matches),
  };
}

/** F1 of the matched objects: 1 where both found the same, and where neither found any. */
export function detectionAgreement({ sourceCount, variantCount, matchedCount }: DetectionMetrics): number {
  return sourceCount + variantCount === 0 ? 1 : (2 * matchedCount) / (sourceCount + variantCount);
}

interface Judged {
  readonly score: number;
  readonly classIndex: number;
  /** Overlap with the object that it was matched with; null: nothing there. */
  readonly iou: number | null;
}

/** Each candidate, best score first, takes the free object of its class that it overlaps most. */
function matchDetections(truth: readonly Detection[], candidates: readonly Detection[], iouThreshold: number): Judged[] {
  const free = new Set(truth);
  return candidates
    .toSorted((a, b) => b.score - a.score)
    .map((candidate) => {
      let best: { object: Detection; iou: number } | null = null;
      for (const object of free) {
        if (object.classIndex !== candidate.classIndex) continue;
        const iou = boxIou(object, candidate);
        if (iou >= iouThreshold && iou > (best?.iou ?? 0)) best = { object, iou };
      }
      if (best !== null) free.delete(best.object);
      return { score: candidate.score, classIndex: candidate.classIndex, iou: best?.iou ?? null };
    });
}

/** Over the classes that the source found: area under precision against recall, every point, precision made monotonic (VOC 2010). */
function meanAveragePrecision(source: readonly (readonly Detection[])[], matches: readonly (readonly Judged[])[]): number | null {
  const counts = new Map<number, number>();
  for (const { classIndex } of source.flat()) counts.set(classIndex, (counts.get(classIndex) ?? 0) + 1);
  if (counts.size === 0) return null;
  const judged = matches.flat();
  const precisions = [...counts].map(([classIndex, count]) =>
    averagePrecision(
      judged.filter((candidate) => candidate.classIndex === classIndex),
      count,
    ),
  );
  return precisions.reduce((sum, value) => sum + value, 0) / precisions.length;
}

function averagePrecision(candidates: readonly Judged[], truthCount: number): number {
  let [hits, area] = [0, 0];
  const precisions = candidates
    .toSorted((a, b) => b.score - a.score)
    .map(({ iou }, index) => {
      if (iou !== null) hits += 1;
      return { hit: iou !== null, precision: hits / (index + 1) };
    });
  let ceiling = 0;
  for (const { hit, precision } of precisions.toReversed()) {
    ceiling = Math.max(ceiling, precision);
    if (hit) area += ceiling / truthCount;
  }
  return area;
}

function total(samples: readonly (readonly Detection[])[]): number {
  return samples.reduce((sum, detections) => sum + detections.length, 0);
}
