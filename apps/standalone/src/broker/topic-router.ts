import { hasWildcard, matchesFilter } from "./match-filter.ts";

interface Routed {
  topic: string;
}

/** Delivers a message to one subscription and says when it is written. */
export type Listener = (packet: Routed, done: () => void) => void;

/**
 * From topics to subscriptions inside the broker: what it calls its emitter. The one that it brings lets 100 messages be under way and keeps the others in an array
 * that it shifts one by one, which is quadratic in a backlog (two fifths of the broker's time at 50,000 waiting), and has a tree of maps for each device.
 * Here a fleet's subscriptions, each to a topic of its own, are one map; how much may wait is for the outbox to say.
 */
export class TopicRouter {
  readonly #exact = new Map<string, Listener[]>();
  #wildcards: { filter: string; listener: Listener }[] = [];

  on(filter: string, listener: Listener, done?: () => void): this {
    if (hasWildcard(filter)) this.#wildcards.push({ filter, listener });
    else this.#exact.set(filter, [...(this.#exact.get(filter) ?? []), listener]);
    if (done !== undefined) setImmediate(done);
    return this;
  }

  removeListener(filter: string, listener: Listener, done?: () => void): this {
    if (hasWildcard(filter)) this.#wildcards = this.#wildcards.filter((each) => each.listener !== listener || each.filter !== filter);
    else {
      const left = (this.#exact.get(filter) ?? []).filter((each) => each !== listener);
      if (left.length === 0) this.#exact.delete(filter);
      else this.#exact.set(filter, left);
    }
    if (done !== undefined) setImmediate(done);
    return this;
  }

  /** Calls `done` once every subscription has it. */
  emit(packet: Routed, done: () => void = () => undefined): this {
    const listeners = this.#listenersOf(packet.topic);
    let left = listeners.length;
    if (left === 0) done();
    for (const listener of listeners) {
      listener(packet, () => {
        left -= 1;
        if (left === 0) done();
      });
    }
    return this;
  }

  close(done: () => void): this {
    this.#exact.clear();
    this.#wildcards = [];
    setImmediate(done);
    return this;
  }

  #listenersOf(topic: string): readonly Listener[] {
    const exact = this.#exact.get(topic) ?? [];
    const matching = this.#wildcards.filter(({ filter }) => matchesFilter(filter, topic));
    return matching.length === 0 ? exact : [...exact, ...matching.map(({ listener }) => listener)];
  }
}
