import type { MqttClient as Connection } from "mqtt";

/** MQTT 3.1.1, 3.4: PUBACK, remaining length 2, packet identifier. MQTT 5 reads the same bytes as "success". */
const PUBACK = 0x40;
const PUBACK_BYTES = 4;

interface Message {
  /** Packet identifier of QoS 1, null of QoS 0. */
  id: number | null;
  settled: boolean;
}

/**
 * Hands every message of a connection to `deliver`, at most `maxInFlight` of them at once, and acknowledges those of QoS 1 when `deliver` is done
 * with them, in the order in which they came (MQTT-4.6.0-2), many with one write. `deliver` must not reject.
 *
 * MQTT.js by itself takes a message only when the one before it is acknowledged, so that no batch would ever hold more than one. Hence each is
 * shown to it as one of QoS 0, which asks for no acknowledgement.
 */
export function takeMessages(
  connection: Connection,
  maxInFlight: number,
  deliver: (topic: string, bytes: Uint8Array) => Promise<void>,
): void {
  const ids = new WeakMap<object, number>();
  /** Oldest first. */
  const inFlight: Message[] = [];
  let acknowledging = false;
  let takeNext: (() => void) | null = null;

  connection.on("packetreceive", (packet) => {
    if (packet.cmd !== "publish" || packet.qos !== 1 || packet.messageId === undefined) return;
    ids.set(packet, packet.messageId);
    packet.qos = 0;
  });

  const acknowledge = (): void => {
    acknowledging = false;
    const end = inFlight.findIndex(({ settled }) => !settled);
    const done = inFlight.splice(0, end === -1 ? inFlight.length : end);
    const acknowledged = done.flatMap(({ id }) => id ?? []);
    if (acknowledged.length > 0 && connection.connected) connection.stream.write(encode(acknowledged));
    if (takeNext === null || inFlight.length >= maxInFlight) return;
    const next = takeNext;
    takeNext = null;
    next();
  };

  connection.handleMessage = (packet, done) => {
    const message: Message = { id: ids.get(packet) ?? null, settled: false };
    inFlight.push(message);
    const bytes = typeof packet.payload === "string" ? Buffer.from(packet.payload) : packet.payload;
    const take = async (): Promise<void> => {
      await deliver(packet.topic, bytes);
      message.settled = true;
      // A batch's messages are done one right after the other: they share one write.
      if (!acknowledging) setImmediate(acknowledge);
      acknowledging = true;
    };
    void take();
    if (inFlight.length < maxInFlight) done();
    else takeNext = () => done();
  };
}

function encode(ids: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(ids.length * PUBACK_BYTES);
  for (const [index, id] of ids.entries()) {
    bytes.writeUInt16BE((PUBACK << 8) | 2, index * PUBACK_BYTES);
    bytes.writeUInt16BE(id, index * PUBACK_BYTES + 2);
  }
  return bytes;
}
