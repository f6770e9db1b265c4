import { JOBS, type JobName, type JobPayload } from "@flotilla/contracts";
import type { QueueLogger } from "./create-queue.ts";
import type { JobHandler } from "./types.ts";

interface QueueJob {
  id: string;
  data: unknown;
  retryCount: number;
  signal: AbortSignal;
}

/**
 * Runs a handler for one job of the queue. A payload that does not fit its schema comes from a newer or older peer: it is
 * logged and dropped, since no retry would make it fit.
 */
export async function runHandler<T extends JobName>(
  name: T,
  handler: JobHandler<T>,
  job: QueueJob,
  stopping: AbortSignal,
  logger: QueueLogger | undefined,
): Promise<void> {
  const parsed = JOBS[name].schema.safeParse(job.data);
  if (!parsed.success) {
    logger?.error({ job: name, queueJobId: job.id, issues: parsed.error.issues }, "dropped a job whose payload is not valid");
    return;
  }
  const signal = AbortSignal.any([stopping, job.signal]);
  try {
    // The schema of `name` parsed it, which TypeScript cannot follow through the indexed type.
    await handler(parsed.data as JobPayload<T>, { jobId: job.id, attempt: job.retryCount + 1, signal });
  } catch (error) {
    logger?.warn({ job: name, queueJobId: job.id, err: error }, "a job goes back into the queue");
    throw error;
  }
}
