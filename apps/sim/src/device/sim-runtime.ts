import { FlotillaError, type ProbeResult } from "@flotilla/contracts";
import type { HostRuntime } from "@flotilla/agent/effects/host-work";
import type { verifySlot } from "@flotilla/agent/effects/slot-store";
import type { Host, HostProcessOptions } from "@flotilla/agent/runtime/host-process";
import type { SimRelease } from "../people/make-release.ts";
import type { World } from "../world.ts";
import type { Life } from "./life.ts";

export interface RuntimeHooks {
  /** A model is about to be opened. @returns the release that the bytes are, or null where they are none */
  opened: (directory: string) => SimRelease | null;
  probed: (release: SimRelease) => void;
  /** A host has ended by itself; the agent's loop may not have come to it yet. */
  lost: (directory: string) => void;
  verifySlot: typeof verifySlot;
}

/** An inference host: loads, crashes and hangs as its release does, and now and then without a reason. */
export class SimHost implements Host {
  readonly socket: string;
  readonly directory: string;
  readonly pid = 1;
  readonly #world: World;
  readonly #life: Life;
  readonly #options: HostProcessOptions;
  readonly #hooks: RuntimeHooks;
  release: SimRelease | null = null;
  isStopping = false;
  isUp = false;

  constructor(world: World, life: Life, options: HostProcessOptions, hooks: RuntimeHooks) {
    this.#world = world;
    this.#life = life;
    this.#options = options;
    this.#hooks = hooks;
    this.socket = options.socket;
    this.directory = options.slotDirectory;
  }

  async start(): Promise<void> {
    const { random, faults } = this.#world;
    this.release = this.#hooks.opened(this.directory);
    const trait = this.release?.trait;
    if (trait === "host-hangs") {
      await this.#life.sleep(this.#options.startTimeoutMs, "host hangs");
      throw new FlotillaError("HOST_HUNG", "The model was not loaded.");
    }
    await this.#life.sleep(random.between(50, 3000), "host starts");
    if (trait === "host-crashes" || random.chance(faults.hostCrash))
      throw new FlotillaError("HOST_CRASHED", "The inference host ended by itself.");
    this.isUp = true;
    if (trait === "crashes-later" && random.chance(0.7)) this.#crashIn(random.between(500, 200_000));
    else if (random.chance(faults.hostCrash)) this.#crashIn(random.between(500, 900_000));
  }

  #crashIn(delayMs: number): void {
    this.#life.after(delayMs, () => this.crash(), "host crashes");
  }

  crash(): void {
    if (!this.isUp || this.isStopping) return;
    this.isUp = false;
    this.#world.history.count("host crashes");
    this.#hooks.lost(this.directory);
    this.#options.onLost({ code: "HOST_CRASHED", message: "The inference host ended by itself." });
  }

  async ask(): Promise<never> {
    throw new FlotillaError("HOST_CRASHED", "A simulated host answers no requests.");
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    this.isUp = false;
  }
}

export function simRuntime(world: World, life: Life, hosts: Map<string, SimHost>, hooks: RuntimeHooks): HostRuntime {
  return {
    create: (options) => {
      const host = new SimHost(world, life, options, hooks);
      hosts.set(host.socket, host);
      return host;
    },
    verifySlot: hooks.verifySlot,
    probe: async (candidate, baseline, signal): Promise<ProbeResult> => {
      await life.sleep(world.random.between(200, 8000), "probe");
      signal.throwIfAborted();
      const host = hosts.get(candidate.host.socket);
      if (host?.isUp !== true || host.release === null) throw new FlotillaError("HOST_CRASHED", "The inference host is not running.");
      const agreement = host.release.trait === "probe-fails" ? 0.25 : 1;
      if (agreement === 1) hooks.probed(host.release);
      return {
        goldenCount: 8,
        goldenAgreement: agreement,
        latencyP50Ms: 3,
        latencyP95Ms: 4,
        baselineP95Ms: baseline === null ? null : 4,
        memoryBytes: 1000,
        baselineMemoryBytes: baseline === null ? null : 1000,
      };
    },
  };
}
