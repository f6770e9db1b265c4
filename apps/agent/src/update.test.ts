import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadOrCreateSigner } from "@flotilla/trust/sign";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AgentProcess, eventually, reached } from "../test/agent-process.ts";
import { DeviceServer } from "../test/device-server.ts";
import { assign, makeRelease, type Release, testImages } from "../test/make-release.ts";

const root = await mkdtemp(join(tmpdir(), "agent-update-"));
const { images, labels } = await testImages();

let server: DeviceServer;
let agent: AgentProcess;
let first: Release;
let second: Release;

beforeAll(async () => {
  server = await DeviceServer.start(join(root, "server"));
  first = await makeRelease({ model: "mnistCnn", counter: 1 });
  second = await makeRelease({ model: "mnistMobilenet", counter: 2 });
  agent = await AgentProcess.start(server, join(root, "device"));
});

afterAll(async () => {
  await agent.kill();
  await server.stop();
  await rm(root, { recursive: true, force: true });
});

describe("one device, one release after another", () => {
  it("enrols with its token, installs the first release and proves it", async () => {
    assign(server, first, 1);
    const active = await reached(server, 1, "ACTIVE", agent);
    expect(active.running).toEqual({ releaseId: first.manifest.releaseId, variantSha256: first.variantSha256 });
    expect(active.probe).toMatchObject({ goldenCount: 16, goldenAgreement: 1, baselineP95Ms: null });
    expect(active.probe?.latencyP95Ms).toBeGreaterThan(0);
    expect(server.states().map((state) => state.phase)).toEqual(
      expect.arrayContaining(["PREFLIGHT", "DOWNLOADING", "VERIFYING", "STAGED", "ACTIVATING", "PROBING", "ACTIVE"]),
    );
    expect((await stat(join(root, "device/identity/identity.json"))).mode & 0o777).toBe(0o600);
    expect(await readFile(join(root, "device/identity/identity.json"), "utf8")).not.toContain(server.token);
  });

  it("classifies 100 raw images, each answer naming the bytes that gave it", async () => {
    let right = 0;
    for (let index = 0; index < 100; index += 1) {
      const answer = await agent.infer(images[index]!);
      expect(answer).toMatchObject({ status: 200, variantSha256: first.variantSha256 });
      if (answer.top === labels[index]) right += 1;
    }
    expect(right).toBeGreaterThanOrEqual(98);
  });

  it("speaks the Open Inference Protocol", async () => {
    const base = `http://127.0.0.1:${await agent.port()}/v2`;
    expect((await fetch(`${base}/health/live`)).status).toBe(200);
    expect((await fetch(`${base}/health/ready`)).status).toBe(200);
    expect((await fetch(`${base}/models/mnist/ready`)).status).toBe(200);
    expect(await (await fetch(`${base}/models/mnist`)).json()).toMatchObject({
      name: "mnist",
      inputs: [{ name: "image", datatype: "FP32", shape: [-1, 28, 28, 1] }],
      parameters: { variant_sha256: first.variantSha256, release_id: first.manifest.releaseId },
    });
    expect((await fetch(`${base}/models/other`)).status).toBe(404);
    const wrong = await fetch(`${base}/models/mnist/infer`, {
      method: "POST",
      body: JSON.stringify({ inputs: [{ name: "image", datatype: "FP32", shape: [1, 28, 28, 1], data: [1, 2] }] }),
    });
    expect(wrong.status).toBe(400);
    expect(await wrong.json()).toEqual({ error: expect.stringContaining("784 values, but 2 were sent") });
  });

  it("fails no request during 1,000 requests across a switch", async () => {
    const answers = new Map<string, number>();
    let sent = 0;
    const client = async (): Promise<void> => {
      while (sent < 1000) {
        sent += 1;
        const { status, variantSha256 } = await agent.infer(images[sent % 1000]!);
        expect(status).toBe(200);
        answers.set(variantSha256, (answers.get(variantSha256) ?? 0) + 1);
        if (sent >= 50 && server.assignment?.seq === 1) assign(server, second, 2);
        // Slow enough for the switch to fall inside.
        await new Promise((resolve) => setTimeout(resolve, 8));
      }
    };
    await Promise.all([client(), client(), client(), client()]);
    await reached(server, 2, "ACTIVE", agent);
    // What is said again later is what was said first.
    const [active, again] = await eventually(() => {
      const said = server.states().filter((state) => state.seq === 2 && state.phase === "ACTIVE");
      return said.length < 2 ? null : said;
    });
    if (active === undefined) throw new Error("ACTIVE was said");
    expect(again?.probe).toEqual(active.probe);
    expect(active.probe?.baselineP95Ms).toBeGreaterThan(0);
    expect(active.probe?.baselineMemoryBytes).toBeGreaterThan(0);
    expect(active.standby).toEqual({ releaseId: first.manifest.releaseId, variantSha256: first.variantSha256 });
    expect(answers.get(first.variantSha256)).toBeGreaterThan(0);
    expect(answers.get(second.variantSha256)).toBeGreaterThan(0);
  });

  it("reverts to the other slot without fetching a byte, though its counter is lower", async () => {
    const before = server.totalSent();
    assign(server, first, 3);
    const active = await reached(server, 3, "ACTIVE", agent);
    expect(active.running?.variantSha256).toBe(first.variantSha256);
    expect(server.totalSent()).toBe(before);
    expect(server.states().some((state) => state.seq === 3 && state.phase === "DOWNLOADING")).toBe(false);
  });

  it.each([
    [
      "a signature by another key",
      "SIGNED_BY_UNKNOWN_KEY",
      10,
      async () => assign(server, await makeRelease({ counter: 5 }), 10, await loadOrCreateSigner(join(root, "stranger"))),
    ],
    [
      "a release that was changed after it was signed",
      "SIGNATURE_INVALID",
      11,
      async () => {
        const assignment = assign(server, await makeRelease({ counter: 6 }), 11);
        const changed = JSON.parse(Buffer.from(assignment.envelope.payload, "base64").toString()) as { counter: number };
        changed.counter = 99;
        assignment.envelope.payload = Buffer.from(JSON.stringify(changed)).toString("base64");
      },
    ],
    [
      "an older release, replayed",
      "RELEASE_REPLAYED",
      12,
      async () => assign(server, await makeRelease({ model: "mnistMobilenet", counter: 1 }), 12),
    ],
    [
      "a flipped byte",
      "DIGEST_MISMATCH",
      13,
      async () => {
        const release = await makeRelease({ model: "mnistMobilenet", counter: 7, padBytes: 13 });
        server.faults.set(release.variantSha256, "flip");
        assign(server, release, 13);
      },
    ],
    [
      "a byte too many",
      "LENGTH_MISMATCH",
      14,
      async () => {
        const release = await makeRelease({ model: "mnistMobilenet", counter: 8, padBytes: 14 });
        server.faults.set(release.variantSha256, "long");
        assign(server, release, 14);
      },
    ],
  ])("refuses %s, keeps the running release and tells the operator", async (_, code, seq, given) => {
    await given();
    const rejected = await reached(server, seq, "REJECTED", agent);
    expect(rejected.reason?.code).toBe(code);
    expect(rejected.running?.variantSha256).toBe(first.variantSha256);
    await eventually(() => server.reports.find((report) => report.kind === "security" && report.reason.code === code));
    expect((await agent.infer(images[0]!)).variantSha256).toBe(first.variantSha256);
  });

  it.each([
    ["another profile", "PROFILE_MISMATCH", "linux-riscv; this device is", 20, { profiles: ["linux-riscv"] }],
    ["an opset that the runtime does not know", "OPSET_TOO_NEW", "opset 99", 21, { opset: 99 }],
    ["more memory than there is", "NOT_ENOUGH_MEMORY", "9000000.0 MB", 22, { predictedMemoryBytes: 9e12 }],
  ])("refuses %s before one byte is fetched, with the number", async (_, code, number, seq, spec) => {
    const before = server.totalSent();
    assign(server, await makeRelease({ model: "mnistMobilenet", counter: 20, ...spec }), seq);
    const refused = await reached(server, seq, "REFUSED", agent);
    expect(refused.reason?.code).toBe(code);
    expect(refused.reason?.message).toContain(number);
    expect(server.totalSent()).toBe(before);
  });

  it.each([
    ["is slower than its gate allows", "PROBE_TOO_SLOW", 30, { gates: { latencyP95MaxRatio: 0.001 } }],
    ["does not agree with its golden set", "PROBE_GOLDEN_FAILED", 31, { wrongGolden: true }],
    ["takes more memory than its gate allows", "PROBE_TOO_MUCH_MEMORY", 32, { gates: { memoryMaxBytes: 1_000_000 } }],
    ["is no model", "RUNTIME_REFUSED", 33, { bytes: Buffer.from("not a model at all") }],
  ])("rolls back a release that %s", async (_, code, seq, spec) => {
    assign(server, await makeRelease({ model: "mnistMobilenet", counter: 20 + seq, ...spec }), seq);
    const back = await reached(server, seq, "ROLLED_BACK", agent);
    expect(back.reason?.code).toBe(code);
    expect(back.reason?.message).toMatch(/\d|refuses/);
    if (code.startsWith("PROBE")) expect(back.probe?.goldenCount).toBe(16);
    expect(back.running?.variantSha256).toBe(first.variantSha256);
    expect(await agent.infer(images[0]!)).toMatchObject({ status: 200, variantSha256: first.variantSha256 });
  });

  it("reports metrics that it measured", async () => {
    const before = server.reports.length;
    for (let index = 0; index < 20; index += 1) await agent.infer(images[index]!);
    const metrics = await eventually(() =>
      server.reports.slice(before).find((report) => report.kind === "metrics" && report.inferenceCount > 0),
    );
    if (metrics.kind !== "metrics") throw new Error("not metrics");
    expect(metrics.latencyHistogram.reduce((sum, count) => sum + count, 0)).toBe(metrics.inferenceCount);
    expect(metrics.latencyP95Ms).toBeGreaterThan(0);
    expect(Object.values(metrics.classCounts).reduce((sum, count) => sum + count, 0)).toBe(metrics.inferenceCount);
    expect(metrics.meanConfidence).toBeGreaterThan(0.5);
  });

  it("numbers its reports without a gap", () => {
    const numbers = server.reports.map((report) => report.n);
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    expect(new Set(server.reports.map((report) => report.bootId)).size).toBe(1);
  });

  it("stops cleanly on SIGTERM", async () => {
    expect(await agent.kill("SIGTERM")).toBe(0);
  });
});
