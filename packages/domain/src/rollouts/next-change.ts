import { isInFlight, isOpen } from "./device-states.ts";
import { later } from "./edit-snapshot.ts";
import type { RolloutDeviceSnapshot, RolloutSnapshot } from "./snapshot.ts";
import { UNREACHED_AFTER_MS } from "./step-rollout.ts";

const LIVE: ReadonlySet<RolloutSnapshot["state"]> = new Set(["RUNNING", "PAUSED", "HALTED", "REVERTING"]);

/**
 * The next instant at which time alone can change what follows for a stepped rollout: the end of a soak or of a device's time. null: only news
 * of its devices or a person can. It may be too early, which costs a look, and never too late.
 */
export function nextChangeAt({ state, stages, devices }: RolloutSnapshot, now: Date): Date | null {
  if (!LIVE.has(state)) return null;
  const soaks = stages.flatMap(({ soakUntil, finishedAt }) => (soakUntil === null || finishedAt !== null ? [] : [soakUntil]));
  const ends = devices.flatMap((device) => endsOf(device, stages[device.stageIndex]?.spec.deadlineSeconds ?? 0));
  let next: Date | null = null;
  // Not Math.min(...): a fleet is more arguments than a call takes.
  for (const at of [...soaks, ...ends]) if (at > now && (next === null || at < next)) next = at;
  return next;
}

/** A device's own deadline, the one it gets when it comes back late, and when it is taken for unreached. */
function endsOf({ state, assignedAt, updatedAt }: RolloutDeviceSnapshot, seconds: number): Date[] {
  if (!isOpen(state) || assignedAt === null) return [];
  const ends = [later(assignedAt, seconds), later(updatedAt, seconds)];
  return isInFlight(state) ? [...ends, new Date(updatedAt.getTime() + UNREACHED_AFTER_MS)] : ends;
}
