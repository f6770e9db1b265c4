import { createHash, randomUUID } from "node:crypto";
import type { SecureContext } from "node:tls";
import { hintSchema, type TrustedKey } from "@flotilla/contracts";
import type { Logger } from "@flotilla/logger";
import type { StateBody } from "../../../../agent/src/core/effect.ts";
import { AgentLoop } from "../../../../agent/src/effects/agent-loop.ts";
import { spreadDelayMs } from "../../../../agent/src/effects/mqtt-link.ts";
import { emptyJournal } from "../../../../agent/src/core/journal.ts";
import { createExecutors } from "./executors.ts";
import { HttpsConnection } from "./https-connection.ts";
import { MqttConnection } from "./mqtt-connection.ts";
import { parseAssignment } from "./read-answers.ts";

/** What the devices of one generator process share. */
export interface Surroundings {
  readonly gatewayPort: number;
  readonly brokerPort: number;
  readonly trustedKeys: readonly TrustedKey[];
  readonly mqttTls: boolean;
  readonly logger: Logger;
  /** Phases that are reported; null: all. */
  reported: ReadonlySet<string> | null;
  readonly counts: Counts;
}

export interface Counts {
  requests: number;
  handshakes: number;
  downloads: number;
  downloadedBytes: number;
  wrongDigests: number;
  reportsSent: number;
  reportsAcknowledged: number;
  hints: number;
  active: number;
  errors: number;
}

/**
 * One device: the agent's real core and loop, its own identity, its own two connections. What the core asks of the disk and of the inference host is answered at
 * once (`executors.ts`); what it asks of the server is real.
 */
export class Device {
  readonly id: string;
  readonly bootId = randomUUID();
  readonly loop: AgentLoop;
  readonly https: HttpsConnection;
  readonly mqtt: MqttConnection;
  /** Digests of the files in its slots. */
  readonly held = new Set<string>();
  readonly surroundings: Surroundings;
  /** false: it only polls, as if there were no broker. */
  useHints = true;
  #n = 0;
  #etag: string | null = null;
  #asking = false;
  readonly #spool: string[] = [];
  #sending = false;
  /** Called with each retained or live hint. */
  onHint: () => void = () => undefined;

  constructor(id: string, context: SecureContext, surroundings: Surroundings) {
    this.id = id;
    this.surroundings = surroundings;
    this.https = new HttpsConnection(surroundings.gatewayPort, context);
    const { bootId } = this;
    const onHint = (payload: Buffer): void => this.#hear(payload);
    this.mqtt = new MqttConnection({
      port: surroundings.brokerPort,
      context: surroundings.mqttTls ? context : null,
      ...{ deviceId: id, bootId, onHint, onClose: () => undefined },
    });
    this.loop = new AgentLoop({ now: Date.now, random: Math.random, logger: surroundings.logger });
    this.loop.dispatch({ kind: "booted", journal: emptyJournal(), assignment: null });
    this.loop.start(createExecutors(this));
  }

  /** `GET /device/v1/assignment` on the kept connection; what is new goes to the core. Answers with the status. */
  async ask(): Promise<number> {
    const { counts } = this.surroundings;
    if (this.#asking) return 0;
    this.#asking = true;
    try {
      counts.requests += 1;
      const { status, etag, body } = await this.https.get("/device/v1/assignment", this.#etag);
      if (status === 200) {
        this.#etag = etag;
        this.loop.dispatch({ kind: "assigned", assignment: parseAssignment(body) });
      }
      return status;
    } catch (error) {
      counts.errors += 1;
      this.surroundings.logger.debug({ err: error }, "the assignment could not be asked for");
      return 0;
    } finally {
      this.#asking = false;
    }
  }

  /** Fetches a file in full and compares its digest. */
  async fetch(sha256: string): Promise<boolean> {
    const { counts } = this.surroundings;
    const hash = createHash("sha256");
    counts.requests += 1;
    const { status } = await this.https.get(`/device/v1/artifacts/${sha256}`, null, (part) => {
      hash.update(part);
      counts.downloadedBytes += part.length;
    });
    const fits = status === 200 && hash.digest("hex") === sha256;
    counts.downloads += 1;
    if (!fits) counts.wrongDigests += 1;
    return fits;
  }

  /** Oldest first, one at a time, as the agent's sender does it. */
  report(body: StateBody): void {
    const { reported } = this.surroundings;
    if (body.phase === "ACTIVE") this.surroundings.counts.active += 1;
    if (reported !== null && !reported.has(body.phase)) return;
    this.send(body);
  }

  send(body: StateBody): void {
    this.sendText(JSON.stringify(body), new Date().toISOString());
  }

  /** As `send`, of a body that is JSON already. Answers with the report's number. */
  sendText(body: string, at: string): number {
    const n = this.#n;
    this.#n += 1;
    this.#spool.push(`{"kind":"state","bootId":"${this.bootId}","n":${n},"at":"${at}",${body.slice(1)}`);
    this.#drain();
    return n;
  }

  /** What waited for the connection goes out. */
  connected(): void {
    this.#sending = false;
    this.#drain();
  }

  get waiting(): number {
    return this.#spool.length + Number(this.#sending);
  }

  #drain(): void {
    if (this.#sending || !this.mqtt.isConnected) return;
    const next = this.#spool.shift();
    if (next === undefined) return;
    this.#sending = true;
    this.surroundings.counts.reportsSent += 1;
    this.mqtt.publishState(next, this.#onAcknowledged);
  }

  readonly #onAcknowledged = (): void => {
    this.surroundings.counts.reportsAcknowledged += 1;
    this.#sending = false;
    this.#drain();
  };

  #hear(payload: Buffer): void {
    this.surroundings.counts.hints += 1;
    this.onHint();
    const hint = hintSchema.parse(JSON.parse(payload.toString()));
    if (!this.useHints || hint.seq <= this.loop.state.journal.seq) return;
    const delayMs = spreadDelayMs(this.id, hint);
    if (delayMs === 0) void this.ask();
    else setTimeout(() => void this.ask(), delayMs);
  }
}
