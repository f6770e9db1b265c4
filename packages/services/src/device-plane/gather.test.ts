import { describe, expect, it } from "vitest";
import { Gather } from "./gather.ts";

/** Statements that end when told to. */
function manual() {
  const calls: { keys: readonly number[]; end: (error?: Error) => void }[] = [];
  const gather = new Gather<number, string>(
    async (keys) =>
      await new Promise((resolve, reject) =>
        calls.push({ keys, end: (error) => (error === undefined ? resolve(keys.map((key) => `v${key}`)) : reject(error)) }),
      ),
  );
  return { calls, gather };
}
const turn = async () => await new Promise((resolve) => setImmediate(resolve));

describe("Gather", () => {
  it("shares one statement between callers of one turn, each with its own answer", async () => {
    const { calls, gather } = manual();
    const asked = [gather.ask(1), gather.ask(2), gather.ask(1)];
    await turn();
    expect(calls.map(({ keys }) => keys)).toEqual([[1, 2, 1]]);
    calls[0]?.end();
    expect(await Promise.all(asked)).toEqual(["v1", "v2", "v1"]);
  });

  it("never answers with a statement that began before the question", async () => {
    const { calls, gather } = manual();
    const first = gather.ask(1);
    await turn();
    const late = gather.ask(1);
    calls[0]?.end();
    await first;
    await turn();
    expect(calls).toHaveLength(2);
    calls[1]?.end();
    expect(await late).toBe("v1");
  });

  it("fails those of the statement that failed, and goes on", async () => {
    const { calls, gather } = manual();
    const failed = gather.ask(1);
    await turn();
    const next = gather.ask(2);
    calls[0]?.end(new Error("away"));
    await expect(failed).rejects.toThrow("away");
    await turn();
    calls[1]?.end();
    expect(await next).toBe("v2");
  });
});
