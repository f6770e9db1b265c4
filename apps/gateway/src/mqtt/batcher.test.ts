import { createLogger } from "@flotilla/logger";
import { describe, expect, it } from "vitest";
import { Batcher } from "./batcher.ts";

const logger = createLogger("test", "silent");
const common = { name: "test", delayMs: 0, maxItems: 3, highWater: 100, logger, retryMs: 1 };

describe("Batcher", () => {
  it("applies everything in order, in batches of at most maxItems, one at a time", async () => {
    const batches: number[][] = [];
    let running = 0;
    const batcher = new Batcher<number>({
      ...common,
      apply: async (items) => {
        running += 1;
        expect(running).toBe(1);
        await Promise.resolve();
        batches.push([...items]);
        running -= 1;
      },
    });
    for (let item = 0; item < 10; item += 1) await batcher.add(item);
    await batcher.flush();
    expect(batches.flat()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(Math.max(...batches.map((batch) => batch.length))).toBe(3);
  });

  it("drops only the item that fails by itself", async () => {
    const applied: number[] = [];
    const batcher = new Batcher<number>({
      ...common,
      apply: async (items) => {
        if (items.includes(2)) throw new Error("poison");
        applied.push(...items);
      },
    });
    for (const item of [1, 2, 3, 4]) await batcher.add(item);
    await batcher.flush();
    expect(applied).toEqual([1, 3, 4]);
    expect(batcher.dropped).toBe(1);
  });

  it("keeps everything, in order, while nothing can be applied", async () => {
    const applied: number[] = [];
    let failures = 8;
    const batcher = new Batcher<number>({
      ...common,
      apply: async (items) => {
        if (failures-- > 0) throw new Error("the database is away");
        applied.push(...items);
      },
    });
    for (const item of [1, 2, 3, 4, 5]) await batcher.add(item);
    await batcher.flush();
    expect(applied).toEqual([1, 2, 3, 4, 5]);
    expect(batcher.dropped).toBe(0);
  });

  it("makes the sender wait at the high-water mark", async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const batcher = new Batcher<number>({ ...common, highWater: 5, apply: async () => await held });
    const sent: number[] = [];
    const sender = (async () => {
      for (let item = 0; item < 12; item += 1) {
        await batcher.add(item);
        sent.push(item);
      }
    })();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(sent.length).toBeLessThan(12);
    release();
    await sender;
    await batcher.flush();
    expect(sent.length).toBe(12);
  });
});
