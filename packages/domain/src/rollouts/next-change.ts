import type { RolloutSnapshot } from "./snapshot.ts";
import { waitingDevices } from "./waiting-devices.ts";

const LIVE: ReadonlySet<RolloutSnapshot["state"]> = new Set(["RUNNING", "PAUSED", "HALTED", "REVERTING"]);

/**
 * The next instant at which time alone can change what follows for a stepped rollout: the end of a soak or of a device's time. null: only news
 * of its devices or a person can. It may be too early, which costs a look, and never too late.
 */
export function nextChangeAt(snapshot: RolloutSnapshot, now: Date): Date | null {
  const { state, stages, cohorts } = snapshot;
  if (!LIVE.has(state)) return null;
  const soaks = stages.map(({ soakUntil, finishedAt }) => (finishedAt === null ? soakUntil : null));
  // When a window opens, and when the pace allows more.
  const turns = waitingDevices(snapshot, now).map(({ until }) => until);
  let next: Date | null = null;
  for (const at of [...soaks, ...turns, ...cohorts.map(({ nextAt }) => nextAt)])
    if (at !== null && at > now && (next === null || at < next)) next = at;
  return next;
}
