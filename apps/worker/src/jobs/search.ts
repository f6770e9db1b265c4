import { FlotillaError, type JobPayload, type SearchFindings } from "@flotilla/contracts";
import type { JobContext } from "@flotilla/jobs";
import { finishSearch, isSearchStopped, loadSearch, recordFindings, type SearchToRun } from "@flotilla/services/worker";
import type { WorkerContext } from "../context.ts";
import type { SearchEvent } from "../sandbox/protocol.ts";
import { runInChild } from "../sandbox/run-in-child.ts";
import { dataSetFiles } from "./data-set-files.ts";
import { describeMachine } from "./describe-machine.ts";
import { drawVariant, finishMeasured, makeVariant } from "./optimise.ts";
import { CALIBRATION_SAMPLES, planSearch, toFindings } from "./plan-search.ts";
import { type JobRun, runJob } from "./run-job.ts";

/** Share of the progress that the search takes; making and proving what it recommends takes the rest. */
const SEARCHED = 0.7;
const STOP_POLL_MS = 1_000;

/**
 * Looks for a variant that meets a goal. What is found is stored after each candidate: a killed worker's search goes on from it, and one that a person
 * stops gives its verdict on what there is. What it recommends is made by its recipe and measured on the test set, which the search never saw.
 */
export async function search(ctx: WorkerContext, payload: JobPayload<"search">, queue: JobContext): Promise<void> {
  await runJob(ctx, payload, queue, async (run) => {
    const searched = await loadSearch(ctx.services, run.job.row);
    if (searched === null) throw new FlotillaError("NOT_FOUND", "The goal of this search no longer exists. Start a new one.");
    const findings = await runToVerdict(ctx, run, searched);
    const { verdict } = findings;
    if (verdict === null) throw new FlotillaError("INTERNAL", "The search ended without a verdict.");
    await run.report.log(verdict.why.sentence, verdict.outcome === "nothing" ? "warning" : "info");
    for (const { sentence } of verdict.warnings) await run.report.log(sentence, "warning");
    const candidate = verdict.candidate === null ? undefined : findings.candidates[verdict.candidate];
    if (verdict.outcome === "nothing" || candidate === undefined) {
      await run.report.flush();
      await finishSearch(ctx.services, run.job);
      return;
    }
    const chosen: JobRun = { ...run, job: { ...run.job, recipe: candidate.recipe } };
    const variant = await makeVariant(ctx, chosen, [SEARCHED, 0.85]);
    await drawVariant(ctx, chosen, variant, 0.85);
    await finishMeasured(ctx, chosen, variant, 0.85);
  });
}

async function runToVerdict(ctx: WorkerContext, run: JobRun, searched: SearchToRun): Promise<SearchFindings> {
  const { metric, target } = planSearch(searched.goal, run.job.card, null);
  const about = { metric, format: target.format, machine: describeMachine().name };
  let last: SearchEvent | null = null;
  let writing: Promise<void> = Promise.resolve();
  const keep = (event: SearchEvent, isOver: boolean): void => {
    last = event;
    const findings = toFindings(event, { ...about, isOver });
    writing = writing.then(() => recordFindings(ctx.services, run.job.row, findings));
  };
  try {
    await searchInChild(ctx, run, searched, (event) => keep(event, false));
  } finally {
    // What was found before a failure is kept as well: a retry goes on from it.
    await writing;
  }
  if (last === null) throw new FlotillaError("INVALID_INPUT", "The search was stopped before anything was measured.");
  keep(last, true);
  await writing;
  return toFindings(last, { ...about, isOver: true });
}

async function searchInChild(
  ctx: WorkerContext,
  run: JobRun,
  { goal, steering, findings }: SearchToRun,
  onEvent: (event: SearchEvent) => void,
): Promise<void> {
  const { version, card, calibration } = run.job;
  if (calibration === null || steering === null)
    throw new FlotillaError("NOT_FOUND", "The calibration data of this search no longer exists. Start a new one with other data.");
  const stop = watchStop(ctx, run);
  const { metric, ...plan } = planSearch(goal, card, findings);
  const request = {
    modelPath: await ctx.services.blob.localPath(version.sha256),
    calibration: await dataSetFiles(ctx, calibration, card),
    steering: await dataSetFiles(ctx, steering, card),
    calibrationSamples: CALIBRATION_SAMPLES,
    metric,
    task: card.task,
    reading: card.reading ?? null,
    ...plan,
  };
  try {
    await runInChild("search", request, {
      limits: { memoryBytes: ctx.limits.childMemoryBytes, wallClockMs: ctx.limits.stepMs },
      directory: run.directory,
      signal: AbortSignal.any([run.signal, stop.signal]),
      onProgress: (progress) => run.report.progress({ ...progress, fraction: SEARCHED * (1 - 0.88 ** (progress.done ?? 0)) }),
      onEvent,
    });
  } catch (error) {
    if (!stop.signal.aborted || run.signal.aborted) throw error;
    await run.report.log("The search was stopped; what it found so far is what counts.");
  } finally {
    stop.end();
  }
}

/** A signal for "enough": the search ends, the job does not. */
function watchStop(ctx: WorkerContext, run: JobRun): { signal: AbortSignal; end: () => void } {
  const controller = new AbortController();
  const timer = setInterval(() => {
    isSearchStopped(ctx.services, run.job.row)
      .then((stopped) => (stopped ? controller.abort(new FlotillaError("CANCELLED", "The search was stopped.")) : undefined))
      .catch((error: unknown) => ctx.services.logger.warn({ err: error }, "could not ask whether a search was stopped"));
  }, STOP_POLL_MS);
  return { signal: controller.signal, end: () => clearInterval(timer) };
}
