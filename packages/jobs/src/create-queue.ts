import { FlotillaError, JOBS, type JobName, type JobPayload } from "@flotilla/contracts";
import { fromPrisma, PgBoss } from "pg-boss";
import { runHandler } from "./run-handler.ts";
import type { EnqueueOptions, JobHandler, SqlTransaction, WorkOptions } from "./types.ts";

export interface QueueLogger {
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface QueueOptions {
  /** `postgres://…` of the database that holds the rows; jobs live in its schema `pgboss`. */
  url: string;
  logger?: QueueLogger;
  /** Database connections of this queue; 4 when absent. */
  maxConnections?: number;
}

/** The half of a queue that a service needs. */
export interface Enqueuer {
  /**
   * Puts a job into the queue in the caller's transaction: it exists exactly if the row it is about does.
   * Throws INVALID_INPUT when the payload does not fit its schema. Returns the queue's id of the job.
   */
  enqueue<T extends JobName>(tx: SqlTransaction, name: T, payload: JobPayload<T>, options?: EnqueueOptions): Promise<string>;
}

export interface Queue extends Enqueuer {
  /** Connects, creates or migrates the queue's tables. Needed by processes that only enqueue, too. */
  start(): Promise<void>;
  /** Takes no more jobs, aborts those that run (they go back into the queue at once) and disconnects. */
  stop(): Promise<void>;
  /** Takes jobs of this name until `stop()`. */
  work<T extends JobName>(name: T, handler: JobHandler<T>, options?: WorkOptions): Promise<void>;
}

/** A worker that has not been heard of for this long is dead: its job goes back. pg-boss allows no less. */
const HEARTBEAT_SECONDS = 10;
/** A live worker says so this often. */
const HEARTBEAT_REFRESH_SECONDS = 3;
/** How often silent workers are looked for. With the heartbeat and the poll: taken up again within 10 + 2 + 0.5 s. */
const SUPERVISE_SECONDS = 2;
const POLL_SECONDS = 0.5;
/** Attempts that may end in a dead worker. A handler gives up earlier, by itself, so that its row can say why. */
const RETRY_LIMIT = 5;

/** A job queue in Postgres. The only code that knows pg-boss. */
export function createQueue(options: QueueOptions): Queue {
  const boss = new PgBoss({
    connectionString: options.url,
    max: options.maxConnections ?? 4,
    schedule: false,
    superviseIntervalSeconds: SUPERVISE_SECONDS,
    monitorIntervalSeconds: SUPERVISE_SECONDS,
    registerInstance: false,
    reindex: false,
    // A job's NOTIFY goes out when its transaction commits; polling remains for what a lost connection missed.
    useListenNotify: true,
    monitorVacuum: false,
    application_name: "flotilla-queue",
  });
  boss.on("error", (error) => options.logger?.error({ err: error }, "the job queue met an error and goes on"));
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();

  return {
    async start(): Promise<void> {
      await boss.start();
      for (const name of Object.keys(JOBS) as JobName[]) await ensureQueue(boss, name);
    },

    async stop(): Promise<void> {
      stopping.abort(new Error("this process is stopping"));
      await Promise.allSettled(running);
      await boss.stop({ graceful: true, timeout: 5_000, close: true });
    },

    async enqueue<T extends JobName>(tx: SqlTransaction, name: T, payload: JobPayload<T>, enqueueOptions: EnqueueOptions = {}) {
      const parsed = JOBS[name].schema.safeParse(payload);
      if (!parsed.success) throw new FlotillaError("INVALID_INPUT", `The payload of a "${name}" job is not valid: ${parsed.error.message}`);
      const id = await boss.send(name, parsed.data, { ...enqueueOptions, db: fromPrisma(tx) });
      if (id === null) throw new FlotillaError("INTERNAL", `The queue did not take the "${name}" job.`);
      return id;
    },

    async work<T extends JobName>(name: T, handler: JobHandler<T>, workOptions: WorkOptions = {}): Promise<void> {
      const settings = {
        batchSize: 1,
        localConcurrency: workOptions.concurrency ?? 1,
        pollingIntervalSeconds: POLL_SECONDS,
        notifyPollingIntervalSeconds: POLL_SECONDS,
        // A full batch may have left more behind: look again at once.
        burstWhenBatchFull: true,
        heartbeatRefreshSeconds: HEARTBEAT_REFRESH_SECONDS,
      };
      await boss.work<JobPayload<T>>(name, settings, async ([job]) => {
        if (job === undefined) return;
        const run = runHandler(name, handler, job, stopping.signal, options.logger);
        const settled = run.catch(() => undefined);
        running.add(settled);
        await run.finally(() => running.delete(settled));
      });
    },
  };
}

async function ensureQueue(boss: PgBoss, name: JobName): Promise<void> {
  const settings = {
    expireInSeconds: JOBS[name].timeoutSeconds,
    heartbeatSeconds: HEARTBEAT_SECONDS,
    retryLimit: RETRY_LIMIT,
    retryDelay: 0,
    retryBackoff: false,
    notify: true,
  };
  await boss.createQueue(name, settings);
  await boss.updateQueue(name, settings);
}
