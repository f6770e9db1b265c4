import { FlotillaError } from "@flotilla/contracts";
import { listenLive } from "@flotilla/db";
import type { ServiceContext } from "@flotilla/services";
import { isJobRunning } from "@flotilla/services/worker";

export interface CancelWatch {
  /** A signal that is aborted as soon as the job no longer runs, and a function that stops looking. */
  watch(job: { id: string; organisationId: string }): { signal: AbortSignal; stop: () => void };
  close(): Promise<void>;
}

/** Looked again without being told, in case a notification was lost with its connection. */
const POLL_MS = 2_000;

/** Hears from Postgres when a job's row changes, so that a cancelled job's child ends in the same moment. */
export async function watchCancellations(services: ServiceContext, databaseUrl: string): Promise<CancelWatch> {
  const checks = new Map<string, () => Promise<void>>();
  const stopListening = await listenLive(databaseUrl, (event) => {
    if (event.topic === "job" && event.id !== undefined) void checks.get(event.id)?.();
  });
  return {
    watch(job) {
      const controller = new AbortController();
      const check = async (): Promise<void> => {
        try {
          if (!(await isJobRunning(services, job))) controller.abort(new FlotillaError("CANCELLED", "The job was cancelled."));
        } catch (error) {
          services.logger.warn({ err: error, jobId: job.id }, "could not ask whether a job was cancelled");
        }
      };
      checks.set(job.id, check);
      const timer = setInterval(() => void check(), POLL_MS);
      return {
        signal: controller.signal,
        stop: () => {
          clearInterval(timer);
          checks.delete(job.id);
        },
      };
    },
    close: stopListening,
  };
}
