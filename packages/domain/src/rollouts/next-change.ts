import { selects } from "./form-cohorts.ts";
import { nextPortionAt } from "./pace-devices.ts";
import type { RolloutSnapshot } from "./snapshot.ts";
import { CAN_GO_BACK } from "./step-reverting.ts";
import { pacedOf, waitingDevices } from "./wait-for-turn.ts";

const LIVE: ReadonlySet<RolloutSnapshot["state"]> = new Set(["RUNNING", "PAUSED", "HALTED", "REVERTING"]);

/**
 * The next instant at which time alone can change what follows for a stepped rollout: the end of a soak or of a device's time. null: only news
 * of its devices or a person can. It may be too early, which costs a look, and never too late.
 */
export function nextChangeAt(snapshot: RolloutSnapshot, now: Date): Date | null {
  const { state, stages, cohorts } = snapshot;
  if (!LIVE.has(state)) return null;
  const soaks = stages.map(({ soakUntil, finishedAt }) => (finishedAt === null ? soakUntil : null));
  let next: Date | null = null;
  for (const at of [...soaks, ...turnsOf(snapshot, now), ...cohorts.map(({ nextAt }) => nextAt)])
    if (at !== null && at > now && (next === null || at < next)) next = at;
  return next;
}

/** When a window opens, and when the pace allows more. */
function turnsOf(snapshot: RolloutSnapshot, now: Date): (Date | null)[] {
  if (snapshot.state === "RUNNING") return waitingDevices(snapshot, now).map(({ until }) => until);
  const paced = pacedOf(snapshot, "revertPace");
  const waits = snapshot.state === "REVERTING" && snapshot.cohorts.some((cohort) => selects(CAN_GO_BACK, cohort));
  return waits && paced !== null ? [nextPortionAt(paced, now)] : [];
}
