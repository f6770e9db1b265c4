import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls, type SecureContext } from "node:tls";
import { topicFor } from "@flotilla/contracts";
import { generate, type Packet, type Parser, parser } from "mqtt-packet";
import { PublishTemplate } from "./publish-template.ts";

const KEEPALIVE_SECONDS = 120;
const PUBACK = 0x40;
const PUBACK_BYTES = 4;
/** All connections of a process read into the same memory, one after the other: what outlives the call is copied. */
const READ_BUFFER = Buffer.alloc(64 * 1024);

export interface MqttOptions {
  readonly port: number;
  /** null: plain TCP, for a broker that is measured without TLS. */
  readonly context: SecureContext | null;
  readonly deviceId: string;
  readonly bootId: string;
  readonly onHint: (payload: Buffer) => void;
  /** The retained message's first arrival after a connect is counted by the caller through `onHint`. */
  readonly onClose: () => void;
}

/** One device's MQTT 3.1.1 session as the agent opens it: last will, clean session, its hint's topic, a retained birth. One QoS 1 message is under way at a time. */
export class MqttConnection {
  readonly #options: MqttOptions;
  #socket: Socket | null = null;
  #session: Buffer | undefined;
  #messageId = 0;
  readonly #waiting = new Map<number, () => void>();
  readonly #state: PublishTemplate;
  /** Connections whose TLS session was taken up again. */
  resumed = false;

  constructor(options: MqttOptions) {
    this.#options = options;
    this.#state = new PublishTemplate(topicFor("state", options.deviceId));
  }

  get isConnected(): boolean {
    return this.#socket !== null;
  }

  /** Resolves once the broker has acknowledged the connection, the subscription and, where `birth`, the birth. */
  async connect({ birth, resume }: { birth: boolean; resume: boolean }): Promise<void> {
    const { deviceId, bootId, onHint, onClose } = this.#options;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const read = parser({ protocolVersion: 4 });
    const socket = this.#open(resume, this.#reader(read));
    read.on("packet", (packet: Packet) => {
      if (packet.cmd === "connack") {
        if (packet.returnCode !== 0) reject(new Error(`the broker refused with ${packet.returnCode}`));
        this.#socket = socket;
        socket.write(
          generate({
            cmd: "subscribe",
            messageId: this.#nextId(resolveAfterBirth),
            subscriptions: [{ topic: topicFor("hint", deviceId), qos: 1 }],
          }),
        );
      } else if (packet.cmd === "suback" || packet.cmd === "puback") {
        this.#acknowledge(packet.messageId);
      } else if (packet.cmd === "publish") {
        if (packet.qos === 1 && packet.messageId !== undefined) socket.write(generate({ cmd: "puback", messageId: packet.messageId }));
        onHint(Buffer.from(packet.payload));
      }
    });
    const resolveAfterBirth = (): void => {
      if (birth) this.#publishBirth(resolve);
      else resolve();
    };
    socket.once("error", reject);
    socket.once("close", () => {
      reject(new Error("the broker closed the connection"));
      if (this.#socket === socket) this.#socket = null;
      onClose();
    });
    const will = {
      topic: topicFor("presence", deviceId),
      payload: Buffer.from(JSON.stringify({ online: false, bootId })),
      qos: 1,
      retain: true,
    } as const;
    const hello = {
      cmd: "connect",
      protocolId: "MQTT",
      protocolVersion: 4,
      clientId: deviceId,
      clean: true,
      keepalive: KEEPALIVE_SECONDS,
      will,
    } as const;
    socket.once(this.#options.context === null ? "connect" : "secureConnect", () => socket.write(generate(hello)));
    await promise;
  }

  /** Takes an acknowledgement that comes alone, as nearly all do, without the library's help. */
  #reader(read: Parser): (chunk: Buffer) => void {
    let unread = 0;
    return (chunk) => {
      if (unread === 0 && chunk.length === PUBACK_BYTES && chunk[0] === PUBACK) this.#acknowledge(chunk.readUInt16BE(2));
      else unread = read.parse(Buffer.from(chunk));
    };
  }

  #open(resume: boolean, take: (chunk: Buffer) => void): Socket {
    const { port, context } = this.#options;
    const callback = (length: number): boolean => {
      take(READ_BUFFER.subarray(0, length));
      return true;
    };
    // `tls.connect` takes it as `net.connect` does; its types do not say so.
    const reading = { onread: { buffer: READ_BUFFER, callback } };
    if (context === null) return connectTcp({ host: "127.0.0.1", port, noDelay: true, ...reading });
    const session = resume && this.#session !== undefined ? { session: this.#session } : {};
    const socket = connectTls({ host: "127.0.0.1", port, servername: "localhost", secureContext: context, ...reading, ...session });
    socket.setNoDelay(true);
    socket.on("session", (ticket: Buffer) => (this.#session = ticket));
    socket.once("secureConnect", () => (this.resumed = socket.isSessionReused()));
    return socket;
  }

  /** A state report, QoS 1. `done` is called at the acknowledgement. Nothing happens while there is no connection. */
  publishState(payload: string, done: () => void): void {
    this.#socket?.write(this.#state.encode(this.#nextId(done), payload));
  }

  #publishBirth(done: () => void): void {
    const { deviceId, bootId } = this.#options;
    const payload = Buffer.from(JSON.stringify({ online: true, bootId }));
    const named = { cmd: "publish", topic: topicFor("presence", deviceId), payload, qos: 1, retain: true, dup: false } as const;
    this.#socket?.write(generate({ ...named, messageId: this.#nextId(done) }));
  }

  /** As a power cut or a lost network: the broker hears nothing but the connection's end. */
  drop(): void {
    this.#socket?.destroy();
    this.#socket = null;
    this.#waiting.clear();
  }

  ping(): void {
    this.#socket?.write(generate({ cmd: "pingreq" }));
  }

  #nextId(done: () => void): number {
    this.#messageId = (this.#messageId % 65_535) + 1;
    this.#waiting.set(this.#messageId, done);
    return this.#messageId;
  }

  #acknowledge(messageId: number | undefined): void {
    if (messageId === undefined) return;
    const done = this.#waiting.get(messageId);
    this.#waiting.delete(messageId);
    done?.();
  }
}
