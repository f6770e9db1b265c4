import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import { SessionQueues } from "./session-queues.ts";

const ME = "service:gateway";
const queued = (queues: SessionQueues, from: number, to: number) => {
  for (let brokerCounter = from; brokerCounter <= to; brokerCounter += 1) queues.enqueue(ME, { brokerCounter });
};

/** Sends what the drain gives, as the broker does: announces it under an identifier and then writes it. */
async function send(queues: SessionQueues, onSent: (counter: number) => void = () => undefined): Promise<number[]> {
  const sent: number[] = [];
  for await (const packet of queues.drain(ME) as AsyncIterable<{ brokerCounter: number }>) {
    queues.update(ME, { brokerCounter: packet.brokerCounter, messageId: 1_000 + packet.brokerCounter });
    sent.push(packet.brokerCounter);
    onSent(packet.brokerCounter);
  }
  return sent;
}

test("what comes while the backlog is sent goes behind it, and nothing is sent besides until the end is reached", async () => {
  const queues = new SessionQueues();
  queued(queues, 1, 3);
  queues.restore(ME);
  expect(queues.isDraining(ME)).toBe(true);
  queued(queues, 4, 4);
  const sent = await send(queues, (counter) => {
    expect(queues.isDraining(ME)).toBe(true);
    if (counter === 4) queued(queues, 5, 6);
  });
  expect(sent).toEqual([1, 2, 3, 4, 5, 6]);
  expect(queues.isDraining(ME)).toBe(false);
});

test("what was acknowledged is gone; the rest is sent again, under new identifiers, when the client is back", async () => {
  const queues = new SessionQueues();
  queued(queues, 1, 4);
  await send(queues);
  expect(queues.clear(ME, 1_002)).toMatchObject({ brokerCounter: 2 });
  expect(queues.clear(ME, 1_002)).toBeUndefined();
  expect(await send(queues)).toEqual([1, 3, 4]);
  expect(queues.sizeOf(ME)).toBe(3);
});

test("a repetition that was dropped, and so has no identifier, deletes nothing", () => {
  const queues = new SessionQueues();
  queued(queues, 1, 2);
  expect(queues.clear(ME, undefined)).toBeUndefined();
  expect(queues.sizeOf(ME)).toBe(2);
});

test("a drain whose connection was lost does not disturb the next one", async () => {
  const queues = new SessionQueues();
  queued(queues, 1, 3);
  const lost = queues.drain(ME);
  lost.read();
  await nextTurn();
  lost.destroy();
  expect(await send(queues)).toEqual([1, 2, 3]);
});

test("a client without a session has nothing to drain, and leaves nothing behind", async () => {
  const queues = new SessionQueues();
  expect(await queues.drain("device").toArray()).toEqual([]);
  expect(queues.isDraining("device")).toBe(false);
});
