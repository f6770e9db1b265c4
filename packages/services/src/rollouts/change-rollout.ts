import { actOnRollout, type RolloutAction, stepRollout } from "@flotilla/domain";
import type { Actor, ServiceContext } from "../context.ts";
import { enlistDevices } from "./enlist-devices.ts";
import { loadRollout } from "./load-rollout.ts";
import { persistStep } from "./persist-step.ts";
import { CONTROLLER } from "./advance-rollout.ts";

/**
 * A person's action on a rollout, and at once what follows from it.
 * @throws FlotillaError NOT_FOUND, INVALID_TRANSITION with what is possible instead
 */
export async function changeRollout(ctx: ServiceContext, actor: Actor, input: { id: string; action: RolloutAction }): Promise<void> {
  const { organisationId, name } = actor;
  const now = ctx.clock();
  await ctx.db.transaction(async (tx) => {
    const scope = { organisationId, lock: true };
    let loaded = await loadRollout(tx, input.id, scope);
    if (input.action.kind === "start" && loaded.snapshot.devices.length === 0) {
      await enlistDevices(tx, loaded);
      loaded = await loadRollout(tx, input.id, scope);
    }
    await persistStep(tx, loaded, actOnRollout(loaded.snapshot, input.action, now), now, name);
    const after = await loadRollout(tx, input.id, scope);
    // The consequences come after the action in the log.
    const next = new Date(now.getTime() + 10);
    await persistStep(tx, after, stepRollout(after.snapshot, now), next, CONTROLLER);
  });
}
