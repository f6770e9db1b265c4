import type { MqttClient } from "@flotilla/mqtt";
import { listRevokedDevices, type ServiceContext } from "@flotilla/services";

const AT_MOST_EVERY_MS = 500;

/** Tells the broker who is revoked: the whole list on every connect, and again when it changed. The broker ends their sessions. */
export class RevocationPublisher {
  readonly #ctx: ServiceContext;
  readonly #mqtt: MqttClient;
  #told: string | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(ctx: ServiceContext, mqtt: MqttClient) {
    this.#ctx = ctx;
    this.#mqtt = mqtt;
  }

  start(): void {
    this.#mqtt.onConnect(() => {
      this.#told = null;
      // At once: the broker lets no device in before.
      void this.#publish();
    });
  }

  /** Call when a device may have been revoked. */
  check(): void {
    this.#timer ??= setTimeout(() => void this.#publish(), AT_MOST_EVERY_MS);
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  async #publish(): Promise<void> {
    this.stop();
    if (!this.#mqtt.isConnected()) return;
    try {
      const deviceIds = await listRevokedDevices(this.#ctx);
      const list = deviceIds.join();
      if (list === this.#told) return;
      await this.#mqtt.publishBroker("revocations", { deviceIds });
      this.#told = list;
    } catch (error) {
      this.#ctx.logger.warn({ err: error }, "the broker was not told who is revoked; it is tried again");
      this.check();
    }
  }
}
