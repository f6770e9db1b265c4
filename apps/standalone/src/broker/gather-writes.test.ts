import { Writable } from "node:stream";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { WriteGatherer } from "./gather-writes.ts";

function start(windowMs: number, highWaterMark = 1_000) {
  const writes: string[] = [];
  const stream = new Writable({
    highWaterMark,
    write: (chunk: Buffer, _encoding, done) => {
      writes.push(String(chunk));
      setImmediate(done);
    },
  });
  new WriteGatherer(windowMs).gather(stream);
  return { stream, writes };
}

/** As the MQTT library writes a packet. */
function writeParts(stream: Writable, packet: string): void {
  stream.cork();
  for (const part of packet) stream.write(part);
  process.nextTick(() => stream.uncork());
}

it("writes the parts of a packet, and the packets of a turn, at once", async () => {
  const { stream, writes } = start(0);
  writeParts(stream, "abc");
  writeParts(stream, "def");
  await sleep(5);
  writeParts(stream, "ghi");
  await sleep(5);
  expect(writes).toEqual(["abcdef", "ghi"]);
});

it("lets packets of several turns share a write, in order, and none stays behind", async () => {
  const { stream, writes } = start(1);
  for (const packet of "abcdefgh") {
    writeParts(stream, packet);
    await nextTurn();
  }
  await sleep(20);
  expect(writes.join("")).toBe("abcdefgh");
  expect(writes.length).toBeLessThan(8);
});

it("says where too much waits, and then that it has drained", async () => {
  const { stream, writes } = start(0, 4);
  expect(stream.write("abc")).toBe(true);
  expect(stream.write("d")).toBe(false);
  await new Promise<void>((resolve) => stream.once("drain", () => resolve()));
  expect(writes).toEqual(["abcd"]);
});
