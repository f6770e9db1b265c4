import { isFlotillaError, type Report, reportsResponseSchema } from "@flotilla/contracts";
import type { Logger } from "@flotilla/logger";
import { jitteredDelay } from "../core/state.ts";
import { nodeTimers, type Timer, type Timers } from "../ports/timers.ts";
import type { Spool } from "./spool.ts";

const HTTP_BATCH = 100;

export type ReportLink = {
  mqtt: { isConfigured: () => boolean; isConnected: () => boolean; publish: (report: Report) => Promise<void> };
  post: (body: { reports: Report[] }) => Promise<unknown>;
};

export type SenderOptions = {
  spool: Spool;
  link: ReportLink;
  random: () => number;
  logger: Logger;
  timers?: Timers;
  /** How long the broker may be away before HTTPS is used. */
  mqttGraceMs?: number;
};

/** Empties the spool, oldest first: over MQTT while the broker is there, otherwise in batches over HTTPS. One at a time, so that order holds. */
export class ReportSender {
  readonly #options: SenderOptions;
  readonly #timers: Timers;
  #running = false;
  #stopped = false;
  #failures = 0;
  #timer: Timer | null = null;
  #mqttAwaySince: number | null = null;
  #batch = HTTP_BATCH;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#timers = options.timers ?? nodeTimers;
  }

  /** Something is to be sent, or a way to send has come back. */
  wake(linkIsBack = false): void {
    if (linkIsBack && this.#timer !== null) {
      this.#timer.cancel();
      this.#timer = null;
    }
    if (this.#running || this.#stopped || this.#timer !== null) return;
    this.#running = true;
    void this.#drain();
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  async #drain(): Promise<void> {
    const { spool, logger } = this.#options;
    let delayMs: number | null = null;
    while (spool.size > 0 && !this.#stopped && delayMs === null) {
      try {
        delayMs = await this.#sendSome();
        if (delayMs === null) this.#failures = 0;
      } catch (error) {
        delayMs = jitteredDelay(this.#failures, this.#options.random(), 1000, 300_000);
        this.#failures += 1;
        logger.debug({ delayMs, error: error instanceof Error ? error.message : String(error) }, "reports could not be sent");
      }
    }
    this.#running = false;
    if (delayMs === null || this.#stopped) return;
    this.#timer = this.#timers.after(delayMs, () => {
      this.#timer = null;
      this.wake();
    });
  }

  /** @returns how long to wait for the broker before HTTPS is tried; null when something was sent. */
  async #sendSome(): Promise<number | null> {
    const { spool, link } = this.#options;
    if (link.mqtt.isConnected()) {
      this.#mqttAwaySince = null;
      const [report] = spool.peek(1);
      if (report !== undefined) {
        await link.mqtt.publish(report);
        await spool.remove([report]);
      }
      return null;
    }
    if (link.mqtt.isConfigured()) {
      this.#mqttAwaySince ??= this.#timers.monotonicMs();
      const waitMs = (this.#options.mqttGraceMs ?? 5000) - (this.#timers.monotonicMs() - this.#mqttAwaySince);
      if (waitMs > 0) return Math.min(waitMs, 500);
    }
    await this.#post(spool.peek(this.#batch));
    return null;
  }

  async #post(reports: Report[]): Promise<void> {
    const { spool, link, logger } = this.#options;
    try {
      reportsResponseSchema.parse(await link.post({ reports }));
    } catch (error) {
      if (!isFlotillaError(error) || error.code !== "INVALID_INPUT") throw error;
      // One that the server will never take must not hold up the others: find it, and let it go.
      if (reports.length > 1) {
        this.#batch = 1;
        return;
      }
      logger.error({ report: reports[0], error: error.message }, "the server refuses a report; it is dropped");
    }
    await spool.remove(reports);
    if (reports.length === 1 && this.#batch === 1 && spool.size === 0) this.#batch = HTTP_BATCH;
  }
}
