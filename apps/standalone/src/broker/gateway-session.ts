import { GATEWAY_IDENTITY } from "@flotilla/contracts";
import { matchesFilter } from "./match-filter.ts";
import { Outbox, type OutboxLimits } from "./outbox.ts";

export interface Subscription {
  topic: string;
  qos: number;
}

export interface ClientId {
  id: string;
}

/** The one session that outlives its connection: what the gateway subscribed to, and what is on its way to it. Every device's session ends with its connection. */
export class GatewaySession {
  readonly outbox: Outbox;
  readonly #subscriptions = new Map<string, Subscription>();

  constructor(limits: OutboxLimits) {
    this.outbox = new Outbox(limits);
  }

  isOf(client: ClientId): boolean {
    return client.id === GATEWAY_IDENTITY;
  }

  subscribe(subscriptions: readonly Subscription[]): void {
    for (const each of subscriptions) this.#subscriptions.set(each.topic, { ...each });
  }

  unsubscribe(filters: readonly string[]): void {
    for (const filter of filters) this.#subscriptions.delete(filter);
  }

  subscriptions(): Subscription[] {
    return Array.from(this.#subscriptions.values(), (each) => ({ ...each }));
  }

  /** The gateway asked for a clean session: this one is over (MQTT-3.1.2-6). */
  end(): void {
    this.#subscriptions.clear();
    this.outbox.discard();
  }

  /** true where a message of QoS 1 goes by the outbox: it is then sent by nothing else. */
  takes(topic: string): boolean {
    for (const { topic: filter, qos } of this.#subscriptions.values()) if (qos > 0 && matchesFilter(filter, topic)) return true;
    return false;
  }
}
