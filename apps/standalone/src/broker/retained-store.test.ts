import { describe, expect, it } from "vitest";
import { RetainedStore } from "./retained-store.ts";

function storeWith(count: number): RetainedStore {
  const store = new RetainedStore();
  for (let index = 0; index < count; index += 1) store.store({ topic: `d/${index}/hint`, payload: Buffer.from("1") });
  return store;
}

async function topics(store: RetainedStore, filters: string[]): Promise<string[]> {
  const packets = (await store.stream(filters).toArray()) as { topic: string }[];
  return packets.map((packet) => packet.topic);
}

/** Median milliseconds of 50 subscriptions to one exact topic. */
async function subscribeMs(store: RetainedStore): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < 50; run += 1) {
    const startedAt = performance.now();
    await topics(store, [`d/${run}/hint`]);
    times.push(performance.now() - startedAt);
  }
  return times.sort((a, b) => a - b)[25]!;
}

describe("RetainedStore", () => {
  it("finds exact topics, wildcards, and both together", async () => {
    const store = storeWith(3);
    expect(await topics(store, ["d/1/hint"])).toEqual(["d/1/hint"]);
    expect(await topics(store, ["d/9/hint"])).toEqual([]);
    expect((await topics(store, ["d/+/hint"])).sort()).toEqual(["d/0/hint", "d/1/hint", "d/2/hint"]);
    expect((await topics(store, ["d/1/hint", "d/#"])).length).toBe(4);
  });

  it("forgets a topic whose retained message is deleted", async () => {
    const store = storeWith(2);
    store.store({ topic: "d/1/hint", payload: Buffer.alloc(0) });
    expect(await topics(store, ["d/1/hint"])).toEqual([]);
    expect(await topics(store, ["d/+/hint"])).toEqual(["d/0/hint"]);
  });

  it("does not take longer to subscribe when 200 times as many messages are retained", async () => {
    const few = storeWith(100);
    const many = storeWith(20_000);
    await subscribeMs(few);
    const fewMs = await subscribeMs(few);
    const manyMs = await subscribeMs(many);
    // A scan is about 200 times slower; the margin of 10 is for a busy machine.
    expect(manyMs).toBeLessThan(fewMs * 10);
  });
});
