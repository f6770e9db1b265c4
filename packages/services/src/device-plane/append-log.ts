import type { DeviceLogLine, LogReport } from "@flotilla/contracts";
import { plausibleInstant } from "./plausible-instant.ts";

/** The end of the log is what helps; more would grow for ever. */
const LINES_KEPT = 100;

/** `from` names the report, so that a repetition finds itself. */
export type StoredLine = DeviceLogLine & { from: string };

/** A device's log with the report's lines at its end, cut to the last ones; null for a repetition. */
export function appendLog(lines: readonly StoredLine[], report: LogReport, now: Date): StoredLine[] | null {
  const from = `${report.bootId}/${report.n}`;
  if (lines.some((line) => line.from === from)) return null;
  const added = report.lines.map(({ at, level, message }) => ({ at: plausibleInstant(at, now).toISOString(), level, message, from }));
  return [...lines, ...added].slice(-LINES_KEPT);
}
