import { LATENCY_BUCKETS_MS } from "@flotilla/contracts";
import type { HostMetrics } from "../ipc.ts";

const MAX_SAMPLES = 4096;
const MAX_CLASSES = 100;

/** `q`-quantile of unsorted values, nearest rank; null where there are none. */
export function quantile(values: readonly number[], q: number): number | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1))] ?? null;
}

/** Index of the histogram bucket of a latency; the last bucket is open. */
export function bucketOf(latencyMs: number): number {
  const index = LATENCY_BUCKETS_MS.findIndex((bound) => latencyMs <= bound);
  return index === -1 ? LATENCY_BUCKETS_MS.length : index;
}

/** Counts what one host did since it was last asked. */
export class Measure {
  #latencies: number[] = [];
  #seen = 0;
  #errors = 0;
  #histogram = emptyHistogram();
  #classes = new Map<string, number>();
  #confidence = 0;
  #classified = 0;

  ran(latencyMs: number): void {
    this.#histogram[bucketOf(latencyMs)] = (this.#histogram[bucketOf(latencyMs)] ?? 0) + 1;
    // A ring: under load the quantiles are of the latest runs.
    this.#latencies[this.#seen % MAX_SAMPLES] = latencyMs;
    this.#seen += 1;
  }

  failed(): void {
    this.#errors += 1;
  }

  classified(index: number, confidence: number): void {
    const key = String(index);
    if (this.#classes.has(key) || this.#classes.size < MAX_CLASSES) this.#classes.set(key, (this.#classes.get(key) ?? 0) + 1);
    this.#confidence += confidence;
    this.#classified += 1;
  }

  /** The counts, which begin again at zero. */
  take(): HostMetrics {
    const answer: HostMetrics = {
      inferenceCount: this.#seen,
      errorCount: this.#errors,
      histogram: this.#histogram,
      latencyP50Ms: quantile(this.#latencies, 0.5),
      latencyP95Ms: quantile(this.#latencies, 0.95),
      rssBytes: process.memoryUsage.rss(),
      classCounts: Object.fromEntries(this.#classes),
      meanConfidence: this.#classified === 0 ? null : this.#confidence / this.#classified,
    };
    this.#latencies = [];
    this.#seen = 0;
    this.#errors = 0;
    this.#histogram = emptyHistogram();
    this.#classes = new Map();
    this.#confidence = 0;
    this.#classified = 0;
    return answer;
  }
}

function emptyHistogram(): number[] {
  return Array.from({ length: LATENCY_BUCKETS_MS.length + 1 }, () => 0);
}
