import { Readable } from "node:stream";
import { GATEWAY_IDENTITY } from "@flotilla/contracts";
import memory from "aedes-persistence";
import type { ClientId, GatewaySession, Subscription } from "./gateway-session.ts";
import { type RetainedPacket, RetainedStore } from "./retained-store.ts";

interface Packet extends RetainedPacket {
  messageId?: number | undefined;
}

/** What the broker calls for retained messages and sessions, as it is at run time: promises (the published types still show callbacks). */
export interface Persistence {
  storeRetained(packet: RetainedPacket): Promise<void>;
  createRetainedStreamCombi(filters: readonly string[]): Readable;
}

interface SessionStore {
  addSubscriptions(client: ClientId, subscriptions: readonly Subscription[]): Promise<void>;
  removeSubscriptions(client: ClientId, filters: readonly string[]): Promise<void>;
  cleanSubscriptions(client: ClientId): Promise<void>;
  subscriptionsByClient(client: ClientId): Promise<Subscription[]>;
  subscriptionsByTopic(topic: string): Promise<(Subscription & { clientId: string })[]>;
  outgoingEnqueueCombi(subscriptions: readonly Subscription[], packet: Packet): Promise<void>;
  outgoingUpdate(): Promise<void>;
  outgoingClearMessageId(client: ClientId, packet: Packet): Promise<undefined>;
  outgoingStream(client: ClientId & { conn: NodeJS.WritableStream }): Readable;
}

/** The broker's memory store (wills) with our retained messages and, where there is one, the gateway's session. */
export function createPersistence(session: GatewaySession | null): Persistence {
  const persistence = (memory as unknown as () => Persistence)();
  const retained = new RetainedStore();
  const ours: Persistence = {
    storeRetained: async (packet) => retained.store(packet),
    createRetainedStreamCombi: (filters) => retained.stream(filters),
  };
  return Object.assign(persistence, ours, session === null ? {} : sessionStore(session));
}

function sessionStore(session: GatewaySession): SessionStore {
  const { outbox } = session;
  return {
    addSubscriptions: async (client, subscriptions) => {
      if (session.isOf(client)) session.subscribe(subscriptions);
    },
    removeSubscriptions: async (client, filters) => {
      if (session.isOf(client)) session.unsubscribe(filters);
    },
    cleanSubscriptions: async (client) => {
      if (session.isOf(client)) session.end();
    },
    subscriptionsByClient: async (client) => (session.isOf(client) ? session.subscriptions() : []),
    subscriptionsByTopic: async (topic) => (session.takes(topic) ? [{ topic, qos: 1, clientId: GATEWAY_IDENTITY }] : []),
    // MQTT-3.3.1-9: to a subscription that stands, a message goes without the retain flag.
    outgoingEnqueueCombi: async (subscriptions, packet) => {
      if (subscriptions.length > 0) outbox.enqueue({ ...packet, retain: false });
    },
    outgoingUpdate: async () => undefined,
    outgoingClearMessageId: async (client, { messageId }) => {
      if (session.isOf(client) && messageId !== undefined) outbox.acknowledge(messageId);
    },
    // Asked for when the session's client is back and has its CONNACK.
    outgoingStream: ({ id, conn }) => {
      if (session.isOf({ id })) outbox.attach(conn as never);
      return Readable.from([]);
    },
  };
}
