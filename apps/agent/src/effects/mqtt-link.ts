import type { Hint, Report } from "@flotilla/contracts";
import type { Logger } from "@flotilla/logger";
import { createMqttClient, type MqttClient } from "@flotilla/mqtt";
import { createHash } from "node:crypto";
import type { Identity } from "./identity-store.ts";

export type MqttLinkOptions = {
  bootId: string;
  random: () => number;
  logger: Logger;
  onHint: (hint: Hint) => void;
  onConnect: () => void;
};

/** The agent's end of the broker: presence, hints in, reports out. Losing it costs time and nothing else. */
export class MqttLink {
  readonly #options: MqttLinkOptions;
  #client: MqttClient | null = null;
  #deviceId = "";

  constructor(options: MqttLinkOptions) {
    this.#options = options;
  }

  /** Connects as `identity`; called again after a renewal, it replaces the connection. */
  async start(identity: Identity): Promise<void> {
    await this.stop();
    if (identity.brokerUrl === null) return;
    const { bootId, random, logger, onHint, onConnect } = this.#options;
    const client = createMqttClient({
      url: identity.brokerUrl,
      ca: identity.caPem,
      cert: identity.certificatePem,
      key: identity.privateKeyPem,
      clientId: identity.deviceId,
      will: { topic: "presence", payload: { online: false, bootId } },
      random,
      log: logger,
    });
    this.#client = client;
    this.#deviceId = identity.deviceId;
    client.on("hint", onHint);
    client.onConnect(async () => {
      await client.publish("presence", identity.deviceId, { online: true, bootId });
      onConnect();
    });
    client.start();
  }

  isConnected(): boolean {
    return this.#client?.isConnected() === true;
  }

  /** Resolves when the broker has acknowledged the report (metrics: when it was written). */
  async publish(report: Report): Promise<void> {
    const client = this.#client;
    if (client === null) throw new Error("there is no broker");
    if (report.kind === "state") await client.publish("state", this.#deviceId, report);
    else if (report.kind === "metrics") await client.publish("metrics", this.#deviceId, report);
    else if (report.kind === "log") await client.publish("log", this.#deviceId, report);
    else await client.publish("security", this.#deviceId, report);
  }

  async stop(): Promise<void> {
    const client = this.#client;
    this.#client = null;
    if (client === null) return;
    if (client.isConnected())
      await client.publish("presence", this.#deviceId, { online: false, bootId: this.#options.bootId }).catch(() => undefined);
    await client.stop();
  }
}

/** How long this device waits after a hint: devices of one wave spread evenly, and each always the same way. */
export function spreadDelayMs(deviceId: string, hint: Hint): number {
  if (hint.spreadSeconds === 0) return 0;
  return createHash("sha256").update(`${deviceId}:${hint.seq}`).digest().readUInt32BE(0) % (hint.spreadSeconds * 1000);
}
