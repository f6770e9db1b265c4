import { currentStage } from "./edit-snapshot.ts";
import { selects } from "./form-cohorts.ts";
import { nextPortionAt } from "./pace-devices.ts";
import type { Cohort, RolloutSnapshot } from "./snapshot.ts";
import { CAN_GO_BACK, isOnItsWay } from "./step-reverting.ts";
import { openZones, opensNext, pacedOf } from "./wait-for-turn.ts";

/** Devices whose turn it is, and what they still wait for. */
export interface Waiting {
  readonly for: "window" | "pace" | "retry";
  readonly deviceCount: number;
  /** When the first of them goes on; null: nobody knows. */
  readonly until: Date | null;
}

/** Who of the stage at work waits, and for what. Nobody does in a rollout that neither runs nor goes back. */
export function waitingDevices(snapshot: RolloutSnapshot, now: Date): Waiting[] {
  if (snapshot.state === "REVERTING") return waitingToGoBack(snapshot, now);
  const stage = currentStage(snapshot);
  if (snapshot.state !== "RUNNING" || stage === undefined) return [];
  const own = snapshot.cohorts.filter(({ stageIndex }) => stageIndex <= stage.index);
  const queued = own.filter(({ state, alreadyCurrent, refusalCode }) => state === "QUEUED" && !alreadyCurrent && refusalCode === null);
  const open = new Set(openZones(snapshot, queued, now));
  const paced = pacedOf(snapshot, "pace");
  const shut = queued.filter(({ timeZone }) => !open.has(timeZone));
  const next = queued.filter(({ timeZone }) => open.has(timeZone));
  const retrying = own.filter(({ retry }) => retry === "waiting");
  return [
    waiting("window", shut, opensNext(snapshot, shut, now)),
    ...(paced === null ? [] : [waiting("pace", next, nextPortionAt(paced, now))]),
    waiting("retry", retrying, firstOf(retrying)),
  ].filter(({ deviceCount }) => deviceCount > 0);
}

/** A revert keeps no windows: what is worse is not left until the night. */
function waitingToGoBack(snapshot: RolloutSnapshot, now: Date): Waiting[] {
  const paced = pacedOf(snapshot, "revertPace");
  const stage = snapshot.stages.find(({ index }) => snapshot.cohorts.some((cohort) => isOnItsWay(cohort, index)));
  if (paced === null || stage === undefined) return [];
  const next = snapshot.cohorts.filter((cohort) => cohort.stageIndex <= stage.index && selects(CAN_GO_BACK, cohort));
  return [waiting("pace", next, nextPortionAt(paced, now))].filter(({ deviceCount }) => deviceCount > 0);
}

function waiting(what: Waiting["for"], cohorts: readonly Cohort[], until: Date | null): Waiting {
  return { for: what, deviceCount: cohorts.reduce((sum, { count }) => sum + count, 0), until };
}

function firstOf(cohorts: readonly Cohort[]): Date | null {
  return cohorts.reduce<Date | null>((first, { nextAt }) => (first === null || (nextAt !== null && nextAt < first) ? nextAt : first), null);
}
