export interface RateLimit {
  /** Calls that a new caller may make at once. */
  burst: number;
  perSecond: number;
}

const MAX_CALLERS = 20_000;

/** A token bucket per caller. The callers that were seen longest ago are forgotten first. */
export class RateLimiter {
  readonly #limit: RateLimit;
  readonly #buckets = new Map<string, { tokens: number; at: number }>();

  constructor(limit: RateLimit) {
    this.#limit = limit;
  }

  /** Takes one token: 0 where the call may go on, else the seconds until the next one. `now` in ms. */
  take(caller: string, now: number): number {
    const { burst, perSecond } = this.#limit;
    const bucket = this.#buckets.get(caller) ?? { tokens: burst, at: now };
    const tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) / 1000) * perSecond);
    const allowed = tokens >= 1;
    this.#buckets.delete(caller);
    this.#buckets.set(caller, { tokens: allowed ? tokens - 1 : tokens, at: now });
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size > MAX_CALLERS && oldest !== undefined) this.#buckets.delete(oldest);
    return allowed ? 0 : Math.ceil((1 - tokens) / perSecond);
  }
}
