import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLogger } from "@flotilla/logger";
import { afterAll, describe, expect, it } from "vitest";
import type { StateBody } from "../core/effect.ts";
import { nodeFileSystem } from "../ports/file-system.ts";
import { type MetricsBody, Spool } from "./spool.ts";

const root = await mkdtemp(join(tmpdir(), "agent-spool-"));
afterAll(async () => await rm(root, { recursive: true, force: true }));

const FIRST = "00000000-0000-4000-8000-000000000001";
const SECOND = "00000000-0000-4000-8000-000000000002";
const state: StateBody = { seq: 1, phase: "ACTIVE", releaseId: null, variantSha256: null, running: null, standby: null };
const metrics: MetricsBody = {
  windowSeconds: 1,
  releaseId: null,
  inferenceCount: 0,
  errorCount: 0,
  latencyHistogram: Array.from({ length: 15 }, () => 0),
  latencyP50Ms: null,
  latencyP95Ms: null,
  memoryBytes: 1,
  temperatureC: null,
  classCounts: {},
  meanConfidence: null,
};
let time = 1_800_000_000_000;

async function open(directory: string, bootId: string, fs = nodeFileSystem): Promise<Spool> {
  const spool = new Spool({
    fs,
    directory,
    bootId,
    earlierBoots: () => (bootId === SECOND ? [FIRST] : []),
    clock: () => new Date(time++),
    logger: createLogger("test", "silent"),
    maxMetrics: 3,
    maxLogs: 2,
    onAppend: () => undefined,
  });
  await spool.start();
  return spool;
}

it("leaves no file of a report that was sent before its file was written", async () => {
  const directory = join(root, "sent at once");
  const spool = await open(directory, "boot-1");
  const appended = spool.appendState(state, true);
  await spool.remove(spool.peek(1));
  await appended;
  expect(await readdir(directory)).toEqual([]);
});

it("does not take a folder that cannot be read for an empty one: names would be given out again, over reports that nobody has heard", async () => {
  const directory = join(root, "unreadable");
  await (await open(directory, "boot-1")).appendState(state, true);
  const readdir = async (): Promise<never> => await Promise.reject(Object.assign(new Error("EIO"), { code: "EIO" }));
  await expect(open(directory, "boot-2", { ...nodeFileSystem, readdir })).rejects.toMatchObject({ code: "EIO" });
});

describe("spool", () => {
  it("keeps unsent reports over a restart, oldest first, under their own boot", async () => {
    const directory = join(root, "restart");
    const before = await open(directory, FIRST);
    await before.appendState(state, true);
    await before.appendMetrics(metrics);
    const again = await open(directory, SECOND);
    await again.appendState({ ...state, seq: 2 }, true);
    expect(again.peek(9).map((report) => [report.bootId.at(-1), report.n, report.kind])).toEqual([
      ["1", 0, "state"],
      ["1", 1, "metrics"],
      ["2", 0, "state"],
    ]);
    expect(again.peek(9)[0]).not.toHaveProperty("earlierBootIds");
    expect(again.peek(9)[2]).toMatchObject({ earlierBootIds: [FIRST] });
    await again.remove(again.peek(2));
    expect(await readdir(directory)).toHaveLength(1);
  });

  it("is bounded: the oldest metrics and log lines go, states and security reports never", async () => {
    const spool = await open(join(root, "bounded"), "00000000-0000-4000-8000-000000000003");
    for (let index = 0; index < 10; index += 1) {
      await spool.appendState({ ...state, seq: index }, true);
      await spool.appendMetrics({ ...metrics, inferenceCount: index });
    }
    await spool.appendSecurity({ reason: { code: "DIGEST_MISMATCH", message: "x" }, releaseId: null });
    for (let index = 0; index < 5; index += 1)
      await spool.appendLog({ lines: [{ at: "2026-01-01T00:00:00Z", level: "error", message: String(index) }] });
    const kept = spool.peek(99);
    expect(kept.flatMap((report) => (report.kind === "log" ? [report.lines[0]?.message] : []))).toEqual(["3", "4"]);
    expect(kept.filter((report) => report.kind === "state")).toHaveLength(10);
    expect(kept.filter((report) => report.kind === "security")).toHaveLength(1);
    expect(kept.flatMap((report) => (report.kind === "metrics" ? [report.inferenceCount] : []))).toEqual([7, 8, 9]);
  });

  it("lets a newer state replace progress that was never sent", async () => {
    const spool = await open(join(root, "progress"), "00000000-0000-4000-8000-000000000004");
    await spool.appendState({ ...state, phase: "DOWNLOADING", progress: 0.1 }, false);
    await spool.appendState({ ...state, phase: "DOWNLOADING", progress: 0.2 }, false);
    expect(spool.peek(9)).toHaveLength(1);
    await spool.appendState(state, true);
    expect(spool.peek(9)).toMatchObject([{ phase: "ACTIVE", n: 2 }]);
  });

  it("deletes a file that was torn by a power cut", async () => {
    const directory = join(root, "torn");
    await (await open(directory, "00000000-0000-4000-8000-000000000005")).appendState(state, true);
    await writeFile(join(directory, "000000000000001-000000000-state.json"), '{"kind":"sta');
    expect((await open(directory, "00000000-0000-4000-8000-000000000006")).size).toBe(1);
    expect(await readdir(directory)).toHaveLength(1);
  });
});
