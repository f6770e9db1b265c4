import type { BatchResult } from "./run-children.ts";
import type { Outcome } from "./play-history.ts";

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

  /** Each invariant that was broken, with the first histories that broke it. */
  kindsOfFailure(): string[] {
    return [...Map.groupBy(this.failures, ({ violation }) => violation?.invariant)].map(([invariant, of]) => {
      const names = of.slice(0, 10).map(({ seed, cutAt }) => (cutAt === null ? `${seed}` : `${seed} --cut ${cutAt}`));
      return `${invariant}: seeds ${names.join(", ")}`;
    });
  }

  /** The sum in two lines. @param what these histories are called */
  summary(what: string): string {
    const wallS = (performance.now() - this.#began) / 1000;
    const cpuS = this.#cpuMs / 1000;
    const total = (counted: string): number => this.#counts.get(counted)?.total ?? 0;
    const cuts = `${total("power cut")} power cuts and ${total("imagined power cut")} imagined ones`;
    return [
      `${this.seeds} ${what}, ${this.#steps} events, ${cuts}, ${this.failures.length} failed`,
      `  ${wallS.toFixed(1)} s, ${cpuS.toFixed(1)} s of CPU (${((1000 * cpuS) / this.seeds).toFixed(1)} ms each)`,
    ].join("\n");
  }

  /** What happened, most seeds first: faults that never occur test nothing. */
  describe(): string {
    const rows = [...this.#counts].toSorted((a, b) => b[1].seeds - a[1].seeds || (a[0] < b[0] ? -1 : 1));
    const lines = rows.map(([what, { total, seeds }]) => {
      const share = ((100 * seeds) / this.seeds).toFixed(1).padStart(6);
      return `  ${what.padEnd(32)} ${String(total).padStart(9)} in ${share} % of the seeds`;
    });
    return [...lines, this.summary("seeds")].join("\n");
  }
}
