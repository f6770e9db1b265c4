import type { Duplex } from "node:stream";

/**
 * Follows the lengths of MQTT packets in a stream of bytes (MQTT 3.1.1, 2.2: one byte of type, then the remaining length in up to four
 * bytes of seven bits) without keeping any of them.
 */
export class PacketScanner {
  readonly #maxBytes: number;
  /** Bytes of the current packet that are still to come. */
  #skip = 0;
  #inLength = false;
  #length = 0;
  #shift = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** false once a packet announces more than `maxBytes`, or a length that is malformed. */
  accepts(chunk: Uint8Array): boolean {
    let at = 0;
    while (at < chunk.length) {
      if (this.#skip > 0) {
        const taken = Math.min(this.#skip, chunk.length - at);
        this.#skip -= taken;
        at += taken;
      } else if (this.#inLength) {
        if (!this.#takeLength(chunk[at] ?? 0)) return false;
        at += 1;
      } else {
        this.#inLength = true;
        this.#length = 0;
        this.#shift = 0;
        at += 1;
      }
    }
    return true;
  }

  #takeLength(byte: number): boolean {
    this.#length += (byte & 0x7f) * 2 ** this.#shift;
    this.#shift += 7;
    if (this.#length > this.#maxBytes) return false;
    if ((byte & 0x80) !== 0) return this.#shift < 28;
    this.#inLength = false;
    this.#skip = this.#length;
    return true;
  }
}

/**
 * Ends the connection when a packet announces more than `maxBytes`: the broker's parser would collect it, up to 256 MB, in memory. The
 * broker takes bytes only by `read`, so that is where they are looked at.
 */
export function guardPacketSize(stream: Duplex, maxBytes: number, onRefused: () => void): void {
  const scanner = new PacketScanner(maxBytes);
  const read = stream.read.bind(stream);
  stream.read = (size?: number): unknown => {
    const chunk: unknown = read(size);
    if (!(chunk instanceof Uint8Array) || scanner.accepts(chunk)) return chunk;
    onRefused();
    stream.destroy();
    return null;
  };
}
