import { median } from "./machine/statistics.ts";

/** One measured quantity of the run, with what was promised of it and what a peer had. */
export interface Figure {
  readonly what: string;
  readonly unit: string;
  /** One value a repetition; the median counts. Empty: it could not be measured, and `note` says why. */
  readonly values: readonly number[];
  /** The promise; null: printed for comparison only. */
  readonly limit: { readonly kind: "at most" | "at least"; readonly value: number } | null;
  readonly peer?: {
    readonly name: string;
    readonly value: number /** As recorded, where it is more than a number. */;
    readonly text?: string;
  };
  readonly note?: string;
}

export interface Section {
  readonly title: string;
  readonly figures: readonly Figure[];
  /** Paragraphs under the table: what was reused, where the CPU went. */
  readonly notes: readonly string[];
}

export const middle = ({ values }: Figure): number => median(values);

/** true where nothing was promised. A figure that could not be measured does not hold. */
export function holds(figure: Figure): boolean {
  const { limit } = figure;
  if (limit === null) return true;
  const value = middle(figure);
  return limit.kind === "at most" ? value <= limit.value : value >= limit.value;
}
