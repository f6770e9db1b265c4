import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { X509Certificate } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AgentProcess, eventually, reached } from "../test/agent-process.ts";
import { type ArtifactFault, DeviceServer } from "../test/device-server.ts";
import { assign, makeRelease, testImages } from "../test/make-release.ts";

const root = await mkdtemp(join(tmpdir(), "agent-network-"));
const { images } = await testImages();
let server: DeviceServer;

beforeAll(async () => {
  server = await DeviceServer.start(join(root, "server"));
});

afterAll(async () => {
  await server.stop();
  await rm(root, { recursive: true, force: true });
});

describe("first contact", () => {
  it("is refused without a pinned CA: trust on first use is not offered", async () => {
    const agent = await AgentProcess.start(server, join(root, "unpinned"), { ca: [] });
    expect(await agent.exit()).toBe(2);
    expect(agent.log).toContain("--ca-fingerprint");
    expect(server.enrolments).toBe(0);
  });

  it("is refused when the server's CA has another fingerprint, before the token is sent", async () => {
    const agent = await AgentProcess.start(server, join(root, "other-ca"), { ca: ["--ca-fingerprint", "ab".repeat(32)] });
    expect(await agent.exit()).toBe(1);
    expect(agent.log).toContain("is not the one that the fingerprint");
    expect(server.enrolments).toBe(0);
  });

  it("ends with the server's sentence when the token is not known", async () => {
    const agent = await AgentProcess.start(server, join(root, "bad-token"), { token: "guess" });
    expect(await agent.exit()).toBe(1);
    expect(agent.log).toContain("The token is not known.");
  });

  it("without a token waits until a person accepts the device, with one and the same key", async () => {
    server.accepting = false;
    const agent = await AgentProcess.start(server, join(root, "pending"), { token: null });
    await eventually(() => (agent.log.includes("waiting until a person accepts") ? true : null));
    server.accepting = true;
    await eventually(async () => await readFile(join(root, "pending/identity/identity.json"), "utf8"));
    await eventually(async () => ((await readdir(join(root, "pending/identity"))).join() === "identity.json" ? true : null));
    await agent.kill();
  });

  it("renews a certificate that is past two thirds of its life", async () => {
    server.certificateDays = 0.01;
    const agent = await AgentProcess.start(server, join(root, "renew"));
    await eventually(() => (server.renewals > 0 ? true : null));
    const days = await eventually(async () => {
      const { certificatePem } = JSON.parse(await readFile(join(root, "renew/identity/identity.json"), "utf8")) as {
        certificatePem: string;
      };
      const left = (new X509Certificate(certificatePem).validToDate.getTime() - Date.now()) / 86_400_000;
      return left > 1 ? left : null;
    });
    expect(days).toBeGreaterThan(80);
    const before = server.polls;
    await eventually(() => (server.polls > before + 1 ? true : null));
    await agent.kill();
  });
});

describe("downloads over a bad network", () => {
  let agent: AgentProcess;
  let seq = 0;

  beforeAll(async () => {
    agent = await AgentProcess.start(server, join(root, "device"));
  });
  afterAll(async () => await agent.kill());

  it.each([
    ["ends early", "short"],
    ["ignores ranges", "ignore-range"],
    ["answers with another range", "wrong-range"],
    ["does not find the file for a while", "missing"],
  ] satisfies [string, ArtifactFault][])("a server that %s delays the update and never spoils it", async (_, fault) => {
    seq += 1;
    const release = await makeRelease({ counter: seq, padBytes: 300_000 + seq });
    server.bytesPerSecond = 1_000_000;
    if (fault === "short" || fault === "missing") server.faults.set(release.variantSha256, fault);
    assign(server, release, seq);
    if (fault === "ignore-range" || fault === "wrong-range") {
      // Cut off in the middle, so that the next try asks for a range.
      await eventually(() => ((server.sentBytes.get(release.variantSha256) ?? 0) > 100_000 ? true : null));
      server.offline = true;
      server.faults.set(release.variantSha256, fault);
      server.cut();
      server.offline = false;
    }
    await eventually(() => (agent.log.includes("download interrupted") || fault === "ignore-range" ? true : null));
    server.bytesPerSecond = Number.POSITIVE_INFINITY;
    if (fault !== "ignore-range") server.faults.delete(release.variantSha256);
    const active = await reached(server, seq, "ACTIVE", agent);
    expect(active.running?.variantSha256).toBe(release.variantSha256);
  });

  it("a newer assignment replaces one that is being downloaded", async () => {
    seq += 1;
    server.bytesPerSecond = 20_000;
    assign(server, await makeRelease({ counter: seq, padBytes: 400_000 + seq }), seq);
    await reached(server, seq, "DOWNLOADING", agent);
    seq += 1;
    const newer = await makeRelease({ model: "mnistMobilenet", counter: seq });
    assign(server, newer, seq);
    // Fast again only once the agent has turned to the newer one: the old download must not get to its end.
    await reached(server, seq, "DOWNLOADING", agent);
    server.bytesPerSecond = Number.POSITIVE_INFINITY;
    const active = await reached(server, seq, "ACTIVE", agent);
    expect(active.running?.variantSha256).toBe(newer.variantSha256);
    expect(server.states().some((state) => state.seq === seq - 1 && state.phase === "ACTIVE")).toBe(false);
  });

  it("serves on with no network at all, through a restart, and says afterwards what happened meanwhile", async () => {
    const release = server.assignment!.variant.model.sha256;
    server.offline = true;
    server.cut();
    await agent.kill("SIGTERM");
    agent = await AgentProcess.start(server, join(root, "device"));
    for (let index = 0; index < 20; index += 1) {
      const answer = await eventually(async () => await agent.infer(images[index]!));
      expect(answer).toMatchObject({ status: 200, variantSha256: release });
    }
    await eventually(async () => ((await readdir(join(root, "device/spool"))).length > 1 ? true : null));
    server.reports.length = 0;
    server.offline = false;
    await eventually(() => server.reports.find((report) => report.kind === "metrics" && report.inferenceCount > 0));
    expect((await reached(server, seq, "ACTIVE", agent)).running?.variantSha256).toBe(release);
  });

  it("starts a crashed host again, and after the third crash takes the release before it", async () => {
    const crash = async (): Promise<void> => {
      const { status } = await agent.infer(images[0]!);
      expect(status).toBe(200);
      const pid = agent.log
        .match(/"pid":(\d+),"release"/g)
        ?.at(-1)
        ?.match(/\d+/)?.[0];
      process.kill(Number(pid), "SIGKILL");
    };
    await crash();
    // The next request waits for the host instead of failing.
    await eventually(() => (agent.log.includes("inference host lost") ? true : null));
    expect((await agent.infer(images[0]!)).status).toBe(200);
    await crash();
    await eventually(() => ((agent.log.match(/inference host lost/g) ?? []).length >= 2 ? true : null));
    await crash();
    const back = await reached(server, seq, "ROLLED_BACK", agent);
    expect(back.reason?.code).toBe("HOST_CRASHED");
    const answer = await eventually(async () => await agent.infer(images[0]!));
    expect(answer.status).toBe(200);
    expect(answer.variantSha256).not.toBe(server.assignment!.variant.model.sha256);
  });

  it("ends a host that hangs, and serves again", async () => {
    await agent.kill("SIGTERM");
    agent = await AgentProcess.start(server, join(root, "device"), { extra: ["--hang-timeout", "2"] });
    await eventually(async () => ((await agent.infer(images[0]!)).status === 200 ? true : null));
    const pid = agent.log
      .match(/"pid":(\d+),"release"/g)
      ?.at(-1)
      ?.match(/\d+/)?.[0];
    process.kill(Number(pid), "SIGSTOP");
    await eventually(() => (agent.log.includes("HOST_HUNG") ? true : null));
    await eventually(() => server.reports.find((report) => report.kind === "state" && report.reason?.code === "HOST_HUNG"));
    expect((await agent.infer(images[0]!)).status).toBe(200);
  });

  it("a second agent on the same data directory is refused", async () => {
    const second = await AgentProcess.start(server, join(root, "device"));
    expect(await second.exit()).toBe(1);
    expect(second.log).toContain("Another agent runs on");
  });
});
