import type { Latency } from "@flotilla/contracts";

/** Value below which a share `q` of the sorted samples lies: nearest rank. */
export function quantile(sorted: ArrayLike<number>, q: number): number {
  const rank = Math.max(Math.ceil(q * sorted.length) - 1, 0);
  return sorted[rank] ?? 0;
}

export function summariseLatency(samplesMs: readonly number[]): Latency {
  const sorted = samplesMs.toSorted((a, b) => a - b);
  return { minMs: sorted[0] ?? 0, p50Ms: quantile(sorted, 0.5), p95Ms: quantile(sorted, 0.95), runs: sorted.length };
}

export interface InterleavedOptions {
  warmUpRuns: number;
  /** Stop after this many pairs … */
  maxRuns: number;
  /** … or when this much time has gone, but not before `minRuns` pairs. */
  maxMs: number;
  minRuns: number;
  /** Milliseconds from any origin: `performance.now`. */
  now: () => number;
  onProgress?: (done: number, total: number) => void;
}

/**
 * Measures two models by turns, so that heat, a busy neighbour or a slower clock hits both alike. Which one goes first
 * changes with every pair: the second of a pair finds warmer caches.
 */
export async function measureInterleaved(
  runSource: () => Promise<void>,
  runVariant: () => Promise<void>,
  options: InterleavedOptions,
): Promise<{ source: Latency; variant: Latency }> {
  for (let run = 0; run < options.warmUpRuns; run += 1) {
    await runSource();
    await runVariant();
  }
  const time = async (run: () => Promise<void>): Promise<number> => {
    const start = options.now();
    await run();
    return options.now() - start;
  };
  const source: number[] = [];
  const variant: number[] = [];
  const begin = options.now();
  for (let pair = 0; pair < options.maxRuns; pair += 1) {
    if (pair >= options.minRuns && options.now() - begin > options.maxMs) break;
    if (pair % 2 === 0) source.push(await time(runSource));
    variant.push(await time(runVariant));
    if (pair % 2 === 1) source.push(await time(runSource));
    options.onProgress?.(pair + 1, options.maxRuns);
  }
  return { source: summariseLatency(source), variant: summariseLatency(variant) };
}
