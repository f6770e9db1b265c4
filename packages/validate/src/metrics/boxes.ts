/** One detected object. Coordinates in any unit, as long as both models use the same. */
export interface Detection {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly score: number;
  readonly classIndex: number;
}

/** Intersection over union of two boxes, 0…1; 0 where both are empty. */
export function boxIou(a: Detection, b: Detection): number {
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  if (!(width > 0) || !(height > 0)) return 0;
  const intersection = width * height;
  return intersection / (area(a) + area(b) - intersection);
}

function area(box: Detection): number {
  return Math.max(0, box.right - box.left) * Math.max(0, box.bottom - box.top);
}

/** Greedy non-maximum suppression per class: of boxes that overlap more than `iouThreshold`, the one with the best score stays. */
export function suppressOverlaps(detections: readonly Detection[], iouThreshold: number): Detection[] {
  const kept: Detection[] = [];
  for (const candidate of detections.toSorted((a, b) => b.score - a.score)) {
    const covered = kept.some((other) => other.classIndex === candidate.classIndex && boxIou(other, candidate) > iouThreshold);
    if (!covered) kept.push(candidate);
  }
  return kept;
}
