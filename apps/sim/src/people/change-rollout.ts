import { assignStages, type RolloutAction } from "@flotilla/domain";
import type { RolloutRow } from "../server/store.ts";
import type { World } from "../world.ts";

/** A person presses a button of a rollout, where it is offered. A draft takes in all devices first. @returns whether it was offered */
export function changeRollout(world: World, rollout: RolloutRow, action: RolloutAction): boolean {
  const { planner, gateway, history } = world;
  if (!planner.allowed(rollout, world.serverNow())[action.kind]) return false;
  if (rollout.devices.length === 0) enlist(world, rollout);
  if (rollout.devices.length === 0) return false;
  world.note(`a person: ${action.kind} ${rollout.name}`);
  history.count(action.kind);
  gateway.tell(planner.act(rollout, action, world.serverNow()));
  return true;
}

function enlist(world: World, rollout: RolloutRow): void {
  const devices = [...world.store.devices.values()].filter(({ revoked }) => !revoked);
  const stages = assignStages(
    rollout.id,
    rollout.stages.map(({ spec }) => spec),
    devices.map(({ id }) => ({ deviceId: id, tags: {} })),
  );
  rollout.devices = devices
    .map(({ id }, n) => ({
      deviceId: id,
      stageIndex: stages[n] ?? 0,
      state: "QUEUED" as const,
      seq: null,
      previous: null,
      reason: null,
      probe: null,
      settled: false,
      assignedAt: null,
      updatedAt: world.serverNow(),
    }))
    .toSorted((a, b) => a.stageIndex - b.stageIndex || (a.deviceId < b.deviceId ? -1 : 1));
}
