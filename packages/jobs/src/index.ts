export { createQueue, type Enqueuer, type Queue, type QueueLogger, type QueueOptions } from "./create-queue.ts";
export type { EnqueueOptions, JobContext, JobHandler, SqlTransaction, WorkOptions } from "./types.ts";
