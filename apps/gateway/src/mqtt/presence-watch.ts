import { markUnheardOffline, type ServiceContext } from "@flotilla/services";

/** Longer than a device's longest reconnect wait (60 s), so that a restarted broker has them all back. */
export const PRESENCE_GRACE_MS = 90_000;

/**
 * Last wills are lost with a broker that dies, and with a gateway that was away. So: after the broker was gone for the grace time every
 * device is offline, and that long after each connect those that were not heard of are.
 */
export class PresenceWatch {
  readonly #ctx: ServiceContext;
  readonly #graceMs: number;
  readonly #heard = new Set<string>();
  #timer: NodeJS.Timeout | null = null;

  constructor(ctx: ServiceContext, graceMs: number = PRESENCE_GRACE_MS) {
    this.#ctx = ctx;
    this.#graceMs = graceMs;
  }

  /** Retained births may arrive before this is called: what was heard since the disconnect counts. */
  connected(): void {
    this.stop();
    this.#timer = setTimeout(() => void this.#mark(), this.#graceMs);
    this.#timer.unref();
  }

  disconnected(): void {
    this.#heard.clear();
    this.connected();
  }

  heard(deviceId: string): void {
    this.#heard.add(deviceId);
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  async #mark(): Promise<void> {
    this.#timer = null;
    try {
      const count = await markUnheardOffline(this.#ctx, this.#heard);
      if (count > 0) this.#ctx.logger.info({ count }, "devices that were not heard of are offline");
    } catch (error) {
      this.#ctx.logger.error({ err: error }, "devices could not be marked offline");
      this.connected();
    }
  }
}
