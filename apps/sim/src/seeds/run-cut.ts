import type { RolloutAction } from "@flotilla/domain";
import { checkConvergence } from "../invariants/convergence.ts";
import { changeRollout } from "../people/change-rollout.ts";
import { makeRelease, type ReleaseTrait } from "../people/make-release.ts";
import type { RolloutRow } from "../server/store.ts";
import type { World } from "../world.ts";
import { type HistoryOptions, type Outcome, playHistory } from "./play-history.ts";
import { addDevice } from "./provision.ts";
import type { HistoryName } from "./run-children.ts";

const MINUTE_MS = 60_000;
/** Between two things that a person does: longer than a power cut, the start after it, and the longest wait of the agent. */
const REST_MS = 10 * MINUTE_MS;

/**
 * A device's life in short, in which nothing goes wrong but once: a first installation, an update that is rolled back because its probe
 * fails, an update, and its revert. At one call of its file system the power fails, and what no fsync had made durable is kept, lost or torn by chance. However that
 * ends, the device must come to what it would have come to.
 *
 * @param cutAt counted from 1; null for a history without a cut, whose `disk calls` are what there is to cut at
 */
export async function runCut(seed: number, cutAt: number | null, options: HistoryOptions = {}): Promise<Outcome> {
  const outcome = await playHistory(seed, options, async (world, isBroken) => {
    world.faults.powerCut = 1;
    addDevice(world, () => null).fuse.calls = cutAt;
    world.gateway.start();
    const [first] = schedule(world);
    await world.scheduler.runUntil(5 * REST_MS, isBroken);
    // A cut in the last minutes has the same time to heal.
    await world.scheduler.runUntil(6 * REST_MS, () => isBroken() || isAtRest(world));
    if (!isBroken()) checkConvergence(world);
    if (!isBroken()) checkEnd(world, first);
  });
  return { ...outcome, cutAt };
}

/** Every disk call of a seed's history to cut at, one history each. */
export async function cutsOf(seed: number): Promise<HistoryName[]> {
  const { counts } = await runCut(seed, null);
  return Array.from({ length: counts["disk calls"] ?? 0 }, (_, index) => ({ seed, cutAt: index + 1 }));
}

/** @returns the rollouts, in their order */
function schedule(world: World): RolloutRow[] {
  const rollouts = (["good", "probe-fails", "good"] as const).map((trait, index) => draft(world, trait, index + 1));
  const actions: RolloutAction[] = [{ kind: "start" }, { kind: "start" }, { kind: "start" }, { kind: "revert" }];
  const whose = [0, 1, 2, 2];
  actions.forEach((action, index) => {
    world.after(MINUTE_MS + index * REST_MS, "a person acts", () => {
      const rollout = rollouts[whose[index] ?? 0];
      if (rollout === undefined || !changeRollout(world, rollout, action))
        world.fail("power-cut-costs-nothing", `${rollout?.name} is ${rollout?.state}, and a person cannot ${action.kind} it`);
    });
  });
  return rollouts;
}

function draft(world: World, trait: ReleaseTrait, counter: number): RolloutRow {
  const { random, store } = world;
  const release = makeRelease(random, counter, trait);
  store.releases.set(release.id, release);
  const gates = { failureRateMax: 0, minimumSample: 1, goldenAgreementMin: null, latencyP95MaxRatio: null, memoryMaxRatio: null };
  const stage = { name: "all", target: { kind: "count", count: 1 }, soakSeconds: 10, deadlineSeconds: 900, manual: false } as const;
  return store.addRollout({ id: random.uuid(), name: `r${counter}`, release, gates }, [stage]);
}

const isAtRest = ({ devices }: World): boolean =>
  devices.every(({ parts, serving, life }) => life !== null && serving !== null && parts?.spool.size === 0);

function checkEnd(world: World, first: RolloutRow | undefined): void {
  const [device] = world.devices;
  const states = [...world.store.rollouts.values()].map(({ name, state }) => `${name} ${state}`).join(", ");
  if (states !== "r1 COMPLETED, r2 CANCELLED, r3 REVERTED" || device?.serving?.release !== first?.release)
    world.fail("power-cut-costs-nothing", `it ends with ${states} and runs release ${device?.serving?.release?.counter ?? "none"}`);
}
