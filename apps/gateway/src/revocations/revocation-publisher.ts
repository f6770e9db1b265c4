import type { LiveEvent } from "@flotilla/contracts";
import type { MqttClient } from "@flotilla/mqtt";
import { listRevocations, type ServiceContext } from "@flotilla/services";
import { RoundLoop } from "../round-loop.ts";

const CROWD_MS = 500;
/** The grace of a replaced certificate ends by the clock. */
const TICK_MS = 30_000;

/** Tells the broker whom to keep out: the whole list on every connect, and again when it changed. The broker ends their sessions. */
export class RevocationPublisher {
  readonly #ctx: ServiceContext;
  readonly #mqtt: MqttClient;
  readonly #loop: RoundLoop;
  #told: string | null = null;

  constructor(ctx: ServiceContext, mqtt: MqttClient) {
    this.#ctx = ctx;
    this.#mqtt = mqtt;
    this.#loop = new RoundLoop({ name: "revocations", round: async () => await this.#publish(), logger: ctx.logger });
  }

  start(): void {
    this.#mqtt.onConnect(() => {
      this.#told = null;
      // At once: the broker lets no device in before.
      this.#loop.wake();
    });
  }

  /** A revocation names its device; what is announced without a name is a fleet's metrics. */
  hear({ topic, id }: LiveEvent): void {
    if (topic === "device" && id !== undefined) this.#loop.wakeWithin(CROWD_MS);
  }

  /** News may have been lost. */
  check(): void {
    this.#loop.wakeWithin(CROWD_MS);
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
  }

  async #publish(): Promise<number> {
    if (!this.#mqtt.isConnected()) return TICK_MS;
    const revocations = await listRevocations(this.#ctx);
    const list = JSON.stringify(revocations);
    if (list !== this.#told) {
      await this.#mqtt.publishBroker("revocations", revocations);
      this.#told = list;
    }
    return TICK_MS;
  }
}
