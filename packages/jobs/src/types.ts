import type { JobName, JobPayload } from "@flotilla/contracts";

/** The part of a Prisma transaction client that the queue writes through. */
export interface SqlTransaction {
  $queryRawUnsafe<T = unknown>(query: string, ...values: unknown[]): Promise<T>;
}

export interface EnqueueOptions {
  /** The job is not taken before this instant. */
  startAfter?: Date;
  /** Higher goes first; 0 when absent. */
  priority?: number;
}

export interface JobContext {
  /** The queue's own id of the job; the same in every attempt. */
  jobId: string;
  /** 1 for the first attempt; more when a worker died while it held the job. */
  attempt: number;
  /**
   * Aborted when this process no longer holds the job: the queue is stopping, or the database thinks this worker dead and gave
   * the job to another. The handler must stop at once, write nothing more, and throw: the job is then taken up again.
   */
  signal: AbortSignal;
}

/**
 * Runs one job. Returning means done, also when the work itself failed and the row says so: the queue does not retry it.
 * Throwing hands the job back to be taken up again, at once.
 */
export type JobHandler<T extends JobName> = (payload: JobPayload<T>, context: JobContext) => Promise<void>;

export interface WorkOptions {
  /** Jobs of this name that run side by side in this process; 1 when absent. */
  concurrency?: number;
}
