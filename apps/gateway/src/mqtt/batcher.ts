import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "@flotilla/logger";

export interface BatcherOptions<T, R> {
  /** For the log. */
  name: string;
  /** From the beginning of one batch to that of the next at least: under load it makes batches large, and a quiet one begins at once. */
  paceMs: number;
  maxItems: number;
  /** Applies all of them or none; answers for each. */
  apply: (items: readonly T[]) => Promise<readonly R[]>;
  /** true where the items are to blame for a failure, false where nothing could be applied now (the database is away). */
  isPoison: (error: unknown) => boolean;
  logger: Logger;
  /** Longest wait between attempts while nothing can be applied; the first waits are shorter. Default 1 s. */
  retryMs?: number;
}

interface Entry<T, R> {
  item: T;
  done: (result: R | null) => void;
}

const FIRST_RETRY_MS = 25;

/**
 * Collects items and applies them in batches, one batch at a time and in order. A batch that an item poisons is halved until only that item is
 * left, which is dropped with an error; everything else is applied, and kept as long as nothing can be.
 */
export class Batcher<T, R = unknown> {
  readonly #options: BatcherOptions<T, R>;
  #waiting: Entry<T, R>[] = [];
  #running: Promise<void> | null = null;
  #beganAt = -Infinity;
  #failures = 0;
  /** Items that could not be applied and never will be. */
  dropped = 0;

  constructor(options: BatcherOptions<T, R>) {
    this.#options = options;
  }

  /** Resolves once the item is applied, with what `apply` answered for it; null where it was dropped. Never rejects. */
  async add(item: T): Promise<R | null> {
    const { promise, resolve } = Promise.withResolvers<R | null>();
    this.#waiting.push({ item, done: resolve });
    this.#running ??= this.#run();
    return await promise;
  }

  /** Resolves once everything that was added is applied. */
  async flush(): Promise<void> {
    await this.#running;
  }

  /** Applies one batch after the other until none is left; never rejects. */
  async #run(): Promise<void> {
    const { paceMs, maxItems } = this.#options;
    while (this.#waiting.length > 0) {
      const waitMs = this.#beganAt + paceMs - performance.now();
      await (waitMs > 0 ? sleep(waitMs) : nextTurn());
      this.#beganAt = performance.now();
      const left = await this.#attempt(this.#waiting.splice(0, maxItems));
      if (left.length > 0) await this.#putBack(left);
      else this.#failures = 0;
    }
    this.#running = null;
  }

  async #putBack(left: readonly Entry<T, R>[]): Promise<void> {
    this.#waiting = [...left, ...this.#waiting];
    await sleep(Math.min(FIRST_RETRY_MS * 2 ** this.#failures, this.#options.retryMs ?? 1_000));
    this.#failures += 1;
  }

  /** What must be tried again, in order. An item that fails alone gets a second chance: what it met may be gone. */
  async #attempt(entries: readonly Entry<T, R>[], again = false): Promise<readonly Entry<T, R>[]> {
    const { apply, isPoison, logger, name } = this.#options;
    try {
      const results = await apply(entries.map(({ item }) => item));
      for (const [index, { done }] of entries.entries()) done(results[index] ?? null);
      return [];
    } catch (error) {
      logger.warn({ name, count: entries.length, err: error }, "a batch failed");
      if (!isPoison(error)) return entries;
      if (entries.length > 1) return await this.#halve(entries);
      if (!again) return await this.#attempt(entries, true);
      this.#drop(entries);
      return [];
    }
  }

  async #halve(entries: readonly Entry<T, R>[]): Promise<readonly Entry<T, R>[]> {
    const middle = Math.ceil(entries.length / 2);
    const left = await this.#attempt(entries.slice(0, middle));
    return left.length > 0 ? [...left, ...entries.slice(middle)] : await this.#attempt(entries.slice(middle));
  }

  #drop(entries: readonly Entry<T, R>[]): void {
    const { logger, name } = this.#options;
    this.dropped += entries.length;
    for (const { item, done } of entries) {
      logger.error({ name, item, dropped: this.dropped }, "an item that cannot be applied is dropped");
      done(null);
    }
  }
}
