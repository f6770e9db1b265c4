import type { ValidationReport } from "@flotilla/contracts";

/** Disagreements kept for a person to look at. */
const MAX_DISAGREEMENTS = 32;
/** A confusion matrix with more classes is no help on a screen. */
const MAX_CONFUSION_CLASSES = 100;

/** Index of the largest of `scores[start … start + count)`: the first one when several are equal, 0 when all are NaN. */
export function argMax(scores: ArrayLike<number>, start = 0, count: number = scores.length - start): number {
  let best = 0;
  let bestScore = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < count; index += 1) {
    const score = scores[start + index] ?? Number.NaN;
    if (score > bestScore) {
      best = index;
      bestScore = score;
    }
  }
  return best;
}

/** The class of one sample: the largest of its scores, or of a single probability whether it is at least 0.5. */
export function classOf(scores: ArrayLike<number>, start: number, classCount: number): number {
  if (classCount === 1) return (scores[start] ?? Number.NaN) >= 0.5 ? 1 : 0;
  return argMax(scores, start, classCount);
}

/** The class of every row of a [samples, classes] tensor. */
export function topOne(scores: ArrayLike<number>, classCount: number): Int32Array {
  return Int32Array.from({ length: Math.floor(scores.length / classCount) }, (_, row) => classOf(scores, row * classCount, classCount));
}

export interface ClassComparisonInput {
  /** Top-1 class per sample of the source model. */
  source: Int32Array;
  /** Top-1 class per sample of the variant. */
  variant: Int32Array;
  /** Label per sample, or null where there are none. A negative label means "unlabelled". */
  labels: Int32Array | null;
  classCount: number;
  classNames: readonly string[];
}

export type ClassComparison = Pick<ValidationReport, "agreement" | "accuracy" | "confusion" | "perClass" | "disagreements">;

/** Agreement with the source model, and with labels also accuracy, per class and as a confusion matrix. */
export function compareClasses(input: ClassComparisonInput): ClassComparison {
  const { source, variant, labels } = input;
  let agreed = 0;
  const disagreements: ClassComparison["disagreements"] = [];
  for (let sample = 0; sample < source.length; sample += 1) {
    const [a, b] = [source[sample] ?? 0, variant[sample] ?? 0];
    if (a === b) agreed += 1;
    else if (disagreements.length < MAX_DISAGREEMENTS) {
      disagreements.push({ sample, label: labelOf(labels, sample), source: a, variant: b });
    }
  }
  const agreement = source.length === 0 ? null : agreed / source.length;
  if (labels === null) return { agreement, accuracy: null, confusion: null, perClass: [], disagreements };
  const perClass = countPerClass(input, labels);
  const labelled = perClass.reduce((sum, row) => sum + row.count, 0);
  return {
    agreement,
    accuracy:
      labelled === 0
        ? null
        : { source: accuracyOf(perClass, "source", labelled), variant: accuracyOf(perClass, "variant", labelled), labelled },
    confusion: input.classCount > MAX_CONFUSION_CLASSES ? null : confusionOf(variant, labels, input.classCount),
    perClass,
    disagreements,
  };
}

function labelOf(labels: Int32Array | null, sample: number): number | null {
  const label = labels?.[sample] ?? -1;
  return label < 0 ? null : label;
}

function countPerClass({ source, variant, classCount, classNames }: ClassComparisonInput, labels: Int32Array): ClassComparison["perClass"] {
  const rows = Array.from({ length: classCount }, (_, index) => ({
    index,
    label: classNames[index] ?? String(index),
    count: 0,
    source: 0,
    variant: 0,
  }));
  for (const [sample, label] of labels.entries()) {
    const row = rows[label];
    if (row === undefined) continue;
    row.count += 1;
    if (source[sample] === label) row.source += 1;
    if (variant[sample] === label) row.variant += 1;
  }
  return rows.filter((row) => row.count > 0).map((row) => ({ ...row, source: row.source / row.count, variant: row.variant / row.count }));
}

function accuracyOf(rows: ClassComparison["perClass"], which: "source" | "variant", labelled: number): number {
  return rows.reduce((sum, row) => sum + Math.round(row[which] * row.count), 0) / labelled;
}

function confusionOf(variant: Int32Array, labels: Int32Array, classCount: number): number[][] {
  const matrix = Array.from({ length: classCount }, () => Array.from({ length: classCount }, () => 0));
  for (const [sample, label] of labels.entries()) {
    const row = matrix[label];
    const predicted = variant[sample] ?? -1;
    if (row !== undefined && predicted >= 0 && predicted < classCount) row[predicted] = (row[predicted] ?? 0) + 1;
  }
  return matrix;
}
