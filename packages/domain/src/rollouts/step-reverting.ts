import { judgeGates } from "../gates/judge-gates.ts";
import { counted } from "../text/format.ts";
import { decide } from "./decisions.ts";
import { FAILED_STATES, IN_FLIGHT_STATES, isFailed, isInFlight, RETRYABLE_STATES, WITHDRAWABLE_STATES } from "./device-states.ts";
import { act, countWhere, type Draft, record, tallyOf, upTo } from "./edit-snapshot.ts";
import { selects } from "./form-cohorts.ts";
import { allowance, spend } from "./pace-devices.ts";
import type { Cohort, Selector } from "./snapshot.ts";
import { timeOut } from "./time-out.ts";
import { pacedOf, WAVE_SIZE } from "./wait-for-turn.ts";

/** No limit: no fleet is larger. */
export const ALL = 2 ** 31 - 1;

/** The devices that a revert sends back to what they had: they have this rollout's assignment still, and something to return to. */
export const CAN_GO_BACK: Selector = {
  state: ["SUCCEEDED", "UNREACHED", ...IN_FLIGHT_STATES, ...RETRYABLE_STATES],
  ...{ assigned: [true], hasPrevious: [true], superseded: [false], revoked: [false], goingBack: [false] },
};

/**
 * REVERTING → REVERTED, stage by stage: the devices of a stage are sent back once all of the stages before that can be reached are back, at the
 * revert's own pace. → HALTED where going back fails more often than the rollout's gate allows.
 */
export function stepReverting(draft: Draft): void {
  const { stages } = draft.snapshot;
  timeOut(draft, stages.length);
  // Whoever is away or has not begun is interrupted in nothing, and must not begin when it comes, whatever becomes of the revert.
  act(draft, { kind: "send-back", who: { ...CAN_GO_BACK, state: WITHDRAWABLE_STATES }, settled: false, limit: ALL });
  if (haltRevert(draft)) return;
  for (const { index } of stages) {
    sendWave(draft, index);
    if (draft.snapshot.cohorts.some((cohort) => isOnItsWay(cohort, index))) return;
    act(draft, {
      kind: "settle",
      who: { state: ["REVERTED", ...FAILED_STATES], goingBack: [true], stageIndex: upTo(index), settled: [false] },
    });
  }
  finishRevert(draft);
}

/** At most one wave, and no more than the pace allows. */
function sendWave(draft: Draft, stageIndex: number): void {
  const paced = pacedOf(draft.snapshot, "revertPace");
  const limit = Math.min(WAVE_SIZE, paced === null ? WAVE_SIZE : allowance(paced, draft.now));
  const who = { ...CAN_GO_BACK, stageIndex: upTo(stageIndex) };
  const count = limit === 0 ? 0 : act(draft, { kind: "send-back", who, settled: false, limit });
  if (paced !== null && count > 0) draft.snapshot = { ...draft.snapshot, pacedAt: spend(paced, count, draft.now) };
}

/** At work, or still to be sent back. */
export function isOnItsWay(cohort: Cohort, stageIndex: number): boolean {
  return cohort.stageIndex <= stageIndex && (isInFlight(cohort.state) || selects(CAN_GO_BACK, cohort));
}

/** The failure gate, asked of those that were sent back and not accepted yet. */
function haltRevert(draft: Draft): boolean {
  const { cohorts, gates } = draft.snapshot;
  const judged = cohorts.flatMap((cohort) => {
    if (!cohort.goingBack || cohort.settled) return [];
    return [{ ...cohort, state: cohort.state === "REVERTED" ? ("SUCCEEDED" as const) : cohort.state }];
  });
  const reading = judgeGates(gates, judged).find(({ gate }) => gate === "failure-rate");
  if (reading === undefined || reading.verdict !== "fails") return false;
  const failed = countWhere(judged, ({ state }) => isFailed(state));
  draft.snapshot = { ...draft.snapshot, state: "HALTED" };
  const message = `Revert halted: ${failed} of ${counted(reading.sampleCount, "device")} did not go back. Look at ${failed === 1 ? "it" : "them"}, then revert again to go on.`;
  record(draft, decide("revert-halted", message, { failed, sample: reading.sampleCount }));
  return true;
}

function finishRevert(draft: Draft): void {
  const { cohorts, counts } = draft.snapshot;
  const back = counts.reduce((sum, { state, count }) => (state === "REVERTED" ? sum + count : sum), 0);
  const tally = tallyOf(draft.snapshot);
  draft.snapshot = { ...draft.snapshot, state: "REVERTED", finishedAt: draft.now };
  const away =
    tally.unreached > 0
      ? ` ${counted(tally.unreached, "device")} not reached ${tally.unreached === 1 ? "goes back when it returns" : "go back when they return"}.`
      : "";
  const stuck = countWhere(cohorts, ({ state, superseded }) => isFailed(state) && !superseded);
  const failed = stuck > 0 ? ` ${counted(stuck, "device")} did not go back: look at ${stuck === 1 ? "it" : "each"}.` : "";
  const kept = countWhere(cohorts, ({ state, superseded }) => state === "SUCCEEDED" && !superseded);
  const keep = kept > 0 ? ` ${counted(kept, "device")} had nothing before and ${kept === 1 ? "keeps" : "keep"} the release.` : "";
  const message = `Reverted: ${counted(back, "device")} ${back === 1 ? "runs" : "run"} what ran before.${away}${failed}${keep}`;
  record(draft, decide("reverted", message, { back, unreached: tally.unreached, failed: stuck, kept }));
}
