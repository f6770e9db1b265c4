import type { BatchResult } from "./run-children.ts";
import type { Outcome } from "./run-seed.ts";

/** What many histories came to. */
export class Tally {
  readonly failures: Outcome[] = [];
  readonly #counts = new Map<string, { total: number; seeds: number }>();
  readonly #began = performance.now();
  seeds = 0;
  #steps = 0;
  #cpuMs = 0;

  add({ outcomes, cpuMs }: BatchResult): void {
    this.#cpuMs += cpuMs;
    for (const outcome of outcomes) {
      this.seeds += 1;
      this.#steps += outcome.steps;
      if (outcome.violation !== null) this.failures.push(outcome);
      for (const [what, count] of Object.entries(outcome.counts)) {
        const known = this.#counts.get(what) ?? { total: 0, seeds: 0 };
        this.#counts.set(what, { total: known.total + count, seeds: known.seeds + 1 });
      }
    }
  }

  /** What happened, most seeds first: faults that never occur test nothing. */
  describe(): string {
    const seconds = (performance.now() - this.#began) / 1000;
    const rows = [...this.#counts].toSorted((a, b) => b[1].seeds - a[1].seeds || (a[0] < b[0] ? -1 : 1));
    const lines = rows.map(([what, { total, seeds }]) => {
      const share = ((100 * seeds) / this.seeds).toFixed(1).padStart(6);
      return `  ${what.padEnd(32)} ${String(total).padStart(9)} in ${share} % of the seeds`;
    });
    const perSeed = (value: number): string => (value / this.seeds).toFixed(1);
    return [
      ...lines,
      `${this.seeds} seeds in ${seconds.toFixed(1)} s (${(this.seeds / seconds).toFixed(1)}/s), ${perSeed(this.#cpuMs)} ms of CPU and ${perSeed(this.#steps)} events a seed, ${this.failures.length} failed`,
    ].join("\n");
  }
}
