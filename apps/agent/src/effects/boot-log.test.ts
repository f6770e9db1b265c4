import { MAX_EARLIER_BOOTS } from "@flotilla/contracts";
import { createLogger } from "@flotilla/logger";
import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { type FileSystem, nodeFileSystem } from "../ports/file-system.ts";
import type { Timers } from "../ports/timers.ts";
import { BootLog } from "./boot-log.ts";

const root = await mkdtemp(join(tmpdir(), "agent-boots-"));
afterAll(async () => await rm(root, { recursive: true, force: true }));

/** Runs what was planned when told to. */
class Later implements Timers {
  #acts: (() => void)[] = [];
  monotonicMs = (): number => 0;

  after(_delayMs: number, act: () => void) {
    this.#acts.push(act);
    return { cancel: () => undefined, unref: () => undefined };
  }

  run(): void {
    for (const act of this.#acts.splice(0)) act();
  }
}

function open(boots: string, timers: Timers = new Later(), fs: FileSystem = nodeFileSystem, bootId: string = randomUUID()): BootLog {
  return new BootLog({ paths: { fs, boots }, bootId, logger: createLogger("test", "silent"), timers });
}

it("names the starts before this one, newest first, and no more than a report may", async () => {
  const file = join(root, "many.json");
  const ids = Array.from({ length: MAX_EARLIER_BOOTS + 3 }, () => randomUUID());
  for (const id of ids) {
    const log = open(file, new Later(), nodeFileSystem, id);
    await log.read();
    await log.write();
    expect(log.isWritten).toBe(true);
  }
  const log = open(file);
  await log.read();
  expect(log.earlier).toEqual(ids.toReversed().slice(0, MAX_EARLIER_BOOTS));
});

it.each(["", "{}", '["x"', '["no id"]'])("takes %j for a log without a start", async (text) => {
  const file = join(root, "garbage.json");
  await writeFile(file, text);
  const log = open(file);
  await log.read();
  expect(log.earlier).toEqual([]);
});

it("is not written on a disk that takes nothing, and tries again until it is", async () => {
  let isFull = true;
  const full: FileSystem = {
    ...nodeFileSystem,
    open: async (...call) => {
      if (isFull) throw Object.assign(new Error("ENOSPC"), { code: "ENOSPC" });
      return await nodeFileSystem.open(...call);
    },
  };
  const timers = new Later();
  const log = open(join(root, "full.json"), timers, full);
  await log.read();
  await log.write();
  timers.run();
  expect(log.isWritten).toBe(false);
  isFull = false;
  timers.run();
  await expect.poll(() => log.isWritten).toBe(true);
});
