const MAX_IDENTITIES = 10_000;

export interface RefusalLimit {
  /** Reports per identity and window. */
  count: number;
  windowMs: number;
}

/** At most `count` reports per identity and window: a device that loops must not flood the operator. Keeps 10,000 identities. */
export class RefusalLimiter {
  readonly #limit: RefusalLimit;
  readonly #seen = new Map<string, { startedAt: number; count: number }>();

  constructor(limit: RefusalLimit) {
    this.#limit = limit;
  }

  /** true where the refusal may be reported. `now` in ms. */
  take(identity: string, now: number): boolean {
    const entry = this.#seen.get(identity);
    if (entry === undefined || now - entry.startedAt >= this.#limit.windowMs) {
      this.#seen.delete(identity);
      this.#seen.set(identity, { startedAt: now, count: 1 });
      const [oldest] = this.#seen.keys();
      if (this.#seen.size > MAX_IDENTITIES && oldest !== undefined) this.#seen.delete(oldest);
      return true;
    }
    entry.count += 1;
    return entry.count <= this.#limit.count;
  }
}
