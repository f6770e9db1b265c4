import { FlotillaError, isFlotillaError } from "@flotilla/contracts";
import type { JobContext } from "@flotilla/jobs";
import { beginJob, failJob, type WorkerJob } from "@flotilla/services/worker";
import type { WorkerContext } from "../context.ts";
import { withWorkDirectory } from "../work-directory.ts";
import { type JobReporter, reportProgress } from "./report-progress.ts";

/** What the body of an optimisation or validation works with. */
export interface JobRun {
  job: WorkerJob;
  directory: string;
  signal: AbortSignal;
  report: JobReporter;
}

/** A job that has ended this many workers is not given to another one. */
const MAX_ATTEMPTS = 3;

/**
 * The frame of `optimise` and `validate`: takes the row, gives a working directory, stops at once when the job is cancelled or this
 * worker is stopping, and turns whatever is thrown into a FAILED row with a sentence.
 */
export async function runJob(
  ctx: WorkerContext,
  payload: { organisationId: string; jobId: string },
  queue: JobContext,
  body: (run: JobRun) => Promise<void>,
): Promise<void> {
  const job = await beginJob(ctx.services, payload);
  if (job === null) return;
  const { row } = job;
  const ending = { id: row.id, organisationId: row.organisationId, modelId: job.version.modelId };
  if (row.attempts > MAX_ATTEMPTS) {
    await failJob(ctx.services, ending, {
      code: "CHILD_CRASHED",
      message: `The worker ended ${MAX_ATTEMPTS} times while it had this job, so it is not tried again.`,
    });
    return;
  }
  const report = reportProgress(ctx.services, row);
  const cancellation = ctx.cancellations.watch(row);
  try {
    if (row.attempts > 1) await report.log(`The worker that had this job ended; attempt ${row.attempts} begins.`, "warning");
    const signal = AbortSignal.any([queue.signal, cancellation.signal]);
    await withWorkDirectory(ctx.temporaryDirectory, (directory) => body({ job, directory, signal, report }));
  } catch (error) {
    // Another worker takes it up: this one must write nothing more.
    if (queue.signal.aborted) throw error;
    if (cancellation.signal.aborted) return;
    const failure = asFailure(ctx, error, row.id);
    await report.flush();
    await failJob(ctx.services, ending, failure);
  } finally {
    cancellation.stop();
    await report.flush();
  }
}

/** The code and sentence for a row; an error that nobody foresaw is logged in full and shown without its insides. */
export function asFailure(ctx: WorkerContext, error: unknown, id: string): FlotillaError {
  if (isFlotillaError(error)) return error;
  ctx.services.logger.error({ err: error, id }, "a job failed unexpectedly");
  return new FlotillaError("INTERNAL", "Something went wrong inside Flotilla. Try again; the worker's log has the details.", {
    cause: error,
  });
}
