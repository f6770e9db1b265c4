import { Broker } from "./broker/broker.ts";
import type { Device } from "./device/device.ts";
import { ServerInvariants } from "./invariants/server-invariants.ts";
import { History } from "./kernel/history.ts";
import { Random } from "./kernel/random.ts";
import { type Planned, Scheduler } from "./kernel/scheduler.ts";
import { Network } from "./network/network.ts";
import type { Rules } from "./rules.ts";
import { Gateway } from "./server/gateway.ts";
import { Planner } from "./server/planner.ts";
import { Store } from "./server/store.ts";
import { soundRules } from "./sound-rules.ts";

/** Chances of faults that are not the disk's or the network's. */
export interface WorldFaults {
  /** Per start of a host, and again once it runs. */
  hostCrash: number;
  /** Per request: the server dies between its transaction and its answer. */
  gatewayCrash: number;
  /** Of a device that is cut off at a disk call: that it loses its power, and not only its process. */
  powerCut: number;
}

export type Bug = (rules: Rules, world: World) => Partial<Rules>;

/** One history: everything that exists, and the only sources of time and chance. */
export class World {
  readonly seed: number;
  readonly random: Random;
  readonly scheduler = new Scheduler((label) => this.trace(label));
  readonly history: History;
  readonly network: Network;
  readonly store = new Store();
  readonly broker: Broker;
  readonly gateway: Gateway;
  readonly planner: Planner;
  readonly serverInvariants: ServerInvariants;
  readonly rules: Rules;
  readonly devices: Device[] = [];
  readonly faults: WorldFaults = { hostCrash: 0, gatewayCrash: 0, powerCut: 0.8 };
  readonly epochMs = Date.UTC(2026, 5, 1);
  /** How far the server's clock is off, in ms. */
  serverOffsetMs = 0;

  constructor(seed: number, bug: Bug | null, print: ((line: string) => void) | null) {
    this.seed = seed;
    this.random = new Random(seed);
    this.history = new History(print);
    this.network = new Network(new Random(seed, 1));
    this.serverInvariants = new ServerInvariants(this);
    const sound = soundRules(this);
    this.rules = { ...sound, ...bug?.(sound, this) };
    this.planner = new Planner(this.store, this.rules.planner);
    this.broker = new Broker(this);
    this.gateway = new Gateway(this);
  }

  get now(): number {
    return this.scheduler.now;
  }

  serverNow(): Date {
    return new Date(this.epochMs + Math.round(this.now) + this.serverOffsetMs);
  }

  after(delayMs: number, label: string, run: () => void): Planned {
    return this.scheduler.after(delayMs, label, run);
  }

  device(id: string): Device {
    const device = this.devices.find((candidate) => candidate.id === id);
    if (device === undefined) throw new Error(`no device ${id}`);
    return device;
  }

  /** A line of the history that a person reads. */
  note(text: string): void {
    this.history.note(this.now, text);
  }

  /** A line that only a replay with --verbose needs; it counts for the hash all the same. */
  trace(text: string): void {
    this.history.note(this.now, `  ${text}`);
  }

  fail(invariant: string, message: string): void {
    if (this.history.violation !== null) return;
    this.history.violation = { invariant, message, atMs: this.now, step: this.scheduler.steps };
    this.note(`BROKEN ${invariant}: ${message}`);
  }

  /** A server's transaction is over; what it says about it may never leave the machine. */
  afterTransaction(): void {
    this.serverInvariants.everything();
    if (this.faults.gatewayCrash > 0 && this.random.chance(this.faults.gatewayCrash)) this.crashGateway();
  }

  crashGateway(): void {
    if (!this.gateway.isUp) return;
    this.note("the gateway crashes");
    this.history.count("gateway crashes");
    this.gateway.crash();
    this.after(this.random.between(500, 60_000), "the gateway starts again", () => {
      if (!this.gateway.isUp) this.gateway.start();
    });
  }
}
