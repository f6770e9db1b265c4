import { Readable } from "node:stream";
import memory from "aedes-persistence";
import type { QueuedPacket, SessionQueues } from "./session-queues.ts";

export interface RetainedPacket {
  topic: string;
  payload: string | Uint8Array;
}

/** What the broker calls for retained messages, as it is at run time: promises (the published types still show callbacks). */
export interface RetainedStore {
  storeRetained(packet: RetainedPacket): Promise<void>;
  createRetainedStreamCombi(filters: readonly string[]): Readable;
}

interface ClientId {
  id: string;
}

/** What it calls for sessions that outlive their connection. */
interface SessionStore {
  subscriptionsByClient(client: ClientId): Promise<unknown[]>;
  outgoingEnqueue(subscription: { clientId: string }, packet: QueuedPacket): Promise<void>;
  outgoingEnqueueCombi(subscriptions: readonly { clientId: string }[], packet: QueuedPacket): Promise<void>;
  outgoingUpdate(client: ClientId, packet: QueuedPacket): Promise<void>;
  outgoingClearMessageId(client: ClientId, packet: QueuedPacket): Promise<QueuedPacket | undefined>;
  outgoingStream(client: ClientId): Readable;
}

/** The broker's memory store with our queues of sessions and our index of retained messages. */
export function createPersistence(queues: SessionQueues): RetainedStore {
  const persistence = createIndexedPersistence() as RetainedStore & SessionStore;
  const subscriptionsByClient = persistence.subscriptionsByClient.bind(persistence);
  const sessions: SessionStore = {
    subscriptionsByClient: async (client) => {
      queues.restore(client.id);
      return await subscriptionsByClient(client);
    },
    outgoingEnqueue: async ({ clientId }, packet) => queues.enqueue(clientId, packet),
    outgoingEnqueueCombi: async (subscriptions, packet) => {
      for (const { clientId } of subscriptions) queues.enqueue(clientId, packet);
    },
    outgoingUpdate: async ({ id }, packet) => queues.update(id, packet),
    outgoingClearMessageId: async ({ id }, { messageId }) => queues.clear(id, messageId),
    outgoingStream: ({ id }) => queues.drain(id),
  };
  return Object.assign(persistence, sessions);
}

/**
 * The broker's memory store, with exact topics looked up in a map. As shipped, every SUBSCRIBE tests every retained message of the
 * fleet against its filter, which makes a reconnect storm quadratic; only filters with a wildcard need that.
 */
export function createIndexedPersistence(): RetainedStore {
  const persistence = (memory as unknown as () => RetainedStore)();
  const retained = new Map<string, RetainedPacket>();
  const store = persistence.storeRetained.bind(persistence);
  const scan = persistence.createRetainedStreamCombi.bind(persistence);

  const indexed: RetainedStore = {
    storeRetained: async (packet) => {
      if (packet.payload.length === 0) retained.delete(packet.topic);
      else retained.set(packet.topic, { ...packet });
      await store(packet);
    },
    createRetainedStreamCombi: (filters) => {
      const wildcards = filters.filter(hasWildcard);
      const exact = filters.filter((filter) => !hasWildcard(filter)).flatMap((topic) => retained.get(topic) ?? []);
      return Readable.from(wildcards.length === 0 ? exact : chain(exact, scan(wildcards)));
    },
  };
  return Object.assign(persistence, indexed);
}

async function* chain(first: readonly RetainedPacket[], rest: Readable): AsyncGenerator {
  yield* first;
  yield* rest;
}

function hasWildcard(filter: string): boolean {
  return filter.includes("+") || filter.includes("#");
}
