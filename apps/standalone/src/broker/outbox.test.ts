import { Duplex } from "node:stream";
import fc from "fast-check";
import { parser } from "mqtt-packet";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Outbox, type OutboxLimits } from "./outbox.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

interface Received {
  id: number;
  /** The message's number: what its payload says. */
  n: number;
  dup: boolean;
}

/** The gateway's side of a connection: reads what the broker writes with the MQTT library. */
function connection() {
  const received: Received[] = [];
  const read = parser({ protocolVersion: 4 });
  read.on("packet", (packet) => {
    if (packet.cmd === "publish") received.push({ id: packet.messageId ?? 0, n: Number(packet.payload.toString()), dup: packet.dup });
  });
  const stream = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => {
      read.parse(chunk);
      done();
    },
  });
  return { stream, received };
}

function start(limits: OutboxLimits = { window: 10, capacity: 100 }) {
  const outbox = new Outbox(limits);
  let n = 0;
  const put = (count: number): void => {
    for (let i = 0; i < count; i += 1) outbox.enqueue({ topic: "flotilla/v1/d/x/up/state", payload: String(n++), retain: false });
  };
  return { outbox, put };
}

const settle = (): void => void vi.advanceTimersByTime(1_000);
const numbers = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

test("sends a window and, with every acknowledgement, what comes next in order", () => {
  const { outbox, put } = start();
  const { stream, received } = connection();
  outbox.attach(stream);
  put(25);
  settle();
  expect(received.map(({ n }) => n)).toEqual(numbers(0, 9));
  for (const { id } of received.slice(0, 3)) outbox.acknowledge(id);
  settle();
  expect(received.map(({ n }) => n)).toEqual(numbers(0, 12));
  expect(outbox.size).toBe(22);
});

test("more messages than MQTT has identifiers: each acknowledgement means one of them, and none is left behind", () => {
  const { outbox, put } = start({ window: 60_000, capacity: 200_000 });
  const { stream, received } = connection();
  outbox.attach(stream);
  put(100_000);
  for (let at = 0; at < 100_000; ) {
    settle();
    const fresh = received.slice(at).map(({ id }) => id);
    expect(fresh.length).toBeGreaterThan(0);
    expect(new Set(fresh).size).toBe(fresh.length);
    for (const id of fresh) outbox.acknowledge(id);
    at += fresh.length;
  }
  expect(received.map(({ n }) => n)).toEqual(numbers(0, 99_999));
  expect(outbox.size).toBe(0);
});

test("an identifier that is still in use when the numbers have gone round is passed over", () => {
  const { outbox, put } = start({ window: 5_000, capacity: 200_000 });
  const { stream, received } = connection();
  outbox.attach(stream);
  put(70_000);
  const [oldest] = (settle(), received);
  for (let at = 1; at < 70_000; settle()) for (const { id } of received.slice(at, (at += 4_999))) outbox.acknowledge(id);
  expect(received.slice(1).some(({ id }) => id === oldest?.id)).toBe(false);
  expect(outbox.size).toBe(1);
});

test("after a lost connection what was not acknowledged is sent again first, under its identifier and marked", () => {
  const { outbox, put } = start();
  const lost = connection();
  outbox.attach(lost.stream);
  put(12);
  settle();
  for (const { id } of lost.received.slice(0, 4)) outbox.acknowledge(id);
  lost.stream.emit("close");
  put(1);
  settle();
  const next = connection();
  outbox.attach(next.stream);
  settle();
  expect(next.received.map(({ n }) => n)).toEqual(numbers(4, 12));
  expect(next.received.slice(0, 6)).toEqual(lost.received.slice(4).map((message) => ({ ...message, dup: true })));
  expect(next.received.slice(6).some(({ dup }) => dup)).toBe(false);
});

test("publishers are held once too much waits, and let in in their turn as it gets less", () => {
  const { outbox, put } = start({ window: 10, capacity: 20 });
  const { stream, received } = connection();
  put(20);
  const admitted: number[] = [];
  for (const who of [1, 2, 3]) outbox.admit(() => void admitted.push(who));
  settle();
  expect(admitted).toEqual([]);
  outbox.attach(stream);
  settle();
  for (const { id } of received.slice(0, 2)) outbox.acknowledge(id);
  vi.advanceTimersByTime(20);
  expect(admitted).toEqual([1, 2]);
  for (const { id } of received.slice(2, 4)) outbox.acknowledge(id);
  settle();
  outbox.admit(() => void admitted.push(4));
  expect(admitted).toEqual([1, 2, 3, 4]);
});

test("whatever is put, acknowledged and lost: in order, at most a window at once, and in the end everything", () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant("put" as const), count: fc.integer({ min: 1, max: 30 }) }),
    fc.record({ kind: fc.constant("acknowledge" as const), count: fc.integer({ min: 1, max: 15 }) }),
    fc.record({ kind: fc.constant("reconnect" as const), count: fc.constant(0) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const { outbox, put } = start();
      let { stream, received } = connection();
      outbox.attach(stream);
      const done = new Set<number>();
      let total = 0;
      const acknowledge = (count: number): void => {
        for (const { id, n } of received.filter((message) => !done.has(message.n)).slice(0, count)) {
          outbox.acknowledge(id);
          done.add(n);
        }
      };
      for (const { kind, count } of steps) {
        if (kind === "put") put(count);
        if (kind === "put") total += count;
        if (kind === "acknowledge") acknowledge(count);
        if (kind === "reconnect") {
          stream.emit("close");
          ({ stream, received } = connection());
          outbox.attach(stream);
        }
        settle();
        expect(outbox.inFlight).toBeLessThanOrEqual(10);
        expect(outbox.size).toBe(total - done.size);
        const sent = received.map(({ n }) => n);
        expect(sent).toEqual(sent.toSorted((a, b) => a - b));
      }
      while (outbox.size > 0) {
        acknowledge(10);
        settle();
      }
      expect([...done].toSorted((a, b) => a - b)).toEqual(numbers(0, total - 1));
    }),
    { numRuns: 100 },
  );
});
