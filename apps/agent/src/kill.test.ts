import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AgentProcess, eventually, reached } from "../test/agent-process.ts";
import { DeviceServer } from "../test/device-server.ts";
import { assign, makeRelease, type Release, testImages } from "../test/make-release.ts";

/** One part of a download, see download-file.ts. */
const PART_BYTES = 1 << 20;
const BIG = 6 * PART_BYTES;

const root = await mkdtemp(join(tmpdir(), "agent-kill-"));
const data = join(root, "device");
const { images } = await testImages();

let server: DeviceServer;
let agent: AgentProcess;
let running: Release;
let counter = 1;
let seq = 1;

beforeAll(async () => {
  server = await DeviceServer.start(join(root, "server"));
  running = await makeRelease({ counter });
  assign(server, running, seq);
  agent = await AgentProcess.start(server, data);
  await reached(server, seq, "ACTIVE", agent);
});

afterAll(async () => {
  await agent.kill();
  await server.stop();
  await rm(root, { recursive: true, force: true });
});

async function next(padBytes = 0): Promise<Release> {
  counter += 1;
  seq += 1;
  const release = await makeRelease({ model: counter % 2 === 0 ? "mnistMobilenet" : "mnistCnn", counter, padBytes: padBytes + counter });
  assign(server, release, seq);
  return release;
}

describe("kill -9 in the middle of an update", () => {
  it("while downloading: goes on where it was, and at most one part is fetched twice", async () => {
    server.bytesPerSecond = 4 * PART_BYTES;
    const release = await next(BIG);
    const partial = join(data, "downloads", `${release.variantSha256}.partial`);
    for (const wanted of [PART_BYTES, 3 * PART_BYTES]) {
      await eventually(async () => ((await stat(partial)).size > wanted ? true : null));
      await agent.kill();
      agent = await AgentProcess.start(server, data);
      expect((await eventually(async () => await agent.infer(images[0]!))).variantSha256).toBe(running.variantSha256);
    }
    server.bytesPerSecond = Number.POSITIVE_INFINITY;
    await reached(server, seq, "ACTIVE", agent);
    const size = release.files.get(release.variantSha256)!.length;
    expect(server.sentBytes.get(release.variantSha256)).toBeGreaterThanOrEqual(size);
    expect(server.sentBytes.get(release.variantSha256)).toBeLessThanOrEqual(size + 2 * PART_BYTES);
    running = release;
  });

  it.each(["VERIFYING", "STAGED", "ACTIVATING", "PROBING"] as const)(
    "while %s: the old release serves at once, the update ends, no byte is fetched twice",
    async (phase) => {
      await agent.kill();
      agent = await AgentProcess.start(server, data, { hold: phase });
      await eventually(async () => (await agent.infer(images[0]!)).status === 200 || null);
      const release = await next();
      await eventually(() => (agent.log.includes(`"phase":"${phase}","msg":"held here`) ? true : null));
      expect((await agent.infer(images[0]!)).variantSha256).toBe(running.variantSha256);
      await agent.kill();

      const before = server.totalSent();
      server.reports.length = 0;
      agent = await AgentProcess.start(server, data);
      expect((await eventually(async () => await agent.infer(images[0]!))).status).toBe(200);
      const active = await reached(server, seq, "ACTIVE", agent);
      expect(active.running?.variantSha256).toBe(release.variantSha256);
      expect(active.probe?.goldenAgreement).toBe(1);
      expect(server.totalSent()).toBe(before);
      expect((await agent.infer(images[0]!)).variantSha256).toBe(release.variantSha256);
      running = release;
    },
  );

  it("in every one of three attempts: the release is bad for its assignment, and the old one runs", async () => {
    const release = await next();
    await agent.kill();
    for (let attempt = 0; attempt < 3; attempt += 1) {
      agent = await AgentProcess.start(server, data, { hold: "ACTIVATING" });
      await eventually(() => (agent.log.includes("held here") ? true : null));
      await agent.kill();
    }
    agent = await AgentProcess.start(server, data);
    const back = await reached(server, seq, "ROLLED_BACK", agent);
    expect(back.reason).toMatchObject({ code: "TOO_MANY_ATTEMPTS", message: expect.stringContaining("3 times") });
    expect(back.running?.variantSha256 ?? running.variantSha256).toBe(running.variantSha256);
    await eventually(async () => ((await agent.infer(images[0]!)).variantSha256 === running.variantSha256 ? true : null));
    expect(release.variantSha256).not.toBe(running.variantSha256);
  });
});

describe("what lies on the disk after a crash", () => {
  it("puts a torn journal aside and rebuilds it from slots that prove themselves", async () => {
    await agent.kill();
    await writeFile(join(data, "journal.json"), '{"schemaVersion":1,"seq":');
    server.offline = true;
    agent = await AgentProcess.start(server, data);
    const answer = await eventually(async () => await agent.infer(images[0]!));
    expect(answer).toMatchObject({ status: 200, variantSha256: running.variantSha256 });
    expect((await readdir(data)).some((name) => name.startsWith("journal.json.broken-"))).toBe(true);
    server.offline = false;
  });

  it("never runs a slot whose model was changed on the disk, and takes the one before it", async () => {
    const before = running;
    running = await next();
    await reached(server, seq, "ACTIVE", agent);
    await agent.kill();
    const { current } = JSON.parse(await readFile(join(data, "journal.json"), "utf8")) as { current: string };
    const path = join(data, "slots", current, "model.onnx");
    const bytes = await readFile(path);
    bytes[1000] = bytes[1000]! ^ 1;
    await writeFile(path, bytes);
    server.reports.length = 0;
    agent = await AgentProcess.start(server, data);
    await eventually(async () => ((await agent.infer(images[0]!)).variantSha256 === before.variantSha256 ? true : null));
    const back = await reached(server, seq, "ROLLED_BACK", agent);
    expect(back.reason?.code).toBe("DIGEST_MISMATCH");
    running = before;
  });

  it("leaves no inference host behind when it is killed", async () => {
    const marker = join(data, "slots");
    const hosts = async (): Promise<string[]> => {
      const found: string[] = [];
      for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
        const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
        if (command.includes("--inference-host") && command.includes(marker)) found.push(pid);
      }
      return found;
    };
    expect(await hosts()).toHaveLength(1);
    await agent.kill();
    await eventually(async () => ((await hosts()).length === 0 ? true : null));
  });
});
