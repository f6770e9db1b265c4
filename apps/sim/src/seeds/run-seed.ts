import { Trouble } from "../faults/trouble.ts";
import { checkConvergence } from "../invariants/convergence.ts";
import { People } from "../people/people.ts";
import type { World } from "../world.ts";
import { type HistoryOptions, type Outcome, playHistory } from "./play-history.ts";
import { provision } from "./provision.ts";

const CALM_MS = 110 * 60_000;
const LAST_WORDS_MS = 60_000;

/** One history: trouble and people for an hour or so, then calm until everything must have come to rest. */
export async function runSeed(seed: number, options: HistoryOptions = {}): Promise<Outcome> {
  return { ...(await playHistory(seed, options, play)), cutAt: null };
}

async function play(world: World, isBroken: () => boolean): Promise<void> {
  const { scheduler } = world;
  const troubleEndsAt = world.random.between(20, 70) * 60_000;
  const trouble = new Trouble(world);
  provision(world);
  world.gateway.start();
  new People(world).begin(troubleEndsAt);
  trouble.begin(troubleEndsAt);
  await scheduler.runUntil(troubleEndsAt, isBroken);
  if (!isBroken()) trouble.end();
  await scheduler.runUntil(troubleEndsAt + CALM_MS, isBroken);
  // What was said at the very last moment is still on its way. What a revoked device says is never taken.
  const isQuiet = (): boolean => world.devices.every(({ id, parts }) => world.store.device(id).revoked || (parts?.spool.size ?? 0) === 0);
  await scheduler.runUntil(scheduler.now + LAST_WORDS_MS, () => isBroken() || isQuiet());
  if (!isBroken()) checkConvergence(world);
}
