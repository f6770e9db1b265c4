import { takeOverSession } from "@flotilla/mqtt";
import type { DevicePlaneContext } from "@flotilla/services";
import { createDeviceKeyAndCsr } from "@flotilla/trust/verify";

/** The certificate that a session is taken over with is good for ten minutes; it never leaves this process. */
const TAKEOVER_DAYS = 10 / (24 * 60);
/** A broker that does not end a session after so many attempts has no such session: the device's status is merely stale. */
const MAX_ATTEMPTS = 5;
const AT_ONCE = 16;

/**
 * Ends live sessions of devices on a broker that lets nobody do so: the gateway, which holds the CA, connects as the device for a moment. Each
 * device at most `MAX_ATTEMPTS` times.
 */
export class SessionEnder {
  readonly #ctx: DevicePlaneContext;
  readonly #url: string;
  readonly #key = createDeviceKeyAndCsr();
  readonly #attempts = new Map<string, number>();

  constructor(ctx: DevicePlaneContext, brokerUrl: string) {
    this.#ctx = ctx;
    this.#url = brokerUrl;
  }

  /** Resolves once each was tried; a session that could not be ended is tried by the next call. */
  async end(deviceIds: readonly string[]): Promise<void> {
    for (const id of this.#attempts.keys()) if (!deviceIds.includes(id)) this.#attempts.delete(id);
    const waiting = deviceIds.filter((id) => (this.#attempts.get(id) ?? 0) < MAX_ATTEMPTS);
    while (waiting.length > 0) await Promise.all(waiting.splice(0, AT_ONCE).map(async (id) => await this.#end(id)));
  }

  /** Whether `end` would still do something about one of them. */
  isWorthwhile(deviceIds: readonly string[]): boolean {
    return deviceIds.some((id) => (this.#attempts.get(id) ?? 0) < MAX_ATTEMPTS);
  }

  async #end(deviceId: string): Promise<void> {
    const { ca, logger } = this.#ctx;
    this.#attempts.set(deviceId, (this.#attempts.get(deviceId) ?? 0) + 1);
    try {
      const { certificatePem } = await ca.issueDevice(this.#key.csrPem, deviceId, TAKEOVER_DAYS);
      const { privateKeyPem: key } = this.#key;
      await takeOverSession({ url: this.#url, ca: ca.certificatePem, cert: certificatePem, key, clientId: deviceId });
    } catch (error) {
      logger.warn({ deviceId, err: error }, "the session of a device that must leave could not be ended; it is tried again");
    }
  }
}
