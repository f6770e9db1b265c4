import type { DeviceLogLine } from "@flotilla/contracts";
import { MAX_LOG_LINES } from "@flotilla/contracts/max-log-lines";
import { z } from "zod";
import type { Spool } from "./spool.ts";

const INTERVAL_MS = 5000;
/** Lines that wait to be reported; the oldest go first. A device in trouble must not drown its server in words. */
const MOST_WAITING = 100;
const MOST_CHARACTERS = 500;

const lineSchema = z.object({
  level: z.enum(["warn", "error", "fatal"]),
  time: z.iso.datetime(),
  msg: z.string().default(""),
  error: z.string().optional(),
});

/** The warnings and errors of the agent's own log that the server has not been told yet. */
export class LogTail {
  #waiting: DeviceLogLine[] = [];

  /** One line as the logger writes it; anything below a warning is left out. */
  take(json: string): void {
    const line = parse(json);
    if (line === null) return;
    const { level, time, msg, error } = line;
    const message = (error === undefined ? msg : `${msg}: ${error}`).replaceAll("\u0000", "").slice(0, MOST_CHARACTERS);
    this.#waiting.push({ at: time, level: level === "warn" ? "warning" : "error", message });
    if (this.#waiting.length > MOST_WAITING) this.#waiting.shift();
  }

  /** The oldest lines, as many as one report holds; they are forgotten here. */
  next(): DeviceLogLine[] {
    return this.#waiting.splice(0, MAX_LOG_LINES);
  }
}

/** Reports what came in, a few lines at a time. @returns a function that stops it */
export function startLogReports(log: LogTail, spool: Spool, intervalMs = INTERVAL_MS): () => void {
  const timer = setInterval(() => {
    const lines = log.next();
    if (lines.length > 0) void spool.appendLog({ lines });
  }, intervalMs);
  return () => clearInterval(timer);
}

function parse(json: string): z.infer<typeof lineSchema> | null {
  try {
    return lineSchema.safeParse(JSON.parse(json)).data ?? null;
  } catch {
    return null;
  }
}
