import type { Presence, StateReport } from "@flotilla/contracts";
import type { World } from "../world.ts";
import { answerHttp, type DeviceRequest, type ServerAnswer } from "./answer-http.ts";
import { applyStateReports } from "./apply-reports.ts";
import { Controller } from "./controller.ts";

/** As the gateway's PRESENCE_GRACE_MS. */
const PRESENCE_GRACE_MS = 90_000;
const OUTBOX_POLL_MS = 30_000;

/** One gateway process over the store: what it holds in memory is lost when it crashes. */
export class Gateway {
  readonly #world: World;
  readonly #controller: Controller;
  /** Grows with every crash: what an earlier process planned does not happen. */
  #generation = 0;
  #waiting: { deviceId: string; report: StateReport }[] = [];
  #heard = new Set<string>();
  #isBrokerConnected = false;
  #publishing = false;
  isUp = false;

  constructor(world: World) {
    this.#world = world;
    this.#controller = new Controller(world, this);
  }

  /** Plans something for this process. */
  after(delayMs: number, label: string, act: () => void): void {
    const generation = this.#generation;
    this.#world.after(delayMs, label, () => {
      if (this.isUp && generation === this.#generation) act();
    });
  }

  start(): void {
    this.isUp = true;
    this.#generation += 1;
    this.#controller.start();
    this.connectBroker();
    this.#pollOutbox();
  }

  crash(): void {
    this.isUp = false;
    this.#generation += 1;
    this.#waiting = [];
    this.#publishing = false;
    this.#heard.clear();
    this.#isBrokerConnected = false;
  }

  get isListening(): boolean {
    return this.isUp && this.#isBrokerConnected;
  }

  connectBroker(): void {
    this.after(this.#world.random.between(100, 5000), "gateway connects to the broker", () => {
      if (!this.#world.broker.isUp || this.#isBrokerConnected) return;
      this.#isBrokerConnected = true;
      this.#world.broker.deliverQueue();
      for (const [deviceId, presence] of this.#world.broker.retainedPresence) this.hearPresence(deviceId, presence);
      this.after(PRESENCE_GRACE_MS, "devices that were not heard of are offline", () => this.#markUnheard());
      this.publishOutbox();
    });
  }

  brokerLost(): void {
    this.#isBrokerConnected = false;
    this.#heard.clear();
    if (this.isUp) this.after(PRESENCE_GRACE_MS, "devices that were not heard of are offline", () => this.#markUnheard());
  }

  #markUnheard(): void {
    const unheard = [...this.#world.store.devices.values()].filter(({ id, online }) => online && !this.#heard.has(id));
    for (const device of unheard) device.online = false;
    if (unheard.length > 0) this.#controller.hearDevices();
  }

  hearPresence(deviceId: string, { online }: Presence): void {
    if (!this.isUp || !this.#isBrokerConnected) return;
    this.#heard.add(deviceId);
    const device = this.#world.store.device(deviceId);
    if (device.online === online || (device.revoked && online)) return;
    device.online = online;
    this.#world.note(`${device.name} is ${online ? "online" : "offline"} on the server`);
    this.#controller.hearDevices();
  }

  /** Batched, as the gateway's Batcher does: acknowledged before it is applied. */
  hearState(deviceId: string, report: StateReport): void {
    if (!this.isUp || !this.#isBrokerConnected) return;
    this.#waiting.push({ deviceId, report });
    if (this.#waiting.length > 1) return;
    this.after(this.#world.random.between(1, 300), "ingest", () => {
      const batch = this.#waiting;
      this.#waiting = [];
      for (const item of batch) this.applyReports(item.deviceId, [item.report]);
    });
  }

  applyReports(deviceId: string, reports: readonly StateReport[]): void {
    const { store, rules } = this.#world;
    this.tell(applyStateReports(store, rules.reports, deviceId, reports, this.#world.serverNow()));
  }

  /** NOTIFY: a transaction changed these rollouts, and may have left hints in the outbox. */
  tell(rolloutIds: readonly string[]): void {
    if (rolloutIds.length === 0 || !this.isUp) return;
    this.#controller.hear(rolloutIds);
    this.publishOutbox();
  }

  hearDevices(): void {
    this.#controller.hearDevices();
  }

  answer(deviceId: string, request: DeviceRequest): ServerAnswer {
    return answerHttp(this.#world.store, this.#world.rules.http, deviceId, request);
  }

  #pollOutbox(): void {
    this.publishOutbox();
    this.after(OUTBOX_POLL_MS, "outbox poll", () => this.#pollOutbox());
  }

  /** A row is deleted only after the broker has its message: a crash in between costs a repetition. */
  publishOutbox(): void {
    const { store, broker, random } = this.#world;
    if (this.#publishing || store.outbox.length === 0 || !this.#isBrokerConnected) return;
    this.#publishing = true;
    const batch = [...store.outbox];
    this.after(random.between(1, 100), "outbox published", () => {
      const newest = new Map(batch.map((row) => [row.deviceId, row]));
      if (broker.isUp) for (const { deviceId, hint } of newest.values()) broker.publishHint(deviceId, hint);
      this.after(random.between(1, 50), "outbox deleted", () => {
        this.#publishing = false;
        if (!broker.isUp) return;
        const done = new Set(batch);
        store.outbox = store.outbox.filter((row) => !done.has(row));
        this.publishOutbox();
      });
    });
  }
}
