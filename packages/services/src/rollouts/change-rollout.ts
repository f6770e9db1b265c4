import { FlotillaError } from "@flotilla/contracts";
import type { RawTx } from "@flotilla/db";
import { actOnRollout, allowedActions, type RolloutAction, type RolloutSnapshot, stepRollout } from "@flotilla/domain";
import type { Actor, ServiceContext } from "../context.ts";
import { notFound } from "../views/not-found.ts";
import { CONTROLLER } from "./advance-rollout.ts";
import { enlistDevices } from "./enlist-devices.ts";
import { type LoadOptions, loadRollout } from "./load-rollout.ts";
import { persistStep } from "./persist-step.ts";

export interface RolloutChange {
  id: string;
  action: RolloutAction;
}

/**
 * A person's action on a rollout, and at once what follows from it.
 * @throws FlotillaError NOT_FOUND; INVALID_TRANSITION with what is possible instead; CONFLICT for a start or retry with a release that
 * is not ready, or on a group without devices
 */
export async function changeRollout(ctx: ServiceContext, actor: Actor, input: RolloutChange): Promise<void> {
  await ctx.db.rawTransaction((tx) => changeRolloutIn(tx, actor, input, ctx.clock));
}

/** `changeRollout` within a transaction of the caller's. */
export async function changeRolloutIn(
  tx: RawTx,
  { organisationId, name }: Pick<Actor, "organisationId" | "name">,
  { id, action }: RolloutChange,
  clock: () => Date,
): Promise<void> {
  const options: LoadOptions = { organisationId, lock: true, devices: "all", clock };
  let loaded = await loadRollout(tx, id, options);
  const { kind } = action;
  if ((kind === "start" || kind === "retry") && allowedActions(loaded.snapshot)[kind]) {
    await checkReady(tx, loaded.row.releaseId);
    if (isEmpty(loaded.snapshot)) {
      const specs = loaded.snapshot.stages.map(({ spec }) => spec);
      await enlistDevices(tx, loaded.row, specs, loaded.now);
      loaded = await loadRollout(tx, id, { ...options, clock: () => loaded.now });
    }
  }
  const { now } = loaded;
  await persistStep(tx, loaded, actOnRollout(loaded.snapshot, action, now), name);
  const after = await loadRollout(tx, id, { ...options, devices: "mattering", clock: () => now });
  // The consequences come after the action in the log.
  await persistStep(tx, after, stepRollout(after.snapshot, now), CONTROLLER, new Date(now.getTime() + 10));
}

const isEmpty = ({ counts }: RolloutSnapshot): boolean => counts.length === 0;

/** A release that was withdrawn after a rollout ended must not reach a device again by a retry. */
async function checkReady(tx: RawTx, releaseId: string): Promise<void> {
  // Shared, so that it is not withdrawn while it begins to go out.
  const [release] = await tx.$queryRawUnsafe<{ name: string; state: string }[]>(
    `SELECT "name", "state" FROM "release" WHERE "id" = $1::uuid FOR SHARE`,
    releaseId,
  );
  if (release === undefined) throw notFound("release");
  if (release.state === "READY") return;
  throw new FlotillaError("CONFLICT", `Release “${release.name}” is ${release.state.toLowerCase()}, not ready. Choose one that is ready.`);
}
