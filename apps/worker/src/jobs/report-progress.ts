import type { JobLogLine, JobProgress } from "@flotilla/contracts/views";
import type { ServiceContext } from "@flotilla/services";
import { appendLog, recordProgress } from "@flotilla/services/worker";
import type { ChildProgress } from "../sandbox/protocol.ts";

export interface JobReporter {
  /** What a child reports goes here: its share of the whole job lies between `from` and `to`. */
  part(from: number, to: number): (progress: ChildProgress) => void;
  progress(progress: JobProgress): void;
  log(message: string, level?: JobLogLine["level"]): Promise<void>;
  /** Writes what is still waiting. */
  flush(): Promise<void>;
}

/** At most four writes, and so four notifications, a second. */
const INTERVAL_MS = 250;

/** Progress and log of one job. Between two writes only the newest progress is kept; it never goes back. */
export function reportProgress(services: ServiceContext, job: { id: string; organisationId: string }): JobReporter {
  let waiting: JobProgress | null = null;
  let timer: NodeJS.Timeout | null = null;
  let writing: Promise<unknown> = Promise.resolve();
  let fraction = 0;

  const write = (): void => {
    const next = waiting;
    waiting = null;
    if (next === null) return;
    writing = writing
      .then(() => recordProgress(services, job, next))
      .catch((error: unknown) => services.logger.warn({ err: error, jobId: job.id }, "could not record a job's progress"));
  };
  const progress = (next: JobProgress): void => {
    fraction = Math.max(fraction, next.fraction);
    waiting = { ...next, fraction };
    if (timer !== null) return;
    write();
    timer = setTimeout(() => {
      timer = null;
      write();
    }, INTERVAL_MS);
  };
  return {
    progress,
    part: (from, to) => (child) => {
      const share = child.done === null || child.total === null || child.total === 0 ? 0 : child.done / child.total;
      progress({ ...child, fraction: from + (to - from) * share });
    },
    log: (message, level = "info") => appendLog(services, job, level, message),
    async flush() {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      write();
      await writing;
    },
  };
}
