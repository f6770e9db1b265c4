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
  #waiting: Waiting<K, V>[] = [];
  #busy = false;

  /** `run` answers in the order of its keys. What it throws, every caller of that statement gets. */
  constructor(run: (keys: readonly K[]) => Promise<readonly V[]>) {
    this.#run = run;
  }

  async ask(key: K): Promise<V> {
    const { promise, resolve, reject } = Promise.withResolvers<V>();
    this.#waiting.push({ key, resolve, reject });
    if (!this.#busy) {
      this.#busy = true;
      // Callers of the same turn of the event loop share the first statement too.
      setImmediate(() => void this.#work());
    }
    return await promise;
  }

  /** Never rejects. */
  async #work(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, MAX_KEYS);
      try {
        const values = await this.#run(batch.map(({ key }) => key));
        // `run` gives one value a key.
        batch.forEach(({ resolve }, index) => resolve(values[index] as V));
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#busy = false;
  }
}
