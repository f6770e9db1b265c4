import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "@flotilla/logger";

export interface BatcherOptions<T> {
  /** For the log. */
  name: string;
  /** How long the first item of a batch waits for others; 0: until the batch before is done. */
  delayMs: number;
  maxItems: number;
  /** With so many waiting, `add` waits too: that is the back-pressure on the connection. */
  highWater: number;
  apply: (items: readonly T[]) => Promise<unknown>;
  logger: Logger;
  /** Wait between attempts while nothing can be applied (the database is away). Default 1 s. */
  retryMs?: number;
}

/** An item that fails by itself so often is dropped: it would hold up the rest for ever. */
const MAX_ATTEMPTS = 60;

/**
 * Collects items and applies them in batches, one batch at a time and in order. A batch that fails is applied item by item; what then
 * still fails is dropped with an error while others succeed, and kept while none does.
 */
export class Batcher<T> {
  readonly #options: BatcherOptions<T>;
  #items: T[] = [];
  #running: Promise<void> | null = null;
  #attempts = 0;
  dropped = 0;

  constructor(options: BatcherOptions<T>) {
    this.#options = options;
  }

  async add(item: T): Promise<void> {
    this.#items.push(item);
    this.#running ??= this.#run();
    while (this.#items.length >= this.#options.highWater) await this.#running;
  }

  /** Resolves once everything that was added is applied. */
  async flush(): Promise<void> {
    while (this.#running !== null) await this.#running;
  }

  /** Applies one batch after the other until none is left; never rejects. */
  async #run(): Promise<void> {
    await sleep(this.#options.delayMs);
    const batch = this.#items.splice(0, this.#options.maxItems);
    const left = await this.#applyAll(batch);
    if (left.length > 0) {
      this.#items.unshift(...left);
      await sleep(this.#options.retryMs ?? 1_000);
    }
    this.#running = this.#items.length > 0 ? this.#run() : null;
  }

  /** What must be tried again. */
  async #applyAll(batch: readonly T[]): Promise<T[]> {
    const { apply, logger, name } = this.#options;
    try {
      await apply(batch);
      this.#attempts = 0;
      return [];
    } catch (error) {
      logger.warn({ name, count: batch.length, err: error }, "a batch failed; its items are applied one by one");
    }
    const failed: T[] = [];
    for (const item of batch) {
      try {
        await apply([item]);
      } catch {
        failed.push(item);
      }
    }
    this.#attempts = failed.length === batch.length ? this.#attempts + 1 : MAX_ATTEMPTS;
    if (this.#attempts < MAX_ATTEMPTS) return failed;
    this.#attempts = 0;
    this.dropped += failed.length;
    logger.error({ name, items: failed.slice(0, 10), count: failed.length }, "items that cannot be applied are dropped");
    return [];
  }
}
