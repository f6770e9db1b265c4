import { FlotillaError, type JobPayload } from "@flotilla/contracts";
import type { JobContext } from "@flotilla/jobs";
import { findVariant } from "@flotilla/services/worker";
import type { WorkerContext } from "../context.ts";
import { finishMeasured } from "./optimise.ts";
import { runJob } from "./run-job.ts";

/** Measures an existing variant again, on another data set or with other gates. */
export async function validate(ctx: WorkerContext, payload: JobPayload<"validate">, queue: JobContext): Promise<void> {
  await runJob(ctx, payload, queue, async (run) => {
    const { variantId, organisationId } = run.job.row;
    const variant = variantId === null ? null : await findVariant(ctx.services, organisationId, variantId);
    if (variant === null) throw new FlotillaError("NOT_FOUND", "The variant that this job was to measure no longer exists.");
    if (run.job.test === null) throw new FlotillaError("NOT_FOUND", "The test data set of this job no longer exists. Choose another one.");
    await finishMeasured(ctx, run, variant, 0.02);
  });
}
