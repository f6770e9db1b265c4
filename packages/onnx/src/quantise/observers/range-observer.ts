import { OnnxError } from "../../errors.ts";
import { UINT8_RANGE } from "../scale-maths.ts";
import { AdaptiveHistogram, type Histogram } from "./adaptive-histogram.ts";
import { entropyRange } from "./entropy-range.ts";
import { mseRange } from "./mse-range.ts";
import { percentileRange } from "./percentile-range.ts";
import { DEFAULT_PERCENTILE, type RangeRule, type Ranges, type ValueRange } from "./range-rule.ts";
import { onlyFinite, scanRange } from "./scan-range.ts";

/** Weight of a new sample in the moving average, as onnxruntime and PyTorch have it. */
const AVERAGING = 0.01;

interface Observed {
  min: number;
  max: number;
  averageMin: number;
  averageMax: number;
  readonly histogram: AdaptiveHistogram | null;
}

/**
 * Watches the taps over the calibration samples, in one run for every observer. Memory does not grow with the number of samples. NaN and
 * infinities are skipped and counted: a range must be finite. Every range holds 0, as quantisation needs it.
 */
export class RangeObserver {
  readonly #observed = new Map<string, Observed>();
  readonly #skipped = new Map<string, number>();
  /** Whether it must see every element; without, the ends of each sample's values tell it as much. */
  readonly histograms: boolean;

  /** `histograms` (default true) are what "percentile", "entropy" and "mse" need; "min-max" and "moving-average" are faster without. */
  constructor(options: { readonly histograms?: boolean } = {}) {
    this.histograms = options.histograms ?? true;
  }

  /** One sample's values of a tap. */
  observe(name: string, values: Float32Array): void {
    const scanned = scanRange(values);
    if (scanned.finite) this.#add(name, values, scanned);
    else {
      const finite = onlyFinite(values);
      this.#skipped.set(name, (this.#skipped.get(name) ?? 0) + values.length - finite.length);
      this.#add(name, finite, scanRange(finite));
    }
  }

  #add(name: string, values: Float32Array, { min, max }: ValueRange): void {
    if (values.length === 0) return;
    const known = this.#observed.get(name);
    const histogram = known?.histogram ?? (this.histograms ? new AdaptiveHistogram() : null);
    histogram?.add(values, Math.max(-min, max));
    if (known === undefined) {
      this.#observed.set(name, { min, max, averageMin: min, averageMax: max, histogram });
      return;
    }
    known.min = Math.min(known.min, min);
    known.max = Math.max(known.max, max);
    known.averageMin += AVERAGING * (min - known.averageMin);
    known.averageMax += AVERAGING * (max - known.averageMax);
  }

  /** How many NaNs and infinities each value showed; empty for a healthy model. */
  skipped(): ReadonlyMap<string, number> {
    return this.#skipped;
  }

  /** What a tap's values looked like; null for an unknown tap or without histograms. */
  histogramOf(name: string): Histogram | null {
    return this.#observed.get(name)?.histogram?.read() ?? null;
  }

  /**
   * The ranges by a rule; the same observations give any of them.
   * @throws OnnxError INVALID_INPUT where nothing was observed, or the rule needs histograms that were not kept
   */
  ranges(rule: RangeRule = { observer: "min-max" }): Ranges {
    if (this.#observed.size === 0)
      throw new OnnxError("INVALID_INPUT", "No calibration sample was run, so no value range is known. Give at least one sample.", {
        reason: { code: "NO_SAMPLES", params: {} },
      });
    return new Map([...this.#observed].map(([name, observed]) => [name, rangeOf(observed, rule)]));
  }
}

function rangeOf(observed: Observed, rule: RangeRule): ValueRange {
  const symmetric = rule.symmetric ?? false;
  const full = { min: observed.min, max: observed.max };
  if (rule.observer === "min-max") return mirrored(full, symmetric);
  if (rule.observer === "moving-average") return mirrored({ min: observed.averageMin, max: observed.averageMax }, symmetric);
  if (observed.histogram === null)
    throw new OnnxError("INVALID_INPUT", `The observer "${rule.observer}" needs histograms. Calibrate with them, or choose min-max.`);
  const histogram = observed.histogram.read();
  if (rule.observer === "percentile")
    return within(percentileRange(histogram, rule.percentile ?? DEFAULT_PERCENTILE, symmetric), mirrored(full, symmetric));
  const integers = rule.integers ?? UINT8_RANGE;
  return rule.observer === "entropy" ? entropyRange(histogram, full, integers, symmetric) : mseRange(histogram, full, integers, symmetric);
}

function mirrored(range: ValueRange, symmetric: boolean): ValueRange {
  if (!symmetric) return range;
  const reach = Math.max(-range.min, range.max);
  return { min: -reach, max: reach };
}

function within(range: ValueRange, full: ValueRange): ValueRange {
  return { min: Math.min(0, Math.max(range.min, full.min)), max: Math.max(0, Math.min(range.max, full.max)) };
}
