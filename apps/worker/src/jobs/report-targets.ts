import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { FlotillaError, type JobPayload } from "@flotilla/contracts";
import { type TargetReport, targetReportSchema } from "@flotilla/contracts/targets";
import type { JobContext } from "@flotilla/jobs";
import {
  beginTargetReport,
  failTargetReport,
  finishTargetReport,
  recordTargetStep,
  type TargetReportToMake,
} from "@flotilla/services/worker";
import type { WorkerContext } from "../context.ts";
import { runInChild } from "../sandbox/run-in-child.ts";
import { withWorkDirectory } from "../work-directory.ts";
import { asFailure } from "./run-job.ts";

/** A report that has ended this many workers is not tried again. */
const MAX_ATTEMPTS = 3;
/** Some 300 bytes an operator. */
const MAX_REPORT_BYTES = 8 * 2 ** 20;

/** Says what each kind of device makes of a model that somebody looks at. */
export async function reportTargets(ctx: WorkerContext, payload: JobPayload<"report-targets">, queue: JobContext): Promise<void> {
  const made = await beginTargetReport(ctx.services, payload);
  if (made === null) return;
  try {
    if (queue.attempt > MAX_ATTEMPTS)
      throw new FlotillaError("CHILD_CRASHED", `The worker ended ${MAX_ATTEMPTS} times over this report, so it is not tried again.`);
    const report = await withWorkDirectory(ctx.temporaryDirectory, (directory) => make(ctx, made, { directory, signal: queue.signal }));
    await finishTargetReport(ctx.services, made.row, report);
  } catch (error) {
    if (queue.signal.aborted) throw error;
    await failTargetReport(ctx.services, made.row, asFailure(ctx, error, made.row.id));
  }
}

async function make(
  ctx: WorkerContext,
  { row, fileName }: TargetReportToMake,
  { directory, signal }: { directory: string; signal: AbortSignal },
): Promise<TargetReport> {
  const { services, limits } = ctx;
  const outputFile = join(directory, "target-report.json");
  const modelPath = await services.blob.localPath(row.modelSha256);
  const tflitePath = row.fileSha256 === row.modelSha256 ? null : await services.blob.localPath(row.fileSha256);
  await runInChild(
    "report-targets",
    { modelPath, tflitePath, fileName, outputFile },
    {
      directory,
      signal,
      limits: { memoryBytes: limits.childMemoryBytes, wallClockMs: limits.reportTargetsMs },
      onProgress: ({ step }) => {
        if (step === "reading" || step === "converting") void sayStep(ctx, row, step);
      },
    },
  );
  if ((await stat(outputFile)).size > MAX_REPORT_BYTES)
    throw new FlotillaError("TOO_MANY_NODES", "The report about this model is too long to be shown. Simplify the model first.");
  // The child has read foreign bytes: what it wrote is foreign too.
  const parsed = targetReportSchema.safeParse(JSON.parse(await readFile(outputFile, "utf8")));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new FlotillaError("INVALID_GRAPH", `The report cannot be read: ${issue?.path.join(".")}: ${issue?.message}. Please report this.`);
}

async function sayStep(ctx: WorkerContext, row: TargetReportToMake["row"], step: "reading" | "converting"): Promise<void> {
  await recordTargetStep(ctx.services, row, step).catch((error: unknown) =>
    ctx.services.logger.warn({ err: error, id: row.id }, "could not record a report's progress"),
  );
}
