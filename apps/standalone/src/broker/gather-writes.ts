import type { Writable } from "node:stream";

/** What a stream was given in this turn of the event loop, or this window, and not written yet. */
interface Gathered {
  readonly write: (bytes: Uint8Array) => boolean;
  chunks: Uint8Array[];
  bytes: number;
}

/**
 * Lets everything that is written to a stream in one turn of the event loop, or within `windowMs`, share one write, and so one TLS record and one system call. The MQTT
 * library writes each packet in three to six parts between `cork` and `uncork`; Node then puts a list of parts through its streams and TLS, which cost
 * more than all the rest of an acknowledgement. Here the parts become one buffer before the stream sees them.
 */
export class WriteGatherer {
  readonly #windowMs: number;
  #dirty: Gathered[] = [];

  /** `windowMs` 0: the end of this turn. */
  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  /** From now on `stream` is written to by way of this. Its callers do not use the callback of `write`. */
  gather(stream: Writable): void {
    const gathered: Gathered = { write: stream.write.bind(stream), chunks: [], bytes: 0 };
    stream.cork = () => undefined;
    stream.uncork = () => undefined;
    stream.write = (chunk: string | Uint8Array): boolean => {
      const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
      if (gathered.chunks.length === 0) this.#mark(gathered);
      gathered.chunks.push(bytes);
      gathered.bytes += bytes.length;
      // Once this is over the mark, so is the one write that it becomes, and the stream says when it has drained.
      return !stream.writableNeedDrain && stream.writableLength + gathered.bytes < stream.writableHighWaterMark;
    };
  }

  #mark(gathered: Gathered): void {
    this.#dirty.push(gathered);
    if (this.#dirty.length > 1) return;
    if (this.#windowMs === 0) setImmediate(() => this.#flush());
    else setTimeout(() => this.#flush(), this.#windowMs);
  }

  #flush(): void {
    const dirty = this.#dirty;
    this.#dirty = [];
    for (const gathered of dirty) {
      const { chunks, bytes } = gathered;
      const [first] = chunks;
      gathered.chunks = [];
      gathered.bytes = 0;
      if (first !== undefined) gathered.write(chunks.length === 1 ? first : Buffer.concat(chunks, bytes));
    }
  }
}
