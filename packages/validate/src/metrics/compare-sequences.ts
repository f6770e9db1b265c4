import type { TaskMetrics } from "@flotilla/contracts";
import { argMax } from "./compare-classes.ts";

type SequenceMetrics = Extract<TaskMetrics, { task: "sequence" }>;

/** Greedy CTC decoding (Graves et al. 2006): best symbol of each step, repeats merged, blanks dropped. `scores` is [steps, symbols] from `start` on. */
export function decodeSequence(scores: ArrayLike<number>, start: number, steps: number, symbols: number, blank: number): number[] {
  const decoded: number[] = [];
  let previous = -1;
  for (let step = 0; step < steps; step += 1) {
    const symbol = argMax(scores, start + step * symbols, symbols);
    if (symbol !== previous && symbol !== blank) decoded.push(symbol);
    previous = symbol;
  }
  return decoded;
}

/** How often two recognisers read the same, and how many edits a symbol apart they are. */
export function compareSequences(source: readonly (readonly number[])[], variant: readonly (readonly number[])[]): SequenceMetrics {
  let [equal, edits, symbols] = [0, 0, 0];
  for (const [sample, text] of source.entries()) {
    const distance = editDistance(text, variant[sample] ?? []);
    if (distance === 0) equal += 1;
    edits += distance;
    symbols += text.length;
  }
  const sampleCount = source.length;
  return {
    task: "sequence",
    equalShare: sampleCount === 0 ? 1 : equal / sampleCount,
    characterErrorRate: symbols === 0 ? Math.min(1, edits) : edits / symbols,
    sampleCount,
  };
}

/** Levenshtein distance, one row at a time. */
export function editDistance(a: readonly number[], b: readonly number[]): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, symbol] of a.entries()) {
    const next = [i + 1];
    for (const [j, other] of b.entries()) {
      const substitution = (row[j] ?? 0) + (symbol === other ? 0 : 1);
      next.push(Math.min(substitution, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
