import type { AddressInfo } from "node:net";
import { createServer, type Server, type TLSSocket } from "node:tls";
import { BROKER_TOPICS, type BrokerRefusal, type BrokerRevocations, brokerRevocationsSchema, GATEWAY_IDENTITY } from "@flotilla/contracts";
import type { Logger } from "@flotilla/logger";
import { writeNumbersDirectly } from "@flotilla/mqtt/write-numbers-directly";
import { Aedes, type Client } from "aedes";
import { isKnownIdentity, mayPublish, maySubscribe } from "./authorise.ts";
import { createPersistence } from "./create-persistence.ts";
import { WriteGatherer } from "./gather-writes.ts";
import { GatewaySession } from "./gateway-session.ts";
import { guardPacketSize } from "./packet-size-guard.ts";
import { RefusalLimiter } from "./refusal-limiter.ts";
import { sendReportsDirectly } from "./send-reports-directly.ts";
import { TopicRouter } from "./topic-router.ts";

export interface BrokerOptions {
  host: string;
  /** 0: any free port. */
  port: number;
  /** PEM: the server's chain and key, and the CA that clients must come from. */
  cert: string;
  key: string;
  ca: string;
  logger: Logger;
  clock: () => Date;
}

export interface Broker {
  port: number;
  close(): Promise<void>;
}

/** MQTT 3.1.1 return codes of CONNACK (table 3.1). */
const IDENTIFIER_REJECTED = 2;
const SERVER_UNAVAILABLE = 3;
const NOT_AUTHORISED = 5;
/** Reports are a few kB. */
const MAX_PACKET_BYTES = 4 * 1024 * 1024;
/** The list of whom to keep out is the largest: 100,000 devices twice. */
const MAX_GATEWAY_PACKET_BYTES = 16 * 1024 * 1024;
/**
 * The gateway works on 8,000 messages at once; with a few more under way it never waits for the next. Past the capacity, a second or two of reports, devices wait for their
 * acknowledgement, and then report over HTTPS: a longer queue would make every report late and none sooner.
 */
const OUTBOX = { window: 8_192, capacity: 16_384 };
/** What goes to the gateway within this time shares a write. */
const GATEWAY_WRITE_MS = 1;
const REFUSAL_LIMIT = { count: 20, windowMs: 60_000 };

/**
 * The embedded broker: MQTT 3.1.1 over mutual TLS. The identity is the client certificate's CN, the client id must equal it, and
 * topics follow from it. What is refused is told to the gateway, so that an operator sees it.
 */
export async function createBroker(options: BrokerOptions): Promise<Broker> {
  writeNumbersDirectly();
  const door = new Door(options);
  const aedes = await Aedes.createBroker({ persistence: createPersistence(door.session), mq: new TopicRouter(), ...door.hooks() });
  sendReportsDirectly(aedes, door.session);
  door.attach(aedes);
  const server = createServer({
    cert: options.cert,
    key: options.key,
    ca: options.ca,
    requestCert: true,
    rejectUnauthorized: true,
    minVersion: "TLSv1.2",
    handshakeTimeout: 10_000,
  });
  server.on("secureConnection", (socket) => door.admit(socket));
  server.on("tlsClientError", (error, socket) => {
    options.logger.info({ remote: socket.remoteAddress, reason: error.message }, "TLS connection refused");
  });
  await listen(server, options);
  const { port } = server.address() as AddressInfo;
  return { port, close: async () => await close(server, aedes) };
}

interface Peer {
  identity: string;
  /** When its certificate begins: whole seconds since 1970. */
  validFromSeconds: number;
}

/** Decides who comes in and what they may do; holds the live connections and the revoked devices. */
class Door {
  readonly #options: BrokerOptions;
  readonly #peers = new WeakMap<object, Peer>();
  readonly #live = new Map<string, Client>();
  readonly session = new GatewaySession(OUTBOX);
  readonly #toGateway = new WriteGatherer(GATEWAY_WRITE_MS);
  readonly #toDevices = new WriteGatherer(0);
  readonly #limiter = new RefusalLimiter(REFUSAL_LIMIT);
  /** null until the gateway said it: before that nobody listens, and a report would be acknowledged and lost. */
  #revocations: BrokerRevocations | null = null;
  #revoked: ReadonlySet<string> = new Set();
  #aedes: Aedes | null = null;

  constructor(options: BrokerOptions) {
    this.#options = options;
  }

  attach(aedes: Aedes): void {
    this.#aedes = aedes;
    aedes.on("clientReady", (client) => this.#live.set(client.id, client));
    aedes.on("clientDisconnect", (client) => {
      if (this.#live.get(client.id) === client) this.#live.delete(client.id);
    });
    aedes.on("publish", (packet, client) => {
      if (client !== null && packet.topic === BROKER_TOPICS.revocations.topic) this.#revoke(packet.payload);
    });
    const quiet = (client: Client, error: Error) =>
      this.#options.logger.debug({ client: client.id, reason: error.message }, "MQTT client error");
    aedes.on("clientError", quiet);
    aedes.on("connectionError", quiet);
  }

  admit(socket: TLSSocket): void {
    // Not the older `getPeerCertificate`, which takes every field apart: 60 µs a connection.
    const certificate = socket.getPeerX509Certificate();
    const identity = commonNameOf(certificate?.subject);
    socket.on("error", () => socket.destroy());
    if (certificate === undefined || identity === null || !isKnownIdentity(identity)) {
      this.#refuse(String(identity), "connect", "unknown identity");
      socket.destroy();
      return;
    }
    this.#peers.set(socket, { identity, validFromSeconds: certificate.validFromDate.getTime() / 1000 });
    const maxBytes = identity === GATEWAY_IDENTITY ? MAX_GATEWAY_PACKET_BYTES : MAX_PACKET_BYTES;
    guardPacketSize(socket, maxBytes, () => this.#refuse(identity, "publish", `a packet of more than ${maxBytes} bytes`));
    (identity === GATEWAY_IDENTITY ? this.#toGateway : this.#toDevices).gather(socket);
    this.#aedes?.handle(socket);
  }

  hooks(): NonNullable<ConstructorParameters<typeof Aedes>[0]> {
    return {
      preConnect: (client, packet, done) => {
        // Nothing may pile up for a device that is away: Postgres is the truth. Only the gateway's session outlives its connection.
        if (this.#identityOf(client) !== GATEWAY_IDENTITY) packet.clean = true;
        done(null, true);
      },
      authenticate: (client, _username, _password, done) => {
        const refusal = this.#judge(client);
        if (refusal === null) return done(null, true);
        done(Object.assign(new Error(refusal.message), { returnCode: refusal.returnCode }), null);
      },
      authorizePublish: (client, packet, done) => {
        const identity = client === null ? null : this.#identityOf(client);
        if (identity !== null && mayPublish(identity, packet.topic, packet.retain))
          return this.#letIn(identity, packet.qos, () => done(null));
        this.#refuse(identity ?? "unknown", "publish", packet.topic);
        // MQTT-3.3.5-2: acknowledge as usual or close the connection. An error closes it.
        done(new Error(`not allowed to publish on ${packet.topic}`));
      },
      authorizeForward: (client, packet) => {
        if (packet.qos === 0 || client.clean || !this.session.takes(packet.topic)) return packet;
        // What is new is in the outbox already; what was retained, and has no origin, goes there now, to be sent under an identifier of its own.
        if (packet.brokerId === null) this.session.outbox.enqueue(packet);
        return null;
      },
      authorizeSubscribe: (client, subscription, done) => {
        const identity = this.#identityOf(client);
        if (identity !== null && maySubscribe(identity, subscription.topic)) return done(null, subscription);
        this.#refuse(identity ?? "unknown", "subscribe", subscription.topic);
        done(null, null);
      },
    };
  }

  /** At once, or when the gateway has caught up: what is not acknowledged stays with the device. */
  #letIn(identity: string, qos: number, go: () => void): void {
    if (identity === GATEWAY_IDENTITY || qos === 0) go();
    else this.session.outbox.admit(go);
  }

  /** null where the client may come in. */
  #judge(client: Client): { message: string; returnCode: number } | null {
    const identity = this.#identityOf(client);
    if (identity === null || client.id !== identity) {
      this.#refuse(identity ?? "unknown", "connect", client.id);
      return { message: "the client id must be the certificate's CN", returnCode: IDENTIFIER_REJECTED };
    }
    if (identity === GATEWAY_IDENTITY) return null;
    if (this.#revocations === null) return { message: "the gateway is not there yet", returnCode: SERVER_UNAVAILABLE };
    const code = this.#lockedOut(client);
    if (code === null) return null;
    this.#refuse(identity, "connect", client.id, code);
    const message = code === "DEVICE_REVOKED" ? "the device is revoked" : "the certificate was replaced by a newer one";
    return { message, returnCode: NOT_AUTHORISED };
  }

  /** Why a device that TLS accepted may not be here, null where it may. */
  #lockedOut(client: Client): "DEVICE_REVOKED" | "CERTIFICATE_REPLACED" | null {
    const peer = this.#peers.get(client.conn);
    if (peer === undefined || this.#revocations === null) return null;
    if (this.#revoked.has(peer.identity)) return "DEVICE_REVOKED";
    const before = this.#revocations.replacedBefore?.[peer.identity];
    return before !== undefined && peer.validFromSeconds < before ? "CERTIFICATE_REPLACED" : null;
  }

  #identityOf(client: Client): string | null {
    return this.#peers.get(client.conn)?.identity ?? null;
  }

  #revoke(payload: string | Buffer): void {
    const parsed = brokerRevocationsSchema.safeParse(parseJson(payload));
    if (!parsed.success) {
      this.#options.logger.error({}, "the list of whom to keep out does not fit its schema; the last one stays");
      return;
    }
    this.#revocations = parsed.data;
    this.#revoked = new Set(parsed.data.deviceIds);
    for (const client of this.#live.values()) if (this.#lockedOut(client) !== null) client.close();
  }

  #refuse(identity: string, action: BrokerRefusal["action"], target: string, code?: BrokerRefusal["code"]): void {
    const at = this.#options.clock();
    if (!this.#limiter.take(identity, at.getTime())) return;
    const refusal: BrokerRefusal = {
      identity: identity.slice(0, 200),
      action,
      target: target.slice(0, 1000),
      at: at.toISOString(),
      ...(code === undefined ? {} : { code }),
    };
    this.#options.logger.warn(refusal, "refused");
    const { topic, qos, retain } = BROKER_TOPICS.refusals;
    this.#aedes?.publish({ cmd: "publish", topic, qos, retain, dup: false, payload: JSON.stringify(refusal) }, () => undefined);
  }
}

/** Of a subject, one attribute a line; null where there is none, or more than one. */
function commonNameOf(subject: string | undefined): string | null {
  const names = (subject ?? "").split("\n").filter((line) => line.startsWith("CN="));
  return names.length === 1 ? (names[0]?.slice(3) ?? null) : null;
}

function parseJson(payload: string | Buffer): unknown {
  try {
    return JSON.parse(payload.toString());
  } catch {
    return null;
  }
}

async function listen(server: Server, { host, port }: BrokerOptions): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen({ host, port }, resolve);
  await promise;
}

async function close(server: Server, aedes: Aedes): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  aedes.close(() => server.close(() => resolve()));
  await promise;
}
