import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Presence, Report } from "@flotilla/contracts";
import { samples } from "@flotilla/samples";
import { createMqttClient, type MqttClient } from "@flotilla/mqtt";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestBroker, type TestBroker } from "../../standalone/src/broker/testing/start-test-broker.ts";
import { AgentProcess, eventually } from "../test/agent-process.ts";
import { DeviceServer } from "../test/device-server.ts";
import { assign, makeRelease } from "../test/make-release.ts";

const root = await mkdtemp(join(tmpdir(), "agent-broker-"));
const presences: Presence[] = [];
const reports: Report[] = [];
let server: DeviceServer;
let broker: TestBroker;
let gateway: MqttClient;
let agent: AgentProcess;
let deviceId = "";

beforeAll(async () => {
  server = await DeviceServer.start(join(root, "server"));
  broker = await startTestBroker(join(root, "server/ca"));
  server.brokerUrl = broker.url;
  const client = await server.ca.issueClient("service:gateway", join(root, "gateway"));
  gateway = createMqttClient({
    url: server.brokerUrl,
    ca: server.ca.certificatePem,
    cert: client.certPem,
    key: client.keyPem,
    clientId: "service:gateway",
    fleet: true,
    random: Math.random,
  });
  gateway.on("presence", (presence, id) => {
    deviceId = id;
    presences.push(presence);
  });
  gateway.on("state", (report) => void reports.push(report));
  gateway.on("metrics", (report) => void reports.push(report));
  const connected = new Promise<void>((resolve) => gateway.onConnect(resolve));
  gateway.start();
  await connected;
  // The broker lets devices in once the gateway has told it which are revoked.
  await gateway.publishBroker("revocations", { deviceIds: [] });
  agent = await AgentProcess.start(server, join(root, "device"), {
    extra: ["--poll-interval", "1000", "--replay", samples.mnistTestImages, "--replay-interval", "20"],
  });
});

afterAll(async () => {
  await agent.kill();
  await gateway.stop();
  await broker.stop();
  await server.stop();
  await rm(root, { recursive: true, force: true });
});

describe("with a broker", () => {
  it("is born, hears a hint, asks, and reports over MQTT alone", async () => {
    await eventually(() => presences.find((presence) => presence.online));
    await eventually(() => (server.polls > 0 ? true : null));
    const release = await makeRelease({ counter: 1 });
    assign(server, release, 1);
    await gateway.publish("hint", deviceId, { seq: 1, spreadSeconds: 0 });
    await eventually(() => reports.find((report) => report.kind === "state" && report.phase === "ACTIVE"));
    // The demonstration's images are classified through the device's own endpoint, and well.
    const metrics = await eventually(() => reports.find((report) => report.kind === "metrics" && report.inferenceCount > 5));
    expect(metrics).toMatchObject({ errorCount: 0, releaseId: release.manifest.releaseId });
    expect(metrics.kind === "metrics" ? metrics.meanConfidence : 0).toBeGreaterThan(0.8);
    expect(server.reports).toEqual([]);
  });

  it("reports over HTTPS while the broker is away", async () => {
    await broker.stop();
    await eventually(() => server.reports.find((report) => report.kind === "metrics"), 15_000);
  });
});
