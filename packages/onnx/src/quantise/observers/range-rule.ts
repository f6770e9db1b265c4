import type { IntegerRange } from "../scale-maths.ts";

/** How the range of an activation is chosen from what calibration saw. */
export const OBSERVERS = ["min-max", "moving-average", "percentile", "entropy", "mse"] as const;
export type ObserverKind = (typeof OBSERVERS)[number];

export interface RangeRule {
  readonly observer: ObserverKind;
  /** Share of the values, in percent, that "percentile" keeps. Default 99.999. */
  readonly percentile?: number;
  /** The integers that the range will be spread over; "entropy" and "mse" weigh clipping against their steps. Default 0 to 255. */
  readonly integers?: IntegerRange;
  /** The range reaches equally far on both sides of zero. Default false. */
  readonly symmetric?: boolean;
}

export const DEFAULT_PERCENTILE = 99.999;

export interface ValueRange {
  readonly min: number;
  readonly max: number;
}

export type Ranges = ReadonlyMap<string, ValueRange>;
