import type { Hint, Presence, StateReport } from "@flotilla/contracts";
import type { World } from "../world.ts";

/** Longer than a device's keepalive of 60 s: then its last will is published. */
const KEEPALIVE_MS = 90_000;

/** A device's connection, as the broker sees it. */
export interface Session {
  readonly deviceId: string;
  readonly will: Presence;
  readonly isAlive: () => boolean;
  readonly onHint: (hint: Hint) => void;
  /** The connection ended. */
  readonly onLost: () => void;
}

/** An MQTT broker: it forgets what it held when it is restarted, and may deliver QoS 1 twice. */
export class Broker {
  readonly #world: World;
  readonly #sessions = new Map<string, Session>();
  readonly #hints = new Map<string, Hint>();
  readonly #presence = new Map<string, Presence>();
  #queue: (() => void)[] = [];
  isUp = true;

  constructor(world: World) {
    this.#world = world;
  }

  /** A device connects: a session of the same device ends. It hears the hint that is retained for it. */
  connect(session: Session): void {
    const { deviceId } = session;
    this.#sessions.get(deviceId)?.onLost();
    this.#sessions.set(deviceId, session);
    this.#watch(session);
    const hint = this.#hints.get(deviceId);
    if (hint !== undefined) this.#deliverHint(session, hint);
  }

  /** Notices a device that went without a word. */
  #watch(session: Session): void {
    this.#world.after(KEEPALIVE_MS, "keepalive", () => {
      if (this.#sessions.get(session.deviceId) !== session) return;
      if (session.isAlive()) this.#watch(session);
      else this.drop(session);
    });
  }

  /** The connection ended without a goodbye: its will is published. */
  drop(session: Session): void {
    if (this.#sessions.get(session.deviceId) !== session) return;
    this.#sessions.delete(session.deviceId);
    this.publishPresence(session.deviceId, session.will);
    session.onLost();
  }

  dropDevice(deviceId: string): void {
    const session = this.#sessions.get(deviceId);
    if (session !== undefined) this.drop(session);
  }

  publishPresence(deviceId: string, presence: Presence): void {
    this.#presence.set(deviceId, presence);
    this.#tellGateway(() => this.#world.gateway.hearPresence(deviceId, presence));
  }

  publishState(deviceId: string, report: StateReport): void {
    this.#tellGateway(() => this.#world.gateway.hearState(deviceId, report));
    if (this.#world.random.chance(0.05)) this.#tellGateway(() => this.#world.gateway.hearState(deviceId, report));
  }

  /** The gateway's session is kept: what it cannot hear now waits for it. */
  #tellGateway(message: () => void): void {
    if (this.#world.gateway.isListening) message();
    else this.#queue.push(message);
  }

  /** The gateway is back. */
  deliverQueue(): void {
    for (const message of this.#queue.splice(0)) message();
  }

  publishHint(deviceId: string, hint: Hint): void {
    this.#hints.set(deviceId, hint);
    const session = this.#sessions.get(deviceId);
    if (session === undefined) return;
    this.#deliverHint(session, hint);
    if (this.#world.random.chance(0.1)) this.#deliverHint(session, hint);
  }

  #deliverHint(session: Session, hint: Hint): void {
    this.#world.after(this.#world.random.between(1, 200), `hint ${hint.seq} to ${session.deviceId.slice(0, 4)}`, () => {
      if (this.#sessions.get(session.deviceId) === session && session.isAlive()) session.onHint(hint);
    });
  }

  /** What a subscriber to the fleet's presence hears at once. */
  get retainedPresence(): readonly [string, Presence][] {
    return [...this.#presence];
  }

  /** kill -9: sessions end without wills; what was retained may be gone. */
  crash(forgets: boolean): void {
    this.isUp = false;
    if (forgets) {
      this.#hints.clear();
      this.#presence.clear();
      this.#queue = [];
    }
    const lost = [...this.#sessions.values()];
    this.#sessions.clear();
    for (const session of lost) session.onLost();
    this.#world.gateway.brokerLost();
  }

  restart(): void {
    this.isUp = true;
    this.#world.gateway.connectBroker();
  }
}
