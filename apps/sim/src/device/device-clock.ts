import type { World } from "../world.ts";

const YEAR_MS = 365 * 86_400_000;

/** A wall clock that may be wrong, drift, and jump. */
export class DeviceClock {
  readonly #world: World;
  #offsetMs: number;
  readonly #drift: number;

  constructor(world: World) {
    this.#world = world;
    this.#offsetMs = world.random.chance(0.2) ? world.random.between(-YEAR_MS, YEAR_MS) : 0;
    this.#drift = world.random.chance(0.2) ? world.random.between(-0.02, 0.02) : 0;
  }

  now(): Date {
    return new Date(Math.round(this.#world.epochMs + this.#world.now * (1 + this.#drift) + this.#offsetMs));
  }

  /** A board without a battery starts in 1970. */
  reset(): void {
    this.#offsetMs = -(this.#world.epochMs + this.#world.now);
  }

  /** A time server was reached, or a person set it. */
  jump(): void {
    const { random } = this.#world;
    this.#offsetMs = random.pick([0, 10 * YEAR_MS, -YEAR_MS, -(this.#world.epochMs + this.#world.now), this.#offsetMs - 3_600_000]);
  }
}
