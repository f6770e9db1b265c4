/** A message of QoS 1 to be sent under its packet identifier. */
export interface Outgoing {
  readonly id: number;
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly retain: boolean;
}

const PUBLISH_QOS_1 = 0x32;
const DUP = 0x08;
const RETAIN = 0x01;

/** The packets of several messages in one buffer (MQTT 3.1.1, 3.3); `dup`: they were sent before. */
export function encodePublishes(messages: readonly Outgoing[], dup: boolean): Buffer {
  const lengths = messages.map(({ topic, payload }) => 2 + Buffer.byteLength(topic) + 2 + payload.length);
  const bytes = Buffer.allocUnsafe(lengths.reduce((sum, length) => sum + 1 + lengthBytes(length) + length, 0));
  let at = 0;
  for (const [index, { id, topic, payload, retain }] of messages.entries()) {
    at = bytes.writeUInt8(PUBLISH_QOS_1 | (dup ? DUP : 0) | (retain ? RETAIN : 0), at);
    at = writeLength(bytes, lengths[index] ?? 0, at);
    const topicBytes = bytes.write(topic, at + 2);
    bytes.writeUInt16BE(topicBytes, at);
    at = bytes.writeUInt16BE(id, at + 2 + topicBytes);
    bytes.set(payload, at);
    at += payload.length;
  }
  return bytes;
}

/** The remaining length in groups of seven bits (2.2.3). */
function writeLength(bytes: Buffer, length: number, at: number): number {
  let left = length;
  let next = at;
  for (; left > 0x7f; left >>>= 7) next = bytes.writeUInt8((left & 0x7f) | 0x80, next);
  return bytes.writeUInt8(left, next);
}

function lengthBytes(length: number): number {
  if (length < 2 ** 7) return 1;
  if (length < 2 ** 14) return 2;
  return length < 2 ** 21 ? 3 : 4;
}
