interface Waiting<K, V> {
  readonly key: K;
  readonly resolve: (value: V) => void;
  readonly reject: (error: unknown) => void;
}

/** More than this in one statement saves nothing. */
const MAX_KEYS = 1_000;

/**
 * Answers many callers with few statements: whatever is asked for while a statement is under way shares the next one. A lone caller waits for nobody, and an
 * answer is never older than its question, so that this is no cache.
 */
export class Gather<K, V> {
  readonly #run: (keys: readonly K[]) => Promise<readonly V[]>;
  readonly #delayMs: number;
  #waiting: Waiting<K, V>[] = [];
  #busy = false;

  /** `run` answers in the order of its keys. What it throws, every caller of that statement gets. `delayMs`: how long callers wait for others to join. */
  constructor(run: (keys: readonly K[]) => Promise<readonly V[]>, delayMs = 0) {
    this.#run = run;
    this.#delayMs = delayMs;
  }

  async ask(key: K): Promise<V> {
    const { promise, resolve, reject } = Promise.withResolvers<V>();
    this.#waiting.push({ key, resolve, reject });
    if (!this.#busy) this.#begin();
    return await promise;
  }

  #begin(): void {
    this.#busy = true;
    // Callers of the same turn of the event loop share the first statement too.
    if (this.#delayMs === 0) setImmediate(() => void this.#work());
    else setTimeout(() => void this.#work(), this.#delayMs);
  }

  /** Never rejects. */
  async #work(): Promise<void> {
    const batch = this.#waiting.splice(0, MAX_KEYS);
    try {
      const values = await this.#run(batch.map(({ key }) => key));
      // `run` gives one value a key.
      batch.forEach(({ resolve }, index) => resolve(values[index] as V));
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
    if (this.#waiting.length > 0) this.#begin();
    else this.#busy = false;
  }
}
