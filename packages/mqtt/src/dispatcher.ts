import { BROKER_TOPICS, type BrokerTopicName, TOPICS, type TopicName, topicFor, wildcardFor } from "@flotilla/contracts";
import { decodeMessage } from "./decode-message.ts";
import type { MqttClientOptions, MqttStats } from "./types.ts";

type AnyHandler = (payload: unknown, deviceId: string) => void | Promise<void>;

/** Which handler gets which message, and the topics that this needs. Counts what it drops. */
export class Dispatcher {
  readonly stats: MqttStats = { received: 0, unknownTopic: 0, invalid: 0, handlerErrors: 0, disconnects: 0 };
  readonly #device = new Map<TopicName, AnyHandler[]>();
  readonly #broker = new Map<BrokerTopicName, AnyHandler[]>();
  readonly #options: MqttClientOptions;

  constructor(options: MqttClientOptions) {
    this.#options = options;
  }

  addDevice(name: TopicName, handler: AnyHandler): void {
    this.#device.set(name, [...(this.#device.get(name) ?? []), handler]);
  }

  addBroker(name: BrokerTopicName, handler: AnyHandler): void {
    this.#broker.set(name, [...(this.#broker.get(name) ?? []), handler]);
  }

  /** Topic filter → QoS. */
  subscriptions(): Record<string, { qos: 0 | 1 }> {
    const { clientId, fleet = false } = this.#options;
    const device = [...this.#device.keys()].map(
      (name) => [fleet ? wildcardFor(name) : topicFor(name, clientId), { qos: TOPICS[name].qos }] as const,
    );
    const broker = [...this.#broker.keys()].map((name) => [BROKER_TOPICS[name].topic, { qos: BROKER_TOPICS[name].qos }] as const);
    return Object.fromEntries([...device, ...broker]);
  }

  /** Validates and delivers one message; never throws: a bad message or handler must not end the connection. */
  async deliver(topic: string, bytes: Uint8Array): Promise<void> {
    const { log } = this.#options;
    this.stats.received += 1;
    // An empty retained message is a deletion: nothing to hear.
    if (bytes.length === 0) return;
    const message = decodeMessage(topic, bytes);
    if (message.kind === "unknown") {
      this.stats.unknownTopic += 1;
      log?.info({ topic }, "message on an unknown topic dropped");
      return;
    }
    if (message.kind === "invalid") {
      this.stats.invalid += 1;
      log?.error({ topic, problem: message.problem }, "message does not fit its topic's schema");
      return;
    }
    const handlers = message.kind === "device" ? this.#device.get(message.name) : this.#broker.get(message.name);
    for (const handler of handlers ?? []) {
      try {
        await handler(message.payload, message.kind === "device" ? message.deviceId : "");
      } catch (error) {
        this.stats.handlerErrors += 1;
        log?.error({ topic, err: error }, "message handler failed");
      }
    }
  }
}
