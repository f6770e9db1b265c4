export interface AttemptLimiterOptions {
  /** Failures within the window after which further attempts are refused unseen. */
  attempts: number;
  windowMs: number;
}

export interface AttemptLimiter {
  /** Runs `attempt` unless `key` failed too often; any answer but a 2xx is a failure, a 2xx forgets them. */
  guard(key: string, attempt: () => Promise<Response>): Promise<Response>;
}

/** Keys remembered at most: an attacker who makes names up must not fill the memory. */
const MAX_KEYS = 10_000;

/**
 * Slows guessing one account's password, from whatever addresses it is tried: the auth library's own limit counts addresses, and those
 * come from a header that the sender may invent.
 */
export function createAttemptLimiter(options: AttemptLimiterOptions): AttemptLimiter {
  const failures = new Map<string, { count: number; until: number }>();

  function remember(key: string): void {
    const now = Date.now();
    const known = failures.get(key);
    const count = known === undefined || known.until <= now ? 1 : known.count + 1;
    failures.delete(key);
    failures.set(key, { count, until: now + options.windowMs });
    const [oldest] = failures.keys();
    if (failures.size > MAX_KEYS && oldest !== undefined) failures.delete(oldest);
  }

  return {
    async guard(key, attempt) {
      const known = failures.get(key);
      const waitMs = (known?.until ?? 0) - Date.now();
      if (known !== undefined && known.count >= options.attempts && waitMs > 0) {
        const seconds = Math.ceil(waitMs / 1000);
        const message = `Too many attempts for this account; try again in ${Math.ceil(seconds / 60)} min.`;
        return Response.json({ code: "RATE_LIMITED", message }, { status: 429, headers: { "retry-after": String(seconds) } });
      }
      const response = await attempt();
      if (response.ok) failures.delete(key);
      else remember(key);
      return response;
    },
  };
}
