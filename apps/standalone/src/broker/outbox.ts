import type { Writable } from "node:stream";
import { encodePublishes, type Outgoing } from "./encode-publish.ts";
import { Fifo } from "./fifo.ts";

export interface Message {
  readonly topic: string;
  readonly payload: string | Uint8Array;
  readonly retain: boolean;
}

export interface OutboxLimits {
  /** Sent and not acknowledged at most. Under 65,535, the packet identifiers that MQTT has. */
  readonly window: number;
  /** Messages, sent or not, from which on publishers are held. */
  readonly capacity: number;
}

/** From the first message that waits to the write that it shares with what came meanwhile. */
const WRITE_DELAY_MS = 1;
const WRITE_BYTES = 64 * 1024;
/** What may wait in the stream itself: the rest keeps its place here. */
const STREAM_BYTES = 1024 * 1024;
const HELD_LOOK_MS = 20;
const MAX_ID = 65_535;

/**
 * What is on its way to the gateway, whose session outlives its connection: in order, each message until it is acknowledged. A window of them is sent;
 * an identifier names one of these at a time, so that an acknowledgement means one message. The rest waits, and where too much does, so do publishers: what
 * is not acknowledged stays with its device, and a long queue would only make every report late.
 *
 * The broker's own way was to send everything at once: with more than 65,535 on their way, identifiers named two messages, and the
 * acknowledgement of one left the other behind for ever.
 */
export class Outbox {
  readonly #limits: OutboxLimits;
  readonly #waiting = new Fifo<Message>();
  /** By packet identifier, oldest first. */
  readonly #inFlight = new Map<number, Outgoing>();
  readonly #held = new Fifo<() => void>();
  #stream: Writable | null = null;
  /** What was sent on a connection that is lost, as far as it was not sent again yet. */
  #again: IterableIterator<Outgoing> | null = null;
  #lastId = 0;
  #isDue = false;
  #isLooking = false;

  constructor(limits: OutboxLimits) {
    this.#limits = limits;
  }

  /** Messages that are not acknowledged, sent or not. */
  get size(): number {
    return this.#waiting.length + this.#inFlight.size;
  }

  /** How many are sent and not acknowledged. */
  get inFlight(): number {
    return this.#inFlight.size;
  }

  enqueue({ topic, payload, retain }: Message): void {
    this.#waiting.push({ topic, payload, retain });
    this.#sendSoon();
  }

  /** The gateway is back: what it did not acknowledge goes first, under its old identifiers (MQTT-4.4.0-1). */
  attach(stream: Writable): void {
    this.#stream = stream;
    this.#again = this.#inFlight.values();
    stream.on("drain", () => this.#sendSoon());
    stream.once("close", () => {
      if (this.#stream === stream) this.#stream = null;
    });
    this.#sendSoon();
  }

  acknowledge(id: number): void {
    if (this.#inFlight.delete(id)) this.#sendSoon();
  }

  /** The session has ended: nobody waits for any of it. */
  discard(): void {
    this.#inFlight.clear();
    while (this.#waiting.shift() !== undefined);
  }

  /** Calls `go` at once, or in its turn when there is room. */
  admit(go: () => void): void {
    if (this.size < this.#limits.capacity && this.#held.length === 0) return go();
    this.#held.push(go);
    this.#lookSoon();
  }

  #lookSoon(): void {
    if (this.#isLooking) return;
    this.#isLooking = true;
    setTimeout(() => {
      this.#isLooking = false;
      for (let room = this.#limits.capacity - this.size; room > 0; room -= 1) this.#held.shift()?.();
      if (this.#held.length > 0) this.#lookSoon();
    }, HELD_LOOK_MS);
  }

  #sendSoon(): void {
    if (this.#isDue || this.#stream === null) return;
    this.#isDue = true;
    setTimeout(() => {
      this.#isDue = false;
      this.#send();
    }, WRITE_DELAY_MS);
  }

  #send(): void {
    const stream = this.#stream;
    if (stream === null || stream.destroyed) return;
    while (stream.writableLength <= STREAM_BYTES) {
      const dup = this.#again !== null;
      const messages = takeBytes(() => (dup ? this.#nextAgain() : this.#nextWaiting()));
      if (messages.length > 0) stream.write(encodePublishes(messages, dup));
      else if (!dup) return;
    }
  }

  #nextAgain(): Outgoing | null {
    const next = this.#again?.next();
    if (next?.done === false) return next.value;
    this.#again = null;
    return null;
  }

  #nextWaiting(): Outgoing | null {
    const message = this.#inFlight.size < this.#limits.window ? this.#waiting.shift() : undefined;
    if (message === undefined) return null;
    do this.#lastId = (this.#lastId % MAX_ID) + 1;
    while (this.#inFlight.has(this.#lastId));
    const { topic, payload, retain } = message;
    const outgoing = { id: this.#lastId, topic, payload: typeof payload === "string" ? Buffer.from(payload) : payload, retain };
    this.#inFlight.set(outgoing.id, outgoing);
    return outgoing;
  }
}

/** As many as make one write. */
function takeBytes(next: () => Outgoing | null): Outgoing[] {
  const messages: Outgoing[] = [];
  for (let bytes = 0; bytes < WRITE_BYTES; ) {
    const message = next();
    if (message === null) break;
    messages.push(message);
    bytes += message.payload.length;
  }
  return messages;
}
