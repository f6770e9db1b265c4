import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";

export interface LeadershipOptions {
  /** A session of Postgres itself or of a pooler in session mode: the lock belongs to the connection. */
  url: string;
  /** What is led; processes that name the same thing on the same database take turns. */
  name: string;
  /** Called when this process leads from now on. */
  onGain: () => void;
  /** Called when it does not any more; nobody leads from here until it resolves. */
  onLoss: () => Promise<void>;
}

/** How often a leader proves its connection, and another asks for the lock. */
const BEAT_MS = 400;
/** A leader whose beat is not answered in this time steps down: before Postgres gives its lock away (`KEEPALIVE_SQL`). */
const ANSWER_MS = 3_000;
/** A client whose machine vanished is noticed after 2 + 3 × 1 s. One whose process died is noticed at once: its kernel closes the connection. */
const KEEPALIVE_SQL = "SET tcp_keepalives_idle = 2; SET tcp_keepalives_interval = 1; SET tcp_keepalives_count = 3";
const LOCK_SQL = "SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS held";

/**
 * One leader among processes: who holds a Postgres advisory lock on a connection of its own. A lost connection is a lost leadership, on both
 * sides; another process has it within a second of a crash, and within about six of a silent partition.
 */
export class Leadership {
  readonly #options: LeadershipOptions;
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #leads = false;

  constructor(options: LeadershipOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = this.#run();
  }

  isLeader(): boolean {
    return this.#leads;
  }

  /** Steps down and gives the lock back. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  /** Connection after connection until `stop`; never rejects. */
  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const lost = new AbortController();
      const client = new Client({ connectionString: this.#options.url, query_timeout: ANSWER_MS, connectionTimeoutMillis: ANSWER_MS });
      client.on("error", () => lost.abort());
      client.once("end", () => lost.abort());
      try {
        await client.connect();
        await client.query(KEEPALIVE_SQL);
        await this.#serve(client, AbortSignal.any([signal, lost.signal]));
      } catch {
        // The database is away, or does not answer: somebody else may lead.
      }
      await this.#stepDown();
      // Not waited for: on a dead network nobody says good-bye.
      const ended = client.end().catch(() => undefined);
      await Promise.race([ended, sleep(BEAT_MS)]);
    }
  }

  /** Asks for the lock, then proves that it is held, until the connection is lost. */
  async #serve(client: Client, over: AbortSignal): Promise<void> {
    while (!over.aborted) {
      if (this.#leads) await client.query("SELECT 1");
      else if ((await client.query<{ held: boolean }>(LOCK_SQL, [this.#options.name])).rows[0]?.held === true) {
        this.#leads = true;
        this.#options.onGain();
      }
      await sleep(BEAT_MS, undefined, { signal: over }).catch(() => undefined);
    }
  }

  async #stepDown(): Promise<void> {
    if (!this.#leads) return;
    this.#leads = false;
    await this.#options.onLoss();
  }
}
