import { Readable } from "node:stream";
import memory from "aedes-persistence";

export interface RetainedPacket {
  topic: string;
  payload: string | Uint8Array;
}

/** What the broker calls for retained messages, as it is at run time: promises (the published types still show callbacks). */
export interface RetainedStore {
  storeRetained(packet: RetainedPacket): Promise<void>;
  createRetainedStreamCombi(filters: readonly string[]): Readable;
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
