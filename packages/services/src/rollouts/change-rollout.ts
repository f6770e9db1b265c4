import { FlotillaError } from "@flotilla/contracts";
import type { RawTx } from "@flotilla/db";
import {
  actOnRollout,
  allowedActions,
  DEFAULT_OPTIONS,
  needsAll,
  type RolloutAction,
  type RolloutSnapshot,
  stepRollout,
} from "@flotilla/domain";
import type { Actor, ServiceContext } from "../context.ts";
import { CONTROLLER } from "./advance-rollout.ts";
import { checkReady } from "./check-ready.ts";
import { enlistDevices } from "./enlist-devices.ts";
import { type LoadOptions, loadRollout } from "./load-rollout.ts";
import { noteWhoStays } from "./note-who-stays.ts";
import { persistStep } from "./persist-step.ts";

export interface RolloutChange {
  id: string;
  action: RolloutAction;
}

/** What lets devices take the release: only while it is ready. */
const ASSIGNING: ReadonlySet<RolloutAction["kind"]> = new Set(["start", "retry", "resume", "promote"]);

/** What changes the plan and what was judged, and touches nobody else: it needs of the devices what the controller does. */
const FORWARD: ReadonlySet<RolloutAction["kind"]> = new Set(["start", "pause", "promote"]);

/**
 * A person's action on a rollout, and at once what follows from it. A start may have to wait, and so has its own way: `beginRollout`.
 * @throws FlotillaError NOT_FOUND; INVALID_TRANSITION with what is possible instead; CONFLICT for a release that is not ready;
 * RELEASE_INVALIDATED for one that was marked as bad
 */
export async function changeRollout(
  ctx: ServiceContext,
  actor: Actor,
  input: { id: string; action: Exclude<RolloutAction, { kind: "start" }> },
): Promise<void> {
  if ((input.action as RolloutAction).kind === "start")
    throw new FlotillaError("INVALID_TRANSITION", "A start is asked for by its own call.");
  await ctx.db.rawTransaction((tx) => changeRolloutIn(tx, actor, input, ctx.clock));
}

/** Any action, within a transaction of the caller's. */
export async function changeRolloutIn(
  tx: RawTx,
  { organisationId, name }: Pick<Actor, "organisationId" | "name">,
  { id, action }: RolloutChange,
  clock: () => Date,
): Promise<void> {
  const { kind } = action;
  const options: LoadOptions = { organisationId, lock: true, devices: FORWARD.has(kind) ? "mattering" : "all", clock };
  let loaded = await loadRollout(tx, id, options);
  const { now } = loaded;
  const again = (devices: LoadOptions["devices"]) => loadRollout(tx, id, { ...options, devices, clock: () => now });
  const isAllowed = allowedActions(loaded.snapshot)[kind];
  // The refusal says what is possible instead, which may depend on any device.
  if (!isAllowed) loaded = await again("all");
  if (ASSIGNING.has(kind) && isAllowed) {
    await checkReady(tx, loaded.row.releaseId);
    if (isEmpty(loaded.snapshot)) {
      const specs = loaded.snapshot.stages.map(({ spec }) => spec);
      await enlistDevices(tx, { ...loaded.row, options: loaded.snapshot.options ?? DEFAULT_OPTIONS }, specs, now);
      loaded = await again(options.devices);
    }
  }
  const acted = actOnRollout(loaded.snapshot, action, now);
  await persistStep(tx, loaded, acted, name);
  if (kind === "revert") await noteWhoStays(tx, { organisationId, rolloutId: id }, now, name);
  // What domain says of these actions' devices is what was written; of the others not all of it, so they are looked at again.
  const isKnown = FORWARD.has(kind) && !needsAll(acted.next);
  const after = isKnown ? { ...loaded, snapshot: acted.next, countRows: 0 } : await again("mattering");
  // The consequences come after the action in the log.
  await persistStep(tx, after, stepRollout(after.snapshot, now), CONTROLLER, new Date(now.getTime() + 10));
}

const isEmpty = ({ counts }: RolloutSnapshot): boolean => counts.length === 0;
