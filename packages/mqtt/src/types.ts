import type { BrokerTopicName, BrokerTopicPayload, TopicName, TopicPayload } from "@flotilla/contracts";
import type { Backoff } from "./full-jitter.ts";

/** What of a logger is used here; a pino logger fits. */
export interface MqttLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface MqttClientOptions {
  /** `mqtts://host:port`. */
  url: string;
  /** PEM. */
  ca: string;
  cert: string;
  key: string;
  /** The broker accepts only the certificate's CN. */
  clientId: string;
  /** true: `on` listens to every device (the gateway); otherwise only to `clientId`'s own topics. */
  fleet?: boolean;
  /**
   * true: the broker keeps the subscriptions and queues QoS 1 messages while this client is away (the gateway, so that a report which
   * was acknowledged is not lost with a restart). Default false.
   */
  keepSession?: boolean;
  /** Published by the broker when this connection is lost, on this client's own topic. */
  will?: { [T in TopicName]: { topic: T; payload: TopicPayload<T> } }[TopicName];
  /** In [0, 1): spreads reconnects and keep-alives. */
  random: () => number;
  log?: MqttLog;
  backoff?: Backoff;
  /**
   * How many messages may be at their handlers at once. While so many are, none is taken from the connection: that is the back-pressure. At most
   * 60,000 (MQTT has 65,535 packet identifiers). Default 1.
   */
  maxInFlight?: number;
  /** A publish that the broker has not acknowledged after this long is rejected. Default 30 s. */
  publishTimeoutMs?: number;
}

/** Since `start`. */
export interface MqttStats {
  received: number;
  unknownTopic: number;
  invalid: number;
  handlerErrors: number;
  /** Connections that were lost or not made. */
  disconnects: number;
}

export type Handler<P> = (payload: P, deviceId: string) => void | Promise<void>;

/** A typed MQTT 3.1.1 client over `TOPICS`: payloads are validated once, here. */
export interface MqttClient {
  /** Connects in the background and keeps reconnecting with full jitter until `stop`. */
  start(): void;
  /** Disconnects in order (the will is not sent). */
  stop(): Promise<void>;
  isConnected(): boolean;
  /**
   * QoS 1: resolved when the broker has acknowledged it. Rejects at once while offline, and when the connection is lost before the
   * acknowledgement: nothing is queued here, the caller's spool decides.
   */
  publish<T extends TopicName>(name: T, deviceId: string, payload: TopicPayload<T>): Promise<void>;
  publishBroker<T extends BrokerTopicName>(name: T, payload: BrokerTopicPayload<T>): Promise<void>;
  /** Deletes a retained message of a device. */
  clearRetained(name: TopicName, deviceId: string): Promise<void>;
  /**
   * Calls `handler` with every valid message, in the order in which they come. A message of QoS 1 is acknowledged once its handler's promise is
   * settled: a broker that keeps the session delivers again what was not. Call before `start`.
   */
  on<T extends TopicName>(name: T, handler: Handler<TopicPayload<T>>): void;
  onBroker<T extends BrokerTopicName>(name: T, handler: (payload: BrokerTopicPayload<T>) => void | Promise<void>): void;
  /** After each connect, once the subscriptions stand: publish births here. */
  onConnect(handler: () => void | Promise<void>): void;
  onDisconnect(handler: () => void): void;
  stats(): MqttStats;
}
