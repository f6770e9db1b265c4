import { createLogger } from "@flotilla/logger";
import { describe, expect, it } from "vitest";
import { Batcher } from "./batcher.ts";

const away = new Error("the database is away");
const poison = new TypeError("poison");
const common = {
  name: "test",
  paceMs: 0,
  maxItems: 3,
  isPoison: (error: unknown) => error === poison,
  logger: createLogger("test", "silent"),
  retryMs: 1,
};

/** Refuses every batch that holds one of `poisons`; remembers what it applied and how often it was asked. */
function applier(poisons: readonly number[] = []) {
  const batches: number[][] = [];
  let calls = 0;
  const apply = async (items: readonly number[]): Promise<number[]> => {
    calls += 1;
    await Promise.resolve();
    if (items.some((item) => poisons.includes(item))) throw poison;
    batches.push([...items]);
    return items.map((item) => item * 2);
  };
  return { batches, apply, calls: () => calls };
}
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

describe("Batcher", () => {
  it("applies everything in order, in batches of at most maxItems, one at a time, and answers each with its own result", async () => {
    const { batches, apply } = applier();
    let running = 0;
    const batcher = new Batcher<number, number>({
      ...common,
      apply: async (items) => {
        running += 1;
        expect(running).toBe(1);
        const results = await apply(items);
        running -= 1;
        return results;
      },
    });
    expect(await Promise.all(upTo(10).map((item) => batcher.add(item)))).toEqual(upTo(10).map((item) => item * 2));
    expect(batches).toEqual([[0, 1, 2], [3, 4, 5], [6, 7, 8], [9]]);
  });

  it("begins batches no closer than its pace, so that they grow, and a quiet one at once", async () => {
    const began: number[] = [];
    const batcher = new Batcher<number>({
      ...common,
      paceMs: 40,
      apply: async () => {
        began.push(performance.now());
        return [];
      },
    });
    const asked = performance.now();
    await Promise.all(upTo(7).map((item) => batcher.add(item)));
    const [first = 0, second = 0, third = 0] = began;
    expect(first - asked).toBeLessThan(30);
    for (const gap of [second - first, third - second]) expect(gap).toBeGreaterThan(38);
  });

  it("drops only what fails by itself, with a number of attempts that grows as a logarithm", async () => {
    const { batches, apply, calls } = applier([700]);
    const batcher = new Batcher<number, number>({ ...common, maxItems: 1_024, apply });
    const results = await Promise.all(upTo(1_000).map((item) => batcher.add(item)));
    expect(batches.flat()).toEqual(upTo(1_000).filter((item) => item !== 700));
    expect([results[699], results[700], results[701]]).toEqual([1_398, null, 1_402]);
    expect(batcher.dropped).toBe(1);
    expect(calls()).toBeLessThan(25);
  });

  it("gives an item that failed alone a second chance", async () => {
    let first = true;
    const batcher = new Batcher<number, number>({
      ...common,
      apply: async (items) => {
        if (first) {
          first = false;
          throw poison;
        }
        return items;
      },
    });
    expect(await batcher.add(5)).toBe(5);
    expect(batcher.dropped).toBe(0);
  });

  it("keeps everything, in order, while nothing can be applied, also in the middle of looking for a poisoned item", async () => {
    const applied: number[] = [];
    let calls = 0;
    const batcher = new Batcher<number>({
      ...common,
      maxItems: 4,
      apply: async (items) => {
        calls += 1;
        if (calls < 8 && calls % 2 === 0) throw away;
        if (items.includes(2)) throw poison;
        applied.push(...items);
        return [];
      },
    });
    await Promise.all(upTo(6).map((item) => batcher.add(item)));
    expect(applied).toEqual([0, 1, 3, 4, 5]);
    expect(batcher.dropped).toBe(1);
  });
});
