import { OnnxError } from "../errors.ts";

export interface ValueRange {
  readonly min: number;
  readonly max: number;
}

export type Ranges = ReadonlyMap<string, ValueRange>;

/**
 * Keeps the smallest and the largest value of each tap over all samples. Memory does not grow with the number of samples. NaN and
 * infinities are skipped and counted: a range must be finite.
 */
export class RangeObserver {
  readonly #ranges = new Map<string, { min: number; max: number }>();
  readonly #skipped = new Map<string, number>();

  observe(name: string, values: Float32Array): void {
    let min = Infinity;
    let max = -Infinity;
    let skipped = 0;
    for (const value of values) {
      if (!Number.isFinite(value)) skipped += 1;
      else {
        if (value < min) min = value;
        if (value > max) max = value;
      }
    }
    if (skipped > 0) this.#skipped.set(name, (this.#skipped.get(name) ?? 0) + skipped);
    if (min > max) return;
    const known = this.#ranges.get(name);
    if (known === undefined) this.#ranges.set(name, { min, max });
    else {
      known.min = Math.min(known.min, min);
      known.max = Math.max(known.max, max);
    }
  }

  /** How many NaNs and infinities each value showed; empty for a healthy model. */
  skipped(): ReadonlyMap<string, number> {
    return this.#skipped;
  }

  /** @throws OnnxError INVALID_INPUT where nothing was observed */
  ranges(): Ranges {
    if (this.#ranges.size === 0)
      throw new OnnxError("INVALID_INPUT", "No calibration sample was run, so no value range is known. Give at least one sample.");
    return new Map([...this.#ranges].map(([name, range]) => [name, { ...range }]));
  }
}
