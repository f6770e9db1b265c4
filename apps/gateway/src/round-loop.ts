import type { Logger } from "@flotilla/logger";

export interface RoundLoopOptions {
  /** For the log. */
  name: string;
  /** Does what there is to do and says in how many ms to look again without being woken. `stopping` aborts when the loop is to end. */
  round: (stopping: AbortSignal) => Promise<number>;
  logger: Logger;
  /** Wait after a round that failed. Default 1 s. */
  retryMs?: number;
}

/**
 * Runs rounds, one at a time: when it is woken, and when the last round said so. A wake during a round is not lost: another round follows, and
 * many wakes are one.
 */
export class RoundLoop {
  readonly #options: RoundLoopOptions;
  readonly #stopping = new AbortController();
  #busy = false;
  #running: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | null = null;
  #dueAt = Infinity;
  #again = false;

  constructor(options: RoundLoopOptions) {
    this.#options = options;
  }

  /** A round now, or right after the one that runs. */
  wake(): void {
    if (this.#stopping.signal.aborted) return;
    if (this.#busy) {
      this.#again = true;
      return;
    }
    this.#busy = true;
    this.#running = this.#run();
  }

  /** A round within `delayMs`, so that what happens meanwhile shares it. */
  wakeWithin(delayMs: number): void {
    if (this.#stopping.signal.aborted) return;
    if (this.#busy) this.#again = true;
    else this.#schedule(delayMs);
  }

  /** Resolves once the round that runs has ended; none follows. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#running;
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    const { round, logger, name, retryMs = 1_000 } = this.#options;
    const { signal } = this.#stopping;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#dueAt = Infinity;
    let delayMs = 0;
    do {
      this.#again = false;
      try {
        delayMs = await round(signal);
      } catch (error) {
        // A wake during a round that failed waits too: what failed it would most likely fail the next.
        this.#again = false;
        delayMs = retryMs;
        if (!signal.aborted) logger.warn({ err: error, name }, "a round failed; it is tried again");
      }
    } while (this.#again && !signal.aborted);
    this.#busy = false;
    if (!signal.aborted) this.#schedule(delayMs);
  }

  /** The earliest of what was asked for counts. */
  #schedule(delayMs: number): void {
    const dueAt = performance.now() + delayMs;
    if (dueAt >= this.#dueAt) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#dueAt = dueAt;
    this.#timer = setTimeout(() => this.wake(), delayMs);
  }
}
