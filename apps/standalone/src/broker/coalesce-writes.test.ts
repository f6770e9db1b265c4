import { Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { coalesceWrites } from "./coalesce-writes.ts";

test("packets that are written in different turns of the event loop share a write, in order, and none stays behind", async () => {
  const writes: string[] = [];
  const stream = new Writable({
    writev: (chunks, done) => {
      writes.push(chunks.map(({ chunk }) => String(chunk)).join(""));
      done();
    },
  });
  coalesceWrites(stream);
  for (const packet of "abcdefgh") {
    stream.cork();
    stream.write(packet);
    process.nextTick(() => stream.uncork());
    await new Promise((resolve) => setImmediate(resolve));
  }
  await sleep(20);
  expect(writes.join("")).toBe("abcdefgh");
  expect(writes.length).toBeLessThan(8);
});
