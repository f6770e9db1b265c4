import { fork } from "node:child_process";
import { mkdtemp, readdir, readlink, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { samples } from "@flotilla/samples";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { endlessLoop } from "../testing/hostile-models.ts";
import { explainExit } from "./explain-exit.ts";
import { runInChild } from "./run-in-child.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "flotilla-sandbox-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const limits = { memoryBytes: 1e9, wallClockMs: 20_000 };
const children = async (): Promise<string[]> => {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const links = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => "")));
  return links.filter((cwd) => cwd.startsWith(directory));
};

describe.runIf(process.platform === "linux")("a child in an endless loop", () => {
  test("is dead as soon as its signal is aborted, and the reason comes through", { timeout: 20_000 }, async () => {
    const path = join(directory, "loop.onnx");
    await writeFile(path, endlessLoop());
    const controller = new AbortController();
    const running = runInChild(
      "inspect-model",
      { path, fileName: "loop.onnx", sha256: "0".repeat(64), options: { layout: "nhwc" } },
      { limits, directory, signal: controller.signal },
    );
    await expect.poll(children, { timeout: 10_000 }).toHaveLength(1);
    const began = performance.now();
    controller.abort(new Error("cancelled by a person"));
    await expect(running).rejects.toThrow("cancelled by a person");
    expect(performance.now() - began).toBeLessThan(500);
    expect(await children()).toEqual([]);
  });

  test("does not outlive a worker that was killed with -9", { timeout: 30_000 }, async () => {
    const path = join(directory, "loop.onnx");
    await writeFile(path, endlessLoop());
    const worker = fork(fileURLToPath(new URL("../testing/run-endless.ts", import.meta.url)), [directory, path]);
    await expect.poll(children, { timeout: 10_000 }).toHaveLength(1);
    // Long enough to be inside the loop, where its event loop hears nothing.
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    worker.kill("SIGKILL");
    await expect.poll(children, { timeout: 4_000 }).toEqual([]);
  });

  test("is ended by its clock", { timeout: 20_000 }, async () => {
    const path = join(directory, "loop.onnx");
    await writeFile(path, endlessLoop());
    const options = { limits: { ...limits, wallClockMs: 2_000 }, directory, signal: new AbortController().signal };
    await expect(
      runInChild("inspect-model", { path, fileName: "loop.onnx", sha256: "0".repeat(64), options: { layout: "nhwc" } }, options),
    ).rejects.toMatchObject({
      code: "TIMED_OUT",
    });
    expect(await children()).toEqual([]);
  });
});

test("a child cannot write outside its directory", { timeout: 20_000 }, async () => {
  const outside = join(tmpdir(), `flotilla-outside-${process.pid}`);
  const request = {
    modelPath: samples.mnistCnn,
    recipe: { schemaVersion: 1 as const, name: "x", passes: [] },
    calibration: null,
    outputFile: outside,
    activationsFile: join(directory, "activations.json"),
  };
  await expect(runInChild("build-variant", request, { limits, directory, signal: new AbortController().signal })).rejects.toMatchObject({
    message: expect.stringContaining("restricted"),
  });
});

test("nothing is started for a signal that was aborted before", async () => {
  const run = runInChild(
    "inspect-data-set",
    { path: "x", fileName: "x" },
    { limits, directory, signal: AbortSignal.abort(new Error("too late")) },
  );
  await expect(run).rejects.toThrow("too late");
});

describe("explainExit", () => {
  const exit = { killed: null, code: null, signal: null, stderr: "", limits, subject: "model" } as const;
  test.each<[string, Partial<Parameters<typeof explainExit>[0]>, string, string]>([
    ["killed by us for memory", { killed: "memory", signal: "SIGKILL" }, "OUT_OF_MEMORY", "1000 MB"],
    ["killed by the system", { signal: "SIGKILL" }, "OUT_OF_MEMORY", "1000 MB"],
    [
      "V8's heap is full",
      { signal: "SIGABRT", stderr: "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory" },
      "OUT_OF_MEMORY",
      "CHILD_MEMORY_MB",
    ],
    ["killed by us for time", { killed: "clock", signal: "SIGKILL" }, "TIMED_OUT", "20 seconds"],
    ["processor time is used up", { signal: "SIGXCPU" }, "TIMED_OUT", "20 seconds"],
    ["a native crash", { signal: "SIGSEGV", stderr: "bad\nSegmentation fault" }, "CHILD_CRASHED", "by SIGSEGV: Segmentation fault"],
    ["an exit", { code: 7 }, "CHILD_CRASHED", "with exit code 7"],
  ])("%s", (_, change, code, words) => {
    expect(explainExit({ ...exit, ...change })).toMatchObject({ code, message: expect.stringContaining(words) });
  });
});
