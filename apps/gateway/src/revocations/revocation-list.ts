import type { LiveEvent } from "@flotilla/contracts";
import type { MqttClient } from "@flotilla/mqtt";
import { type DevicePlaneContext, listRevokedCertificates, type RevokedCertificate } from "@flotilla/services";
import { RoundLoop } from "../round-loop.ts";
import { replaceFile } from "./replace-file.ts";
import { SessionEnder } from "./session-ender.ts";

/** Well below the two seconds in which a revoked device must be gone; a bulk revocation is still a few lists and not a thousand. */
const CROWD_MS = 200;
/** The grace of a replaced certificate ends by the clock. */
const TICK_MS = 30_000;
/** The broker reads a new list within this time (deploy/mosquitto/run.sh); who came back before that is sent away once more. */
const AGAIN_MS = 700;

/**
 * Keeps revoked devices out of a broker that only knows certificates, such as Mosquitto: writes the revocation list that it reads, and ends the
 * live sessions, since a list refuses connections and leaves sessions be.
 */
export class RevocationList {
  readonly #ctx: DevicePlaneContext;
  readonly #mqtt: MqttClient;
  readonly #file: string;
  readonly #ender: SessionEnder;
  readonly #loop: RoundLoop;
  /** Serials of the list that stands in the file; null before the first. */
  #written: ReadonlySet<string> | null = null;
  /** Serials that came into the list with the last round: the broker may not have read it when their sessions were ended. */
  #fresh: ReadonlySet<string> = new Set();

  constructor(ctx: DevicePlaneContext, mqtt: MqttClient, options: { file: string; brokerUrl: string }) {
    this.#ctx = ctx;
    this.#mqtt = mqtt;
    this.#file = options.file;
    this.#ender = new SessionEnder(ctx, options.brokerUrl);
    this.#loop = new RoundLoop({ name: "revocation list", round: async () => await this.#round(), logger: ctx.logger });
  }

  start(): void {
    // A broker that restarted has read the file; sessions that it does not end are seen then.
    this.#mqtt.onConnect(() => this.#loop.wake());
    this.#loop.wake();
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

  async #round(): Promise<number> {
    const revoked = await listRevokedCertificates(this.#ctx);
    const before = this.#fresh;
    this.#fresh = await this.#write(revoked);
    const isNew = (serial: string): boolean => this.#fresh.has(serial) || before.has(serial);
    const leaving = revoked.filter(({ mustLeave, serial }) => mustLeave || isNew(serial)).map(({ deviceId }) => deviceId);
    await this.#ender.end([...new Set(leaving)]);
    return this.#fresh.size > 0 || this.#ender.isWorthwhile(leaving) ? AGAIN_MS : TICK_MS;
  }

  /** The serials that were not in the list before. */
  async #write(revoked: readonly RevokedCertificate[]): Promise<ReadonlySet<string>> {
    const before = this.#written;
    const serials = new Set(revoked.map(({ serial }) => serial));
    const fresh = before === null ? new Set<string>() : new Set([...serials].filter((serial) => !before.has(serial)));
    if (before !== null && fresh.size === 0 && serials.size === before.size) return fresh;
    await replaceFile(this.#file, await this.#ctx.ca.issueRevocationList([...serials]));
    this.#written = serials;
    return fresh;
  }
}
