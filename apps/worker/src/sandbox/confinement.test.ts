import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { samples } from "@flotilla/samples";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { HostileQuestion } from "../testing/hostile-child.ts";
import { type Confinement, confinementFor } from "./confinement.ts";
import { handOver } from "./hand-over.ts";
import { runInChild } from "./run-in-child.ts";
import { spawnChild } from "./spawn-child.ts";

const limits = { memoryBytes: 1e9, wallClockMs: 20_000 };
const HOSTILE = fileURLToPath(new URL("../testing/hostile-child.ts", import.meta.url));
const isRoot = process.getuid?.() === 0;

let root: string;
let server: Server;
let port: number;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "flotilla-confinement-"));
  // As the worker's own folder for temporary files is.
  await chmod(root, 0o755);
  server = createServer((socket) => socket.end());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  port = (server.address() as { port: number }).port;
});
afterAll(async () => {
  server.close();
  await rm(root, { recursive: true, force: true });
});

async function workDirectory(name: string): Promise<string> {
  const directory = join(root, name);
  await mkdir(directory, { mode: 0o700 });
  return directory;
}

/** A child that was taken over, and what it got away with. */
async function askHostile(runsModels: boolean): Promise<{ tried: Record<string, unknown>; confinement: Confinement }> {
  const name = randomUUID();
  const directory = await workDirectory(name);
  const { confinement } = await handOver("inspect-data-set", { path: samples.mnistCnn, fileName: "x" }, directory);
  const secretsDirectory = join(root, `secrets-${name}`);
  await mkdir(secretsDirectory, { mode: 0o700 });
  const secretFile = join(secretsDirectory, "release-signing-key.pem");
  await writeFile(secretFile, "secret", { mode: 0o600 });
  const question: HostileQuestion = {
    secretsDirectory,
    secretFile,
    outsideFile: join(root, "outside"),
    addon: createRequire(import.meta.url).resolve("onnxruntime-node"),
    port,
    workerPid: process.pid,
  };
  const child = spawnChild({ directory, limits, readable: [], runsModels, confinement, entry: HOSTILE });
  try {
    child.send(question);
    const [tried] = (await once(child, "message")) as [Record<string, unknown>];
    return { tried, confinement };
  } finally {
    child.kill("SIGKILL");
  }
}

describe("a handler that a file has taken over", () => {
  test("reads neither the secrets nor anything else outside, writes nothing there, starts nothing", { timeout: 20_000 }, async () => {
    const { tried } = await askHostile(false);
    expect(tried).toMatchObject({
      readsSecret: "ERR_ACCESS_DENIED",
      listsSecrets: "ERR_ACCESS_DENIED",
      readsWorkersEnvironment: "ERR_ACCESS_DENIED",
      readsAccounts: "ERR_ACCESS_DENIED",
      linksToSecret: "ERR_ACCESS_DENIED",
      writesOutside: "ERR_ACCESS_DENIED",
      startsProcess: "ERR_ACCESS_DENIED",
      startsThread: "ERR_ACCESS_DENIED",
      loadsAddon: "ERR_DLOPEN_DISABLED",
      writesHere: "done",
    });
  });

  test("of a worker that is root is another user, in no group of root's", { timeout: 20_000 }, async ({ skip }) => {
    skip(!isRoot, "only root can change the user");
    const { tried, confinement } = await askHostile(true);
    expect(confinement.uid).toBeGreaterThan(0);
    expect(tried).toMatchObject({ uid: confinement.uid, groups: [confinement.uid], readsSecret: "ERR_ACCESS_DENIED" });
  });

  test("has no network, where the system has user namespaces", { timeout: 20_000 }, async ({ skip }) => {
    skip(confinementFor(root).prefix.length === 0, "this system gives none to this user");
    const { tried } = await askHostile(true);
    expect(tried["opensSocket"]).toBe("ENETUNREACH");
  });
});

describe.runIf(isRoot)("what a child of another user gets", () => {
  test("a file that only the worker may read comes as a copy, once for a directory; one that everybody may read is read where it is", async () => {
    const directory = await workDirectory("copies");
    const hidden = join(await workDirectory("blobs"), "model");
    await writeFile(hidden, "bytes", { mode: 0o640 });
    const request = {
      modelPath: samples.mnistCnn,
      data: { kind: "npy" as const, path: hidden, labelsPath: null, preprocessing: null },
      count: 1,
    };
    const handed = await handOver("golden-set", request, directory);
    expect(handed.request.modelPath).toBe(samples.mnistCnn);
    expect(handed.readable).toEqual([samples.mnistCnn]);
    const copy = handed.request.data.path;
    expect(copy.startsWith(`${directory}/input-`)).toBe(true);
    expect([await readFile(copy, "utf8"), (await stat(copy)).mode & 0o777]).toEqual(["bytes", 0o444]);
    await writeFile(hidden, "changed");
    expect((await handOver("golden-set", request, directory)).request.data.path).toBe(copy);
    expect(await readFile(copy, "utf8")).toBe("bytes");
  });

  test("where it could not reach its directory it keeps the worker's user, and the job runs all the same", {
    timeout: 20_000,
  }, async () => {
    const closed = await workDirectory("closed");
    const directory = join(closed, "work");
    await mkdir(directory, { mode: 0o700 });
    expect(confinementFor(directory).uid).toBeNull();
    const options = { layout: "nhwc" as const };
    const request = { path: samples.mnistCnn, fileName: "m.onnx", sha256: "0".repeat(64), options };
    const { inspection } = await runInChild("inspect-model", request, { limits, directory, signal: new AbortController().signal });
    expect(inspection.format).toBe("onnx");
  });
});
