import { mkdir } from "node:fs/promises";
import type { BlobStore } from "@flotilla/blob";
import { createDb } from "@flotilla/db";
import { createQueue, type JobHandler } from "@flotilla/jobs";
import type { JobName } from "@flotilla/contracts";
import type { Logger } from "@flotilla/logger";
import { loadOrCreateSigner } from "@flotilla/trust/sign";
import { defaultLimits, type WorkerContext, type WorkerLimits } from "./context.ts";
import { buildRelease } from "./jobs/build-release.ts";
import { drawGraph } from "./jobs/draw-graph.ts";
import { inspectUpload } from "./jobs/inspect-upload.ts";
import { optimise } from "./jobs/optimise.ts";
import { reportTargets } from "./jobs/report-targets.ts";
import { search } from "./jobs/search.ts";
import { validate } from "./jobs/validate.ts";
import { watchCancellations } from "./jobs/watch-cancellations.ts";
import { confinementFor } from "./sandbox/confinement.ts";
import { sweepWorkDirectories } from "./work-directory.ts";

export interface WorkerOptions {
  databaseUrl: string;
  blob: BlobStore;
  /** Holds the key that releases are signed with. */
  secretsDirectory: string;
  temporaryDirectory: string;
  logger: Logger;
  limits?: Partial<WorkerLimits>;
  clock?: () => Date;
}

export interface Worker {
  start(): Promise<void>;
  /** Takes no more jobs, ends the child processes, gives running jobs back to the queue. */
  stop(): Promise<void>;
}

/** The process that runs jobs: it takes them from the queue, and model code runs in its children. */
export function createWorker(options: WorkerOptions): Worker {
  const { databaseUrl, logger } = options;
  const db = createDb({ url: databaseUrl, maxConnections: 6 });
  const queue = createQueue({ url: databaseUrl, logger });
  const services = { db, blob: options.blob, queue, clock: options.clock ?? (() => new Date()), logger };
  const closing: (() => Promise<void>)[] = [];

  async function createContext(): Promise<WorkerContext> {
    await sweepWorkDirectories(options.temporaryDirectory);
    await mkdir(options.secretsDirectory, { recursive: true, mode: 0o700 });
    const cancellations = await watchCancellations(services, databaseUrl);
    closing.push(() => cancellations.close());
    return {
      services,
      cancellations,
      signer: await loadOrCreateSigner(options.secretsDirectory),
      temporaryDirectory: options.temporaryDirectory,
      limits: { ...defaultLimits, ...options.limits },
    };
  }

  return {
    async start() {
      const ctx = await createContext();
      await queue.start();
      await takeJobs(ctx, "inspect-upload", inspectUpload);
      await takeJobs(ctx, "draw-graph", drawGraph);
      await takeJobs(ctx, "report-targets", reportTargets);
      await takeJobs(ctx, "optimise", optimise);
      await takeJobs(ctx, "search", search);
      await takeJobs(ctx, "validate", validate);
      await takeJobs(ctx, "build-release", buildRelease);
      const { uid, prefix } = confinementFor(options.temporaryDirectory);
      const confinement = { ownUser: uid !== null, noNetwork: prefix.length > 0 };
      logger.info({ temporaryDirectory: options.temporaryDirectory, confinement }, "the worker takes jobs");
    },
    async stop() {
      await queue.stop();
      for (const close of closing) await close();
      await db.close();
      logger.info("the worker has stopped");
    },
  };

  async function takeJobs<T extends JobName>(
    ctx: WorkerContext,
    name: T,
    run: (ctx: WorkerContext, payload: Parameters<JobHandler<T>>[0], queue: Parameters<JobHandler<T>>[1]) => Promise<void>,
  ): Promise<void> {
    await queue.work(name, async (payload, context) => {
      const began = performance.now();
      logger.info({ job: name, payload, attempt: context.attempt }, "job taken");
      await run(ctx, payload, context);
      logger.info({ job: name, payload, ms: Math.round(performance.now() - began) }, "job ended");
    });
  }
}
