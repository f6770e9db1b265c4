import { Readable } from "node:stream";
import { hasWildcard, matchesFilter } from "./match-filter.ts";

export interface RetainedPacket {
  topic: string;
  payload: string | Uint8Array;
}

/**
 * The retained messages, an exact topic looked up in a map. The broker's memory store tests every retained message of the fleet against the filter of every
 * SUBSCRIBE, which makes a reconnect storm quadratic; only filters with a wildcard need that.
 */
export class RetainedStore {
  readonly #byTopic = new Map<string, RetainedPacket>();

  /** An empty payload deletes (MQTT 3.1.1, 3.3.1.3). */
  store(packet: RetainedPacket): void {
    if (packet.payload.length === 0) this.#byTopic.delete(packet.topic);
    else this.#byTopic.set(packet.topic, { ...packet });
  }

  stream(filters: readonly string[]): Readable {
    return Readable.from(this.#matching(filters));
  }

  *#matching(filters: readonly string[]): Generator<RetainedPacket> {
    for (const filter of filters) {
      if (!hasWildcard(filter)) {
        const packet = this.#byTopic.get(filter);
        if (packet !== undefined) yield packet;
        continue;
      }
      for (const [topic, packet] of this.#byTopic) if (matchesFilter(filter, topic)) yield packet;
    }
  }
}
