import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type BrokerRefusal, GATEWAY_IDENTITY, topicFor } from "@flotilla/contracts";
import { createMqttClient, type MqttClient } from "@flotilla/mqtt";
import { type Ca, loadOrCreateCa } from "@flotilla/trust/ca";
import { createDeviceKeyAndCsr } from "@flotilla/trust/verify";
import { connectAsync, type IClientOptions, type MqttClient as Raw } from "mqtt";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { type BrokerProcess, startBrokerProcess } from "./start-broker-process.ts";

// Real processes on a busy machine.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

let directory: string;
let ca: Ca;
let broker: BrokerProcess;
let gateway: MqttClient;
const refusals: BrokerRefusal[] = [];
const presences: string[] = [];
const reports: number[] = [];
/** What the gateway's handler of reports waits for. */
let handled: Promise<void> = Promise.resolve();
const open: Raw[] = [];

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "flotilla-broker-"));
  ca = await loadOrCreateCa(directory);
  broker = await startBrokerProcess(directory);
  const { certPem, keyPem } = await ca.issueClient(GATEWAY_IDENTITY, path.join(directory, "gateway"));
  gateway = createMqttClient({
    url: broker.url,
    ca: ca.certificatePem,
    cert: certPem,
    key: keyPem,
    clientId: GATEWAY_IDENTITY,
    fleet: true,
    keepSession: true,
    random: Math.random,
  });
  gateway.onBroker("refusals", (refusal) => void refusals.push(refusal));
  gateway.on("presence", ({ online }, deviceId) => void presences.push(`${deviceId} ${online ? "online" : "offline"}`));
  gateway.on("state", async ({ n }) => {
    reports.push(n);
    await handled;
  });
  const connected = Promise.withResolvers<void>();
  gateway.onConnect(() => connected.resolve());
  gateway.start();
  await connected.promise;
  await expect(connect((await device()).tls)).rejects.toThrow("Server unavailable");
  await gateway.publishBroker("revocations", { deviceIds: [] });
});

afterEach(async () => {
  for (const client of open.splice(0)) client.end(true);
  await gateway.publishBroker("revocations", { deviceIds: [] });
  refusals.length = 0;
});

afterAll(async () => {
  await gateway.stop();
  await broker.stop();
  await rm(directory, { recursive: true });
});

/** A device's credentials, as enrolment would give them. */
async function device(): Promise<{ id: string; tls: IClientOptions }> {
  const id = randomUUID();
  const { csrPem, privateKeyPem } = createDeviceKeyAndCsr();
  const { certificatePem } = await ca.issueDevice(csrPem, id);
  return {
    id,
    tls: { ca: ca.certificatePem, cert: certificatePem, key: privateKeyPem, clientId: id, reconnectPeriod: 0, protocolVersion: 4 },
  };
}

async function connect(tls: IClientOptions): Promise<Raw> {
  const client = await connectAsync(broker.url, tls, false);
  client.on("error", () => undefined);
  open.push(client);
  return client;
}

async function closed(client: Raw): Promise<void> {
  await new Promise<void>((resolve) => client.once("close", () => resolve()));
}

const presence = (online = true) => JSON.stringify({ online, bootId: randomUUID() });

describe("topics follow from the certificate", () => {
  it("lets a device publish its own presence, and the gateway hears it", async () => {
    const { id, tls } = await device();
    const client = await connect(tls);
    await client.publishAsync(topicFor("presence", id), presence(), { qos: 1, retain: true });
    await vi.waitFor(() => expect(presences).toContain(`${id} online`));
    expect(refusals).toEqual([]);
  });

  it("delivers a hint that was retained before the device came", async () => {
    const { id, tls } = await device();
    await gateway.publish("hint", id, { seq: 3, spreadSeconds: 0 });
    const client = await connect(tls);
    const message = new Promise<[string, Buffer]>((resolve) => client.once("message", (topic, payload) => resolve([topic, payload])));
    await client.subscribeAsync(topicFor("hint", id), { qos: 1 });
    const [topic, payload] = await message;
    expect(topic).toBe(topicFor("hint", id));
    expect(JSON.parse(payload.toString())).toEqual({ seq: 3, spreadSeconds: 0 });
  });

  const others = randomUUID();
  it.each([
    ["another device's state", topicFor("state", others), false],
    ["another device's presence", topicFor("presence", others), true],
    ["another device's hint", topicFor("hint", others), true],
    ["the broker's own topic", "flotilla/v1/broker/revocations", true],
    ["a topic outside", "homeassistant/light", false],
  ])("closes a device that publishes on %s, and tells the operator", async (_what, topic, retain) => {
    const { id, tls } = await device();
    const client = await connect(tls);
    const ended = closed(client);
    client.publish(topic, presence(), { qos: 1, retain });
    await ended;
    await vi.waitFor(() => expect(refusals).toMatchObject([{ identity: id, action: "publish", target: topic }]));
    expect(presences).not.toContain(`${others} online`);
  });

  it("ends a connection that announces a packet larger than 4 MB", async () => {
    const { id, tls } = await device();
    const client = await connect(tls);
    const ended = closed(client);
    client.publish(topicFor("state", id), Buffer.alloc(5_000_000), { qos: 1 });
    await ended;
    await vi.waitFor(() => expect(refusals).toMatchObject([{ identity: id, action: "publish" }]));
  });

  it("refuses its own hint and a retained state, which would stay in memory", async () => {
    for (const [name, retain] of [
      ["hint", true],
      ["state", true],
    ] as const) {
      const { id, tls } = await device();
      const client = await connect(tls);
      const ended = closed(client);
      client.publish(topicFor(name, id), "{}", { qos: 1, retain });
      await ended;
    }
    await vi.waitFor(() => expect(refusals).toHaveLength(2));
  });

  it.each([
    ["every device's state", "flotilla/v1/d/+/up/state"],
    ["everything", "#"],
    ["another's hint", topicFor("hint", others)],
    ["refusals", "flotilla/v1/broker/refusals"],
  ])("refuses a device's subscription to %s, and tells the operator", async (_what, filter) => {
    const { id, tls } = await device();
    const client = await connect(tls);
    await expect(client.subscribeAsync(filter, { qos: 1 })).rejects.toThrow("Unspecified error");
    await vi.waitFor(() => expect(refusals).toMatchObject([{ identity: id, action: "subscribe", target: filter }]));
  });
});

describe("the gateway's session", () => {
  it("outlives its connection: a report that was acknowledged meanwhile arrives later", async () => {
    const { id, tls } = await device();
    const client = await connect(tls);
    await gateway.stop();
    await client.publishAsync(topicFor("presence", id), presence(), { qos: 1 });
    expect(presences).not.toContain(`${id} online`);
    gateway.start();
    await vi.waitFor(() => expect(presences).toContain(`${id} online`));
  });
});

describe("reports on their way", () => {
  const state = (n: number): string => {
    const body = { seq: 0, phase: "IDLE", releaseId: null, variantSha256: null, running: null, standby: null };
    return JSON.stringify({ kind: "state", bootId: randomUUID(), n, at: new Date().toISOString(), ...body });
  };

  it("come again, in order and before what is new, when the gateway's connection is lost before it acknowledged them", async () => {
    const { id, tls } = await device();
    const client = await connect(tls);
    const release = Promise.withResolvers<void>();
    handled = release.promise;
    for (let n = 0; n < 50; n += 1) await client.publishAsync(topicFor("state", id), state(n), { qos: 1 });
    await vi.waitFor(() => expect(reports).toEqual([0]));
    await gateway.stop();
    await client.publishAsync(topicFor("state", id), state(50), { qos: 1 });
    release.resolve();
    gateway.start();
    await vi.waitFor(() => expect(reports).toContain(50), { timeout: 10_000 });
    // Before them, those that the lost connection had brought already.
    expect(reports.slice(-51)).toEqual(Array.from({ length: 51 }, (_, n) => n));
  });

  it("keep their device's connection alive", async () => {
    const { id, tls } = await device();
    const client = await connect({ ...tls, keepalive: 1, reschedulePings: true });
    const startedAt = performance.now();
    for (let n = 0; performance.now() - startedAt < 2_500; n += 1) {
      await client.publishAsync(topicFor("state", id), state(n), { qos: 1 });
      await new Promise((resolve) => setTimeout(resolve, 400));
    }
    expect(client.connected).toBe(true);
  });
});

describe("who comes in", () => {
  it("refuses a client without a certificate", async () => {
    await expect(connect({ ca: ca.certificatePem, clientId: randomUUID(), reconnectPeriod: 0 })).rejects.toThrow();
  });

  it("refuses a certificate of another CA", async () => {
    const foreign = await loadOrCreateCa(path.join(directory, "foreign"));
    const { csrPem, privateKeyPem } = createDeviceKeyAndCsr();
    const id = randomUUID();
    const { certificatePem } = await foreign.issueDevice(csrPem, id);
    await expect(
      connect({ ca: ca.certificatePem, cert: certificatePem, key: privateKeyPem, clientId: id, reconnectPeriod: 0 }),
    ).rejects.toThrow();
  });

  it("does not let one device take another's client id, nor kick it", async () => {
    const first = await device();
    const victim = await connect(first.tls);
    const second = await device();
    await expect(connect({ ...second.tls, clientId: first.id })).rejects.toThrow("Identifier rejected");
    await vi.waitFor(() => expect(refusals).toMatchObject([{ identity: second.id, action: "connect", target: first.id }]));
    expect(victim.connected).toBe(true);
  });

  it("ends a revoked device's live session and refuses its next one", async () => {
    const { id, tls } = await device();
    const client = await connect(tls);
    const ended = closed(client);
    await gateway.publishBroker("revocations", { deviceIds: [id] });
    await ended;
    await expect(connect(tls)).rejects.toThrow("Not authorized");
    await vi.waitFor(() => expect(refusals).toMatchObject([{ identity: id, action: "connect", code: "DEVICE_REVOKED" }]));
  });

  it("ends a session whose certificate was replaced, refuses its next one with the reason, and lets the newer certificate in", async () => {
    const { id, tls } = await device();
    const client = await connect(tls);
    const ended = closed(client);
    const inAnHour = Math.floor(Date.now() / 1000) + 3600;
    await gateway.publishBroker("revocations", { deviceIds: [], replacedBefore: { [id]: inAnHour } });
    await ended;
    await expect(connect(tls)).rejects.toThrow("Not authorized");
    await vi.waitFor(() => expect(refusals).toMatchObject([{ identity: id, action: "connect", code: "CERTIFICATE_REPLACED" }]));
    const anHourAgo = inAnHour - 3 * 3600;
    await gateway.publishBroker("revocations", { deviceIds: [], replacedBefore: { [id]: anHourAgo } });
    await connect(tls);
  });

  it("publishes the last will of a device that vanished", async () => {
    const { id, tls } = await device();
    const will = { topic: topicFor("presence", id), payload: Buffer.from(presence(false)), qos: 1, retain: true } as const;
    const client = await connect({ ...tls, will });
    client.stream.destroy();
    await vi.waitFor(() => expect(presences).toContain(`${id} offline`));
  });
});
