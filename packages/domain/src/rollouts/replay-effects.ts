import type { RolloutOptions } from "@flotilla/contracts";
import { isOpen, staysSettled } from "./device-states.ts";
import { cohortsOf, countsOf, factsAt, inOrder, selects } from "./form-cohorts.ts";
import type { DeviceFacts, RolloutEffect, RolloutPlan, RolloutSnapshot } from "./snapshot.ts";

/** What the planner sees of a rollout whose devices are in memory. In the product the database answers the same. */
export function lookAt(plan: RolloutPlan, devices: readonly DeviceFacts[], now: Date): RolloutSnapshot {
  return { ...plan, cohorts: cohortsOf(devices, plan.stages, now, plan.options), counts: countsOf(devices), reach: plan.stages.length - 1 };
}

export interface Replay {
  readonly devices: readonly DeviceFacts[];
  /** For each effect the devices that it was for. */
  readonly touched: readonly (readonly string[])[];
}

/** Carries effects out on devices in memory, one after the other: what the executors of the product do to the rows. */
export function replayEffects(
  devices: readonly DeviceFacts[],
  effects: readonly RolloutEffect[],
  stages: RolloutPlan["stages"],
  now: Date,
  options?: RolloutOptions,
): Replay {
  let current = devices;
  const touched: string[][] = [];
  for (const effect of effects) {
    const chosen = inOrder(current).filter((device) => selects(effect.who, factsAt(device, stages, now, options)));
    const ids = chosen.slice(0, "limit" in effect ? effect.limit : chosen.length).map(({ deviceId }) => deviceId);
    touched.push(ids);
    const isTouched = new Set(ids);
    current = current.map((device) => (isTouched.has(device.deviceId) ? applyEffect(device, effect, now) : device));
  }
  return { devices: current, touched };
}

/** The number that a new assignment really gets is the database's to say; here it only grows. */
function applyEffect(device: DeviceFacts, effect: RolloutEffect, now: Date): DeviceFacts {
  const seq = (device.seq ?? 0) + 1;
  const state = device.online ? "ASSIGNED" : "UNREACHED";
  switch (effect.kind) {
    case "assign":
      return {
        ...device,
        ...{ state, seq, assignedAt: now, updatedAt: now, reason: null, probe: null, settled: false, superseded: false, goingBack: false },
        attempt: (device.attempt ?? 0) + 1,
      };
    case "withdraw":
      // Its number has gone to the assignment that was put back in its place.
      return { ...device, state: effect.to, assignedAt: null, updatedAt: now, probe: null, settled: false, superseded: true };
    case "send-back":
      return {
        ...device,
        ...{ state: effect.settled ? "REVERTED" : state, seq, assignedAt: now, updatedAt: now, settled: effect.settled },
        goingBack: true,
      };
    case "settle":
      return { ...device, settled: true };
    case "set-devices": {
      const reason = effect.reason === "refusal" ? device.refusal : effect.reason;
      return {
        ...device,
        state: effect.to,
        updatedAt: now,
        settled: staysSettled(device.settled, effect.to),
        ...(reason === null ? {} : { reason }),
        ...(effect.again ? { reason: null, probe: null, assignedAt: null } : {}),
      };
    }
    default:
      return effect satisfies never;
  }
}

/** As another rollout's assignment does it: what is open is another's now, and of what has ended it is only known. */
export function supersedeDevice(device: DeviceFacts, now: Date): DeviceFacts {
  if (!isOpen(device.state)) return { ...device, superseded: device.seq !== null };
  return { ...device, superseded: device.seq !== null, state: "SUPERSEDED", updatedAt: now };
}
