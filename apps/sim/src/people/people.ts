import type { RolloutGates, StageSpec } from "@flotilla/contracts";
import type { RolloutAction } from "@flotilla/domain";
import type { Random } from "../kernel/random.ts";
import type { World } from "../world.ts";
import { changeRollout } from "./change-rollout.ts";
import { makeRelease, releaseTraits, type SimRelease } from "./make-release.ts";

const MOST_ROLLOUTS = 6;
const ACTIONS = ["pause", "resume", "promote", "halt", "revert", "retry", "cancel-keep", "cancel-revert", "start"] as const;

/** What operators do, by chance: releases good and bad, rollouts over the same devices, and every button that is offered. */
export class People {
  readonly #world: World;
  #counter = 1;
  #endAt = 0;

  constructor(world: World) {
    this.#world = world;
  }

  begin(endAt: number): void {
    this.#endAt = endAt;
    this.#next(this.#world.random.between(1000, 60_000));
  }

  #next(delayMs: number): void {
    if (this.#world.now + delayMs > this.#endAt) return;
    this.#world.after(delayMs, "a person acts", () => {
      this.#act();
      this.#world.serverInvariants.everything();
      this.#next(this.#world.random.between(20_000, 500_000));
    });
  }

  #act(): void {
    const { random, store } = this.#world;
    if (store.rollouts.size === 0 || (store.rollouts.size < MOST_ROLLOUTS && random.chance(0.35))) return this.#createRollout();
    if (random.chance(0.02)) return this.#revoke();
    const rollout = random.pick([...store.rollouts.values()]);
    const action = random.pick(ACTIONS);
    changeRollout(
      this.#world,
      rollout,
      action.startsWith("cancel-")
        ? { kind: "cancel", mode: action === "cancel-keep" ? "keep" : "revert" }
        : ({ kind: action } as RolloutAction),
    );
  }

  #createRollout(): void {
    const { random, store } = this.#world;
    const release = store.releases.size > 1 && random.chance(0.2) ? random.pick([...store.releases.values()]) : this.#newRelease();
    const name = `r${store.rollouts.size + 1}`;
    const rollout = store.addRollout({ id: random.uuid(), name, release, gates: gatesBy(random) }, stagesBy(random));
    this.#world.note(`a person: creates ${name} with release ${release.counter} (${release.trait}) ${release.id.slice(0, 8)}`);
    this.#world.history.count("rollouts");
    if (random.chance(0.9)) changeRollout(this.#world, rollout, { kind: "start" });
  }

  #newRelease(): SimRelease {
    const { random, store, history } = this.#world;
    const isLower = random.chance(0.1);
    if (!isLower) this.#counter += 1;
    const trait = random.chance(0.6) ? "good" : random.pick(releaseTraits);
    const release = makeRelease(random, Math.max(1, this.#counter - (isLower ? 1 : 0)), trait);
    history.count(`release ${trait}`);
    store.releases.set(release.id, release);
    return release;
  }

  #revoke(): void {
    const { random, store, broker, gateway } = this.#world;
    const device = random.pick([...store.devices.values()]);
    if (device.revoked) return;
    device.revoked = true;
    this.#world.note(`a person: revokes ${device.name}`);
    this.#world.history.count("revoked");
    broker.dropDevice(device.id);
    gateway.hearDevices();
  }
}

function stagesBy(random: Random): StageSpec[] {
  const count = 1 + random.below(3);
  return Array.from({ length: count }, (_, index) => ({
    name: `s${index + 1}`,
    target: { kind: "count", count: index + 1 },
    soakSeconds: random.chance(0.5) ? 0 : 10 + random.below(110),
    deadlineSeconds: 200 + random.below(700),
    manual: random.chance(0.1),
  }));
}

function gatesBy(random: Random): RolloutGates {
  return {
    failureRateMax: random.chance(0.1) ? null : random.pick([0, 0.1, 0.3, 0.6]),
    minimumSample: 1 + random.below(3),
    goldenAgreementMin: random.chance(0.5) ? null : 0.9,
    latencyP95MaxRatio: random.chance(0.5) ? null : 2,
    memoryMaxRatio: null,
  };
}
