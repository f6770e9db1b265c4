export interface Backoff {
  /** Upper bound of the first wait. */
  baseMs: number;
  /** No wait is longer. */
  capMs: number;
}

export const DEFAULT_BACKOFF: Backoff = { baseMs: 1_000, capMs: 60_000 };

/**
 * How long to wait before attempt `attempt` (0 is the first retry): anywhere between 0 and `baseMs · 2^attempt`, at most `capMs`.
 * "Full jitter" of AWS Architecture Blog, "Exponential Backoff And Jitter": a fleet that lost its broker comes back spread out.
 * `random` is in [0, 1).
 */
export function fullJitterMs(attempt: number, random: number, backoff: Backoff = DEFAULT_BACKOFF): number {
  const bound = Math.min(backoff.capMs, backoff.baseMs * 2 ** Math.min(attempt, 30));
  return Math.floor(random * bound);
}
