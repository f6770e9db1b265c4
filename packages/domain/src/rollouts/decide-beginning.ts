import type { ErrorCode } from "@flotilla/contracts";
import { counted, formatSeconds } from "../text/format.ts";
import { decide } from "./decisions.ts";
import type { DecisionDraft } from "./snapshot.ts";

/** An instant as a person chose it: in a time zone (IANA name). */
export interface ChosenInstant {
  readonly at: Date;
  readonly timeZone: string;
}

/** "1 Mar 2026, 14:00 (Europe/Berlin)" */
export function sayInstant({ at, timeZone }: ChosenInstant): string {
  return `${new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short", timeZone }).format(at)} (${timeZone})`;
}

const when = (start: ChosenInstant | null): DecisionDraft["params"] => ({
  at: start?.at.toISOString() ?? null,
  timeZone: start?.timeZone ?? null,
});

export function decideApprovalRequested(start: ChosenInstant | null): DecisionDraft {
  const hour = start === null ? "at once" : `on ${sayInstant(start)}`;
  return decide("approval-requested", `Waits for a second person’s approval, to start ${hour}.`, when(start));
}

export function decideScheduled(start: ChosenInstant, again: boolean): DecisionDraft {
  return again
    ? decide("rescheduled", `Start moved to ${sayInstant(start)}.`, when(start))
    : decide("scheduled", `Starts by itself on ${sayInstant(start)}.`, when(start));
}

export function decideAnswer(verdict: "approved" | "rejected", person: string, reason: string | null): DecisionDraft {
  if (verdict === "approved") return decide("approved", `Approved by ${person}.`, { person });
  return decide("rejected", `Rejected by ${person}: ${reason ?? ""}`, { person, reason });
}

/** What was approved is not what would start now. */
export function decideApprovalVoid(): DecisionDraft {
  return decide("approval-void", "What was approved has changed since, so it did not start and waits for approval again.", {});
}

export function decideBackToDraft(): DecisionDraft {
  return decide("back-to-draft", "Taken back to a draft: it starts when somebody starts it.", {});
}

export function decideStartedLate(start: ChosenInstant, now: Date): DecisionDraft {
  const seconds = Math.round((now.getTime() - start.at.getTime()) / 1000);
  return decide("started-late", `Starts ${formatSeconds(seconds)} late: it was due on ${sayInstant(start)}.`, { ...when(start), seconds });
}

/** A scheduled start that cannot be: it is a draft again, and a person must look. */
export function decideStartRefused(code: ErrorCode, reason: string): DecisionDraft {
  return decide("start-refused", `Did not start as scheduled: ${reason}`, { code, reason });
}

/** Written on every rollout of a release that a person marks as bad. */
export function decideReleaseInvalidated(release: string, why: string): DecisionDraft {
  return decide("release-invalidated", `Release ${release} was marked as bad: ${why}`, { release, why });
}

export function decideHaltedInvalidated(release: string, why: string, withdrawn: number): DecisionDraft {
  return decide("halted-invalidated", `Halted: release ${release} was marked as bad: ${why}`, { release, why, withdrawn });
}

/** Devices that a revert leaves alone, because what ran before is marked as bad too. */
export function decideCannotGoBack(names: readonly string[], devices: number): DecisionDraft {
  const more = devices > names.length ? ` and ${devices - names.length} more` : "";
  const message = `${counted(devices, "device")} cannot go back, because what ran before is marked as bad: ${names.join(", ")}${more}. Roll out another release to them.`;
  return decide("cannot-go-back", message, { devices, names: names.join(", "), more: devices - names.length });
}
