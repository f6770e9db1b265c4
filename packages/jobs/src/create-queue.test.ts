import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { JobPayload } from "@flotilla/contracts";
import { createTestDatabase, type TestDatabase } from "@flotilla/db/testing";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createQueue, type Queue } from "./index.ts";

const payload = (n: number): JobPayload<"optimise"> => ({
  organisationId: "00000000-0000-4000-8000-000000000000",
  jobId: `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`,
});

let database: TestDatabase;
const queues: Queue[] = [];

async function openQueue(): Promise<Queue> {
  const queue = createQueue({ url: database.url });
  await queue.start();
  queues.push(queue);
  return queue;
}

beforeAll(async () => {
  database = await createTestDatabase();
}, 60_000);
afterEach(async () => {
  await Promise.all(queues.splice(0).map((queue) => queue.stop()));
}, 20_000);
afterAll(() => database?.close());

describe("a queue", () => {
  test("runs a job once the transaction that enqueued it has committed", async () => {
    const queue = await openQueue();
    const taken: string[] = [];
    await queue.work("optimise", async ({ jobId }) => void taken.push(jobId));
    await database.db.transaction(async (tx) => {
      await queue.enqueue(tx, "optimise", payload(1));
      await new Promise((resolve) => setTimeout(resolve, 1_200));
      expect(taken).toEqual([]);
    });
    await expect.poll(() => taken, { timeout: 3_000 }).toEqual([payload(1).jobId]);
  });

  test("never sees a job whose transaction was rolled back", async () => {
    const queue = await openQueue();
    const taken: string[] = [];
    await queue.work("validate", async ({ jobId }) => void taken.push(jobId));
    const rolledBack = database.db.transaction(async (tx) => {
      await queue.enqueue(tx, "validate", payload(2));
      throw new Error("no");
    });
    await expect(rolledBack).rejects.toThrow("no");
    await database.db.transaction(async (tx) => void (await queue.enqueue(tx, "validate", payload(3))));
    await expect.poll(() => taken, { timeout: 3_000 }).toEqual([payload(3).jobId]);
  });

  test("refuses a payload that does not fit its schema", async () => {
    const queue = await openQueue();
    const wrong = { organisationId: "x", jobId: "y" };
    await expect(database.db.transaction((tx) => queue.enqueue(tx, "optimise", wrong))).rejects.toMatchObject({ code: "INVALID_INPUT" });
  });

  test("hands the job of a stopping process to another at once", async () => {
    const [first, second] = [await openQueue(), await openQueue()];
    const events: string[] = [];
    await first.work("optimise", async (_, { signal }) => {
      events.push("first began");
      await once(signal, "abort");
      events.push("first stopped");
      throw new Error("stopped");
    });
    await database.db.transaction(async (tx) => void (await first.enqueue(tx, "optimise", payload(4))));
    await expect.poll(() => events, { timeout: 3_000 }).toEqual(["first began"]);
    await second.work("optimise", async (_, { attempt }) => void events.push(`second finished, attempt ${attempt}`));
    await first.stop();
    await expect.poll(() => events, { timeout: 4_000 }).toEqual(["first began", "first stopped", "second finished, attempt 2"]);
  }, 15_000);

  test("takes the job of a worker killed with -9 up again within 15 s", async () => {
    const queue = await openQueue();
    const victim = fork(fileURLToPath(new URL("./testing/hanging-worker.ts", import.meta.url)), [database.url]);
    await once(victim, "message");
    await database.db.transaction(
      async (tx) =>
        void (await queue.enqueue(tx, "build-release", { organisationId: payload(0).organisationId, releaseId: payload(5).jobId })),
    );
    await once(victim, "message");
    victim.kill("SIGKILL");
    const killedAt = Date.now();
    const attempts: number[] = [];
    await queue.work("build-release", async (_, { attempt }) => void attempts.push(attempt));
    await expect.poll(() => attempts, { timeout: 20_000, interval: 200 }).toEqual([2]);
    expect(Date.now() - killedAt).toBeLessThan(15_000);
  }, 40_000);
});
