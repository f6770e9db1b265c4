import { IN_FLIGHT_STATES, UNREACHED_AFTER_MS } from "@flotilla/domain";
import type { World } from "../world.ts";
import type { Gateway } from "./gateway.ts";
import type { RolloutRow } from "./store.ts";

const IN_FLIGHT: ReadonlySet<string> = new Set(IN_FLIGHT_STATES);
const TICK_MS = 30_000;
const CHECK_MS = 60_000;
const FOLLOW_UP_MS = 1_000;
const CROWD_MS = 250;

/** The gateway's rollout controller: looks at a rollout on news, when its devices come or go, and when time alone can change it. */
export class Controller {
  readonly #world: World;
  readonly #gateway: Gateway;
  #news = new Set<string>();
  readonly #due = new Map<string, number>();
  #woken = false;

  constructor(world: World, gateway: Gateway) {
    this.#world = world;
    this.#gateway = gateway;
  }

  /** A process that has just begun knows nothing: it looks at every live rollout. */
  start(): void {
    this.#due.clear();
    this.#news.clear();
    this.#woken = false;
    this.#tick();
  }

  hear(rolloutIds: readonly string[]): void {
    for (const id of rolloutIds) this.#news.add(id);
    this.#wake(this.#world.random.between(1, 100));
  }

  hearDevices(): void {
    this.#wake(CROWD_MS);
  }

  #tick(): void {
    this.#round();
    this.#gateway.after(TICK_MS, "controller tick", () => this.#tick());
  }

  #wake(delayMs: number): void {
    if (this.#woken) return;
    this.#woken = true;
    this.#gateway.after(delayMs, "controller", () => {
      this.#woken = false;
      this.#round();
    });
  }

  #round(): void {
    const news = this.#news;
    this.#news = new Set();
    for (const rollout of this.#world.store.live) {
      const now = this.#world.serverNow();
      const isDue = (this.#due.get(rollout.id) ?? 0) <= now.getTime();
      if (!isDue && !news.has(rollout.id) && !this.#hasMoved(rollout, now)) continue;
      const { touched, nextChangeAt } = this.#world.planner.advance(rollout, now);
      const rest = touched.length > 0 ? FOLLOW_UP_MS : CHECK_MS;
      this.#due.set(rollout.id, Math.min(nextChangeAt?.getTime() ?? Infinity, now.getTime() + rest));
      this.#gateway.tell(touched);
    }
    this.#sleepUntilDue();
  }

  /** Only what is due before the next tick is worth an event of its own. */
  #sleepUntilDue(): void {
    for (const id of this.#due.keys()) if (!this.#world.store.live.some((rollout) => rollout.id === id)) this.#due.delete(id);
    const waitMs = Math.min(...this.#due.values()) - this.#world.serverNow().getTime();
    if (waitMs < TICK_MS && this.#world.store.live.length > 0) this.#wake(Math.max(waitMs, FOLLOW_UP_MS));
  }

  /** MOVED_SQL: a device went, came back or was revoked. */
  #hasMoved({ devices }: RolloutRow, now: Date): boolean {
    return devices.some(({ deviceId, state, updatedAt }) => {
      const { online, revoked } = this.#world.store.device(deviceId);
      if (revoked) return state === "QUEUED" || state === "UNREACHED" || IN_FLIGHT.has(state);
      if (state === "UNREACHED") return online;
      if (state === "ASSIGNED") return !online;
      return IN_FLIGHT.has(state) && !online && now.getTime() - updatedAt.getTime() >= UNREACHED_AFTER_MS;
    });
  }
}
