import type { Timer, Timers } from "@flotilla/agent/ports/timers";
import type { World } from "../world.ts";

/** From a start of the agent until it ends, however it ends: afterwards nothing of it moves any more. */
export class Life implements Timers {
  readonly #world: World;
  readonly #began: number;
  readonly bootId: string;
  readonly name: string;
  isDead = false;

  constructor(world: World, name: string, bootId: string) {
    this.#world = world;
    this.#began = world.now;
    this.name = name;
    this.bootId = bootId;
  }

  monotonicMs(): number {
    return this.#world.now - this.#began;
  }

  after(delayMs: number, act: () => void, label = "timer"): Timer {
    // As Node's: whole milliseconds, and at least one.
    const planned = this.#world.after(Math.max(1, Math.trunc(delayMs)), `${this.name} ${label}`, () => {
      if (!this.isDead) act();
    });
    return { cancel: () => void (planned.cancelled = true), unref: () => undefined };
  }

  /** Resolves in virtual time; never, where the life ends before. */
  async sleep(delayMs: number, label: string): Promise<void> {
    await new Promise<void>((resolve) => void this.after(delayMs, resolve, label));
  }
}

/** What a dead agent waits for. */
export const never = new Promise<never>(() => undefined);
