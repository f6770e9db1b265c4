import { BROKER_TOPICS, TOPICS, topicFor } from "@flotilla/contracts";
import { connect, type MqttClient as Connection } from "mqtt";
import { connectOptions } from "./connect-options.ts";
import { Dispatcher } from "./dispatcher.ts";
import { DEFAULT_BACKOFF, fullJitterMs } from "./full-jitter.ts";
import { takeMessages } from "./take-messages.ts";
import type { MqttClient, MqttClientOptions } from "./types.ts";
import { writeNumbersDirectly } from "./write-numbers-directly.ts";

writeNumbersDirectly();

const PUBLISH_TIMEOUT_MS = 30_000;
/** A connection that lasted this long resets the backoff; a shorter one (kicked, flapping) does not. */
const STABLE_MS = 30_000;

/** A client for one identity; see `MqttClient`. Nothing happens before `start()`. */
export function createMqttClient(options: MqttClientOptions): MqttClient {
  const dispatcher = new Dispatcher(options);
  const session = new Session(options, dispatcher);
  return {
    start: () => session.start(),
    stop: async () => await session.stop(),
    isConnected: () => session.isConnected(),
    publish: async (name, deviceId, payload) => await session.publish(topicFor(name, deviceId), JSON.stringify(payload), TOPICS[name]),
    publishBroker: async (name, payload) => await session.publish(BROKER_TOPICS[name].topic, JSON.stringify(payload), BROKER_TOPICS[name]),
    clearRetained: async (name, deviceId) => await session.publish(topicFor(name, deviceId), "", { qos: 1, retain: true }),
    // The payload's type is what the schema of the same name validated.
    on: (name, handler) => dispatcher.addDevice(name, handler as (payload: unknown, deviceId: string) => void | Promise<void>),
    onBroker: (name, handler) => dispatcher.addBroker(name, handler as (payload: unknown) => void | Promise<void>),
    onConnect: (handler) => session.connectHandlers.push(handler),
    onDisconnect: (handler) => session.disconnectHandlers.push(handler),
    stats: () => ({ ...dispatcher.stats }),
  };
}

/**
 * One connection after another. Each is a fresh MQTT.js client, so that a lost connection rejects what was not acknowledged and
 * leaves nothing queued behind.
 */
class Session {
  readonly connectHandlers: (() => void | Promise<void>)[] = [];
  readonly disconnectHandlers: (() => void)[] = [];
  readonly #options: MqttClientOptions;
  readonly #dispatcher: Dispatcher;
  #connection: Connection | null = null;
  #timer: NodeJS.Timeout | null = null;
  /** Publishes that wait for their acknowledgement. */
  readonly #waiting = new Set<(error: Error) => void>();
  #running = false;
  #attempt = 0;

  constructor(options: MqttClientOptions, dispatcher: Dispatcher) {
    this.#options = options;
    this.#dispatcher = dispatcher;
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#open();
  }

  async stop(): Promise<void> {
    this.#running = false;
    if (this.#timer !== null) clearTimeout(this.#timer);
    const connection = this.#connection;
    this.#connection = null;
    if (connection !== null) await connection.endAsync(!connection.connected);
  }

  isConnected(): boolean {
    return this.#connection?.connected === true;
  }

  async publish(topic: string, payload: string, { qos, retain }: { qos: 0 | 1; retain: boolean }): Promise<void> {
    const connection = this.#connection;
    if (connection === null || !connection.connected) throw new Error(`not connected to ${this.#options.url}`);
    const timeoutMs = this.#options.publishTimeoutMs ?? PUBLISH_TIMEOUT_MS;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(() => reject(new Error(`the broker did not acknowledge within ${timeoutMs} ms`)), timeoutMs);
    this.#waiting.add(reject);
    connection.publish(topic, payload, { qos, retain }, (error) => (error ? reject(error) : resolve()));
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(reject);
    }
  }

  #open(): void {
    const { url, log } = this.#options;
    const connection = connect(connectOptions(this.#options));
    this.#connection = connection;
    let connectedAt: number | null = null;
    takeMessages(connection, this.#options.maxInFlight ?? 1, async (topic, bytes) => await this.#dispatcher.deliver(topic, bytes));
    connection.on("connect", () => {
      connectedAt = performance.now();
      void this.#welcome(connection);
    });
    connection.on("error", (error) => log?.warn({ url, err: error }, "MQTT connection error"));
    connection.on("close", () => {
      if (this.#connection !== connection) return;
      this.#connection = null;
      if (connectedAt !== null && performance.now() - connectedAt >= STABLE_MS) this.#attempt = 0;
      connection.end(true);
      this.#lost(connectedAt !== null);
    });
  }

  async #welcome(connection: Connection): Promise<void> {
    const { log, url } = this.#options;
    try {
      const subscriptions = this.#dispatcher.subscriptions();
      const granted = Object.keys(subscriptions).length === 0 ? [] : await connection.subscribeAsync(subscriptions);
      for (const grant of granted) {
        if (grant.qos === 128) log?.error({ topic: grant.topic }, "the broker refused a subscription");
      }
      log?.info({ url }, "MQTT connected");
      for (const handler of this.connectHandlers) await handler();
    } catch (error) {
      log?.warn({ url, err: error }, "MQTT connection was not set up; it is closed and made again");
      connection.end(true);
      if (this.#connection === connection) {
        this.#connection = null;
        this.#lost(true);
      }
    }
  }

  #lost(wasConnected: boolean): void {
    this.#dispatcher.stats.disconnects += 1;
    for (const reject of this.#waiting) reject(new Error("the connection was lost before the broker acknowledged"));
    if (wasConnected) for (const handler of this.disconnectHandlers) handler();
    if (!this.#running) return;
    const waitMs = fullJitterMs(this.#attempt, this.#options.random(), this.#options.backoff ?? DEFAULT_BACKOFF);
    this.#attempt += 1;
    this.#options.log?.info({ url: this.#options.url, waitMs }, "MQTT disconnected; reconnecting");
    this.#timer = setTimeout(() => this.#open(), waitMs);
  }
}
