import type { AgentEvent, EventOf } from "./event.ts";
import { reportAgain } from "./report-state.ts";
import { stepAssigned, stepReadmitted, stepUnassigned } from "./step-assignment.ts";
import { stepBooted, stepResumeDue } from "./step-boot.ts";
import { stepHostFailed, stepHostReady, stepProbeFailed, stepProbePassed, stepRestartDue, stepUnwritten } from "./step-host.ts";
import {
  stepDownloaded,
  stepDownloadFailed,
  stepPreflightPassed,
  stepPreflightRefused,
  stepProgressed,
  stepRejected,
  stepRetryDue,
  stepStaged,
  stepVerified,
} from "./step-work.ts";
import { type AgentState, type Step, stay } from "./state.ts";

/**
 * The agent's only decision function: no clock, no randomness, no I/O of its own.
 *
 * @param now milliseconds since the epoch
 * @param random uniform in [0, 1), used for jitter alone
 */
export function step(state: AgentState, event: AgentEvent, now: number, random: number): Step {
  // An answer to work that was superseded meanwhile decides nothing.
  if ("work" in event && event.work !== state.work) return stay(state);
  switch (event.kind) {
    case "booted":
      return stepBooted(state, event);
    case "assigned":
      return stepAssigned(state, event);
    case "unassigned":
      return stepUnassigned(state);
    case "preflight-passed":
      return stepPreflightPassed(state);
    case "preflight-refused":
    case "staging-failed":
      return stepPreflightRefused(state, event);
    case "progressed":
      return stepProgressed(state, event);
    case "downloaded":
      return stepDownloaded(state);
    case "download-failed":
      return stepDownloadFailed(state, event, random);
    case "retry-due":
      return stepRetryDue(state);
    case "rejected":
      return stepRejected(state, event);
    case "verified":
      return stepVerified(state, event);
    case "staged":
      return stepStaged(state);
    case "host-ready":
      return stepHostReady(state, event);
    case "host-failed":
      return stepHostFailed(state, event, now, random);
    case "probe-passed":
      return stepProbePassed(state, event);
    case "probe-failed":
      return stepProbeFailed(state, event);
    case "restart-due":
      return stepRestartDue(state);
    case "resume-due":
      return stepResumeDue(state);
    // MQTT is a hint in both directions: what the broker lost is said again.
    case "connected":
      return { state, effects: reportAgain(state) };
    case "fault":
      return stepFault(state, event);
    case "unwritten":
      return stepUnwritten(state, event);
    case "readmitted":
      return stepReadmitted(state);
    default:
      // Not reached: without a case for a new kind of event this line does not compile.
      return event satisfies never;
  }
}

/** A device that is not well says so once, and once more when it is well again. */
function stepFault(state: AgentState, { reason }: EventOf<"fault">): Step {
  if (state.fault?.code === reason?.code) return stay(state);
  const next: AgentState = { ...state, fault: reason };
  return { state: next, effects: reportAgain(next) };
}
