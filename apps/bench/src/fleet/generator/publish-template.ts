const PUBLISH_QOS_1 = 0x32;

/** PUBLISH packets of QoS 1 to one topic (MQTT 3.1.1, 3.3), the topic encoded once: a generator that spends its processor on encoding measures itself. */
export class PublishTemplate {
  readonly #topic: Buffer;

  constructor(topic: string) {
    this.#topic = Buffer.from(`\0\0${topic}`);
    this.#topic.writeUInt16BE(this.#topic.length - 2);
  }

  encode(messageId: number, payload: string): Buffer {
    const length = this.#topic.length + 2 + Buffer.byteLength(payload);
    const bytes = Buffer.allocUnsafe(1 + lengthBytes(length) + length);
    bytes[0] = PUBLISH_QOS_1;
    let at = 1;
    let left = length;
    for (; left > 0x7f; left >>>= 7) bytes[at++] = (left & 0x7f) | 0x80;
    bytes[at++] = left;
    at += this.#topic.copy(bytes, at);
    at = bytes.writeUInt16BE(messageId, at);
    bytes.write(payload, at);
    return bytes;
  }
}

/** Of the remaining length, in groups of seven bits (2.2.3). */
function lengthBytes(length: number): number {
  if (length < 2 ** 7) return 1;
  if (length < 2 ** 14) return 2;
  return length < 2 ** 21 ? 3 : 4;
}
