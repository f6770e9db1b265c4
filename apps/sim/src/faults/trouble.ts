import { DISK_BYTES } from "../file-system/disk.ts";
import type { World } from "../world.ts";
import { FAULTS } from "./fault-kinds.ts";

/** Kinds that end what others are about to show: rare, so that most histories have none. */
const RARE: Readonly<Record<string, number>> = { rot: 0.05, "disk errors": 0.2, "disk read-only": 0.15 };

/** Chooses which kinds of trouble this history has, and how often: a few kinds together find more than all of them at once (swarm testing, Groce et al. 2012). */
export class Trouble {
  readonly #world: World;
  #endAt = 0;

  constructor(world: World) {
    this.#world = world;
  }

  begin(endAt: number): void {
    this.#endAt = endAt;
    const { random, network, faults } = this.#world;
    for (const kind of Object.keys(FAULTS)) if (random.chance(RARE[kind] ?? 0.4)) this.#repeat(kind, random.between(60_000, 1_200_000));
    if (random.chance(0.3)) network.lossChance = random.between(0, 0.2);
    if (random.chance(0.3)) network.breakChance = random.between(0, 0.1);
    if (random.chance(0.3)) network.repeatChance = random.between(0, 0.3);
    if (random.chance(0.3)) network.staleChance = random.between(0, 0.2);
    if (random.chance(0.3)) network.slowChance = random.between(0, 0.2);
    if (random.chance(0.2)) faults.hostCrash = random.between(0, 0.1);
    if (random.chance(0.2)) faults.gatewayCrash = random.between(0, 0.02);
  }

  #repeat(kind: string, meanMs: number): void {
    const { random, history, devices } = this.#world;
    const delayMs = -Math.log(1 - random.next()) * meanMs;
    if (this.#world.now + delayMs > this.#endAt) return;
    this.#world.after(delayMs, `trouble: ${kind}`, () => {
      history.count(`trouble: ${kind}`);
      FAULTS[kind]?.(this.#world, random.pick(devices));
      this.#repeat(kind, meanMs);
    });
  }

  /** From now on nothing goes wrong any more. */
  end(): void {
    const { network, faults, broker, gateway, devices } = this.#world;
    this.#world.note("the trouble is over");
    network.healAll();
    Object.assign(faults, { hostCrash: 0, gatewayCrash: 0 });
    if (!broker.isUp) broker.restart();
    if (!gateway.isUp) gateway.start();
    for (const device of devices) {
      Object.assign(device.diskFaults, { ioError: 0, readOnly: false });
      device.disk.capacityBytes = DISK_BYTES;
      device.fuse.calls = null;
    }
  }
}
