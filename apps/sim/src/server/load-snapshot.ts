import {
  cohortsOf,
  countsOf,
  type DeviceFacts,
  matters,
  needsAll,
  reachOf,
  type RolloutPlan,
  type RolloutSnapshot,
} from "@flotilla/domain";
import type { RolloutDeviceRow, RolloutRow, Store } from "./store.ts";

export function planOf({ state, gates, stages, readings, why, startedAt, finishedAt }: RolloutRow): RolloutPlan {
  return { state, gates, stages, readings, why, startedAt, finishedAt };
}

/** A rollout as domain decides over it: what `loadRollout` of services reads with SQL. */
export function loadSnapshot(store: Store, rollout: RolloutRow, devices: "mattering" | "all", now: Date): RolloutSnapshot {
  const plan = planOf(rollout);
  const facts = rollout.devices.map((row) => factsOf(store, rollout, row));
  const last = plan.stages.length - 1;
  const look = (reach: number | null): RolloutSnapshot => {
    const seen = reach === null ? facts : facts.filter((device) => matters(device, reach));
    return { ...plan, cohorts: cohortsOf(seen, plan.stages, now), counts: countsOf(facts), reach: reach ?? last };
  };
  if (devices === "all") return look(null);
  const part = look(reachOf(plan));
  return needsAll(part) ? look(null) : part;
}

/** `factsSql`, one device. */
export function factsOf(store: Store, { release }: RolloutRow, row: RolloutDeviceRow): DeviceFacts {
  const device = store.device(row.deviceId);
  const assignment = store.assignments.get(row.deviceId);
  const { running } = device;
  const runsTarget = running?.releaseId === release.id && running.variantSha256 === release.sha256;
  const { deviceId, stageIndex, state, seq, assignedAt, updatedAt, settled, reason, probe, previous } = row;
  return {
    deviceId,
    name: device.name,
    stageIndex,
    state,
    online: device.online && !device.revoked,
    revoked: device.revoked,
    seq,
    assignedAt,
    updatedAt,
    settled,
    reason,
    probe,
    alreadyCurrent: runsTarget && (assignment === undefined || assignment.release === release),
    hasPrevious: previous !== null,
    runsPrevious: previous !== null && running?.releaseId === previous.id && running.variantSha256 === previous.sha256,
    superseded: seq !== null && assignment?.seq !== seq,
    goingBack: seq !== null && assignment?.seq === seq && assignment.release !== release,
    refusal: null,
  };
}
