import { Readable } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";

/** What of a packet on its way to a client matters here. */
export interface QueuedPacket {
  /** The broker's own running number: what names a packet before it has an identifier. */
  brokerCounter: number;
  /** Packet identifier of MQTT, from the moment in which it is sent. */
  messageId?: number | undefined;
}

interface Session {
  /** Sent or not, until they are acknowledged; oldest first. */
  packets: Map<number, QueuedPacket>;
  counterOf: Map<number, number>;
  /** What was kept while the client was away is being sent: what comes now has to wait behind it. */
  draining: boolean;
  newest: number;
  /** The drain that counts: a new one each time the client comes back. */
  drain: object | null;
  /** Told when the broker sends what the drain gave it last. */
  sent: (() => void) | null;
}

/**
 * What waits for clients whose session outlives their connection, in order. As shipped, the broker's memory store finds each packet by walking over
 * all that are not acknowledged, deletes one that was never sent when it drops a repetition, and lets new messages overtake those that waited:
 * with reports that are numbered, what was overtaken is late and lost.
 */
export class SessionQueues {
  readonly #sessions = new Map<string, Session>();

  /** How many packets of a client are not acknowledged. */
  sizeOf(clientId: string): number {
    return this.#sessions.get(clientId)?.packets.size ?? 0;
  }

  /** true from `restore` until the drain has caught up: what is queued meanwhile is sent by the drain and must not be sent besides. */
  isDraining(clientId: string): boolean {
    return this.#sessions.get(clientId)?.draining === true;
  }

  /** The client is back and its subscriptions are about to be restored. */
  restore(clientId: string): void {
    this.#of(clientId).draining = true;
  }

  enqueue(clientId: string, packet: QueuedPacket): void {
    const session = this.#of(clientId);
    session.packets.set(packet.brokerCounter, { ...packet, messageId: undefined });
    session.newest = packet.brokerCounter;
  }

  /** The packet is about to be sent under its identifier. */
  update(clientId: string, { brokerCounter, messageId }: QueuedPacket): void {
    const session = this.#of(clientId);
    const packet = session.packets.get(brokerCounter);
    if (packet !== undefined && messageId !== undefined) {
      if (packet.messageId !== undefined) session.counterOf.delete(packet.messageId);
      packet.messageId = messageId;
      session.counterOf.set(messageId, brokerCounter);
    }
    session.sent?.();
  }

  /** The client acknowledged it. */
  clear(clientId: string, messageId: number | undefined): QueuedPacket | undefined {
    const session = this.#sessions.get(clientId);
    const counter = session === undefined || messageId === undefined ? undefined : session.counterOf.get(messageId);
    if (session === undefined || messageId === undefined || counter === undefined) return undefined;
    const packet = session.packets.get(counter);
    session.counterOf.delete(messageId);
    session.packets.delete(counter);
    return packet;
  }

  /** Everything that waits, and what is queued behind it meanwhile, until nothing is left that was not sent. */
  drain(clientId: string): Readable {
    const session = this.#sessions.get(clientId);
    if (session === undefined) return Readable.from([]);
    session.draining = true;
    return Readable.from(follow(session), { highWaterMark: 1 });
  }

  #of(clientId: string): Session {
    const known = this.#sessions.get(clientId);
    if (known !== undefined) return known;
    const session: Session = { packets: new Map(), counterOf: new Map(), draining: false, newest: 0, drain: null, sent: null };
    this.#sessions.set(clientId, session);
    return session;
  }
}

/**
 * One packet at a time, so that none is under way when the end is reached: a map's iterator goes on to what is added meanwhile, until it has once
 * seen the end. A drain whose connection was lost is over when another one has begun.
 */
async function* follow(session: Session): AsyncGenerator<QueuedPacket> {
  const drain = {};
  session.drain = drain;
  for (const packet of session.packets.values()) {
    const { promise, resolve } = Promise.withResolvers<void>();
    session.sent = resolve;
    yield packet;
    await promise;
    // The last one is written in the turn in which it was announced.
    if (packet.brokerCounter === session.newest) await nextTurn();
    if (session.drain !== drain) return;
  }
  session.sent = null;
  session.draining = false;
}
