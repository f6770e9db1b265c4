import type { RolloutState } from "@flotilla/contracts";
import { hasOutcome, isOpen } from "./device-states.ts";
import { currentStage, deviceCount } from "./edit-snapshot.ts";
import type { Cohort, CohortFacts, RolloutPlan, RolloutSnapshot } from "./snapshot.ts";

/**
 * The last stage whose devices a look needs: the one after the stage at work, which may begin in the same step. A rollout that goes back needs
 * all of them.
 */
export function reachOf({ state, stages }: Pick<RolloutPlan, "state" | "stages">): number {
  const last = stages.length - 1;
  return state === "REVERTING" ? last : Math.min(last, (currentStage({ stages })?.index ?? last) + 1);
}

/** Whether a device can still change what follows: it may have another outcome, or it has one that was not accepted yet. */
export function matters({ stageIndex, state, settled }: Pick<CohortFacts, "stageIndex" | "state" | "settled">, reach: number): boolean {
  return stageIndex <= reach && (isOpen(state) || (hasOutcome(state) && !settled));
}

/** Whether this look may end the rollout by what becomes of all of its devices: then the caller loads all of them. */
export function needsAll(snapshot: Pick<RolloutSnapshot, "state" | "cohorts">): boolean {
  // What is to be sent back was accepted long ago.
  return snapshot.state === "REVERTING" || (canBeTakenOver(snapshot.state) && snapshot.cohorts.every(isGone));
}

/** Newer rollouts have every device: nothing is left to assign, to wait for, to try again or to take back. */
export function isTakenOver(snapshot: RolloutSnapshot): boolean {
  const { state, cohorts, counts } = snapshot;
  if (!canBeTakenOver(state) || !cohorts.every(isGone)) return false;
  return cohorts.some(isLost) && cohorts.reduce((sum, { count }) => sum + count, 0) === deviceCount({ counts });
}

const canBeTakenOver = (state: RolloutState): boolean => state === "RUNNING" || state === "PAUSED" || state === "HALTED";
const isLost = (cohort: Cohort): boolean => cohort.state === "SUPERSEDED" || (cohort.superseded && !isOpen(cohort.state));
const isGone = (cohort: Cohort): boolean => isLost(cohort) || cohort.revoked;
