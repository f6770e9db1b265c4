import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { GATEWAY_IDENTITY, type Presence } from "@flotilla/contracts";
import { type Ca, loadOrCreateCa } from "@flotilla/trust/ca";
import { createDeviceKeyAndCsr } from "@flotilla/trust/verify";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { type BrokerProcess, startBrokerProcess } from "../../../apps/standalone/src/broker/start-broker-process.ts";
import { createMqttClient } from "./create-mqtt-client.ts";
import type { MqttClient, MqttClientOptions } from "./types.ts";

// Real processes on a busy machine.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

let directory: string;
let ca: Ca;
let broker: BrokerProcess;
const clients: MqttClient[] = [];
const WAIT = { timeout: 5_000, interval: 20 };
const backoff = { baseMs: 20, capMs: 50 };

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "flotilla-mqtt-"));
  ca = await loadOrCreateCa(directory);
  broker = await startBrokerProcess(directory);
  await openDoor();
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map(async (client) => await client.stop()));
});
afterAll(async () => {
  await broker.stop();
  await rm(directory, { recursive: true });
});

/** The broker lets devices in once the gateway told it who is revoked. */
async function openDoor(): Promise<void> {
  const gateway = await gatewayClient();
  await connected(gateway);
  await gateway.publishBroker("revocations", { deviceIds: [] });
  await gateway.stop();
}

async function deviceClient(id: string, options: Partial<MqttClientOptions> = {}): Promise<MqttClient> {
  const { csrPem, privateKeyPem } = createDeviceKeyAndCsr();
  const { certificatePem } = await ca.issueDevice(csrPem, id);
  return client({ cert: certificatePem, key: privateKeyPem, clientId: id, ...options });
}

async function gatewayClient(): Promise<MqttClient> {
  const { certPem, keyPem } = await ca.issueClient(GATEWAY_IDENTITY, directory);
  return client({ cert: certPem, key: keyPem, clientId: GATEWAY_IDENTITY, fleet: true });
}

function client(options: Pick<MqttClientOptions, "cert" | "key" | "clientId"> & Partial<MqttClientOptions>): MqttClient {
  const made = createMqttClient({ url: broker.url, ca: ca.certificatePem, random: Math.random, backoff, ...options });
  clients.push(made);
  return made;
}

async function connected(made: MqttClient): Promise<void> {
  made.start();
  await vi.waitFor(() => expect(made.isConnected()).toBe(true), WAIT);
}

describe("createMqttClient", () => {
  it("delivers typed messages both ways, and a birth after each connect", async () => {
    const id = randomUUID();
    const heard: Presence[] = [];
    const hints: number[] = [];
    const gateway = await gatewayClient();
    gateway.on("presence", (presence, deviceId) => void (deviceId === id && heard.push(presence)));
    await connected(gateway);
    const device = await deviceClient(id);
    const bootId = randomUUID();
    device.on("hint", ({ seq }) => void hints.push(seq));
    device.onConnect(async () => await device.publish("presence", id, { online: true, bootId }));
    await connected(device);
    await gateway.publish("hint", id, { seq: 5, spreadSeconds: 0 });
    await vi.waitFor(() => expect([hints, heard]).toEqual([[5], [{ online: true, bootId }]]), WAIT);
  });

  it("rejects at once while offline, and queues nothing", async () => {
    const id = randomUUID();
    const device = await deviceClient(id);
    await expect(device.publish("presence", id, { online: true, bootId: randomUUID() })).rejects.toThrow("not connected");
  });

  it("rejects what the broker refused instead of waiting for ever, and comes back", async () => {
    const id = randomUUID();
    const device = await deviceClient(id);
    let connects = 0;
    device.onConnect(() => void (connects += 1));
    await connected(device);
    await device.publish("presence", randomUUID(), { online: true, bootId: randomUUID() }).catch(() => undefined);
    await vi.waitFor(() => expect(connects).toBeGreaterThan(1), WAIT);
    expect(device.stats().disconnects).toBeGreaterThan(0);
  });

  it("reconnects to a broker that was killed and subscribes again", async () => {
    const id = randomUUID();
    const hints: number[] = [];
    const device = await deviceClient(id);
    device.on("hint", ({ seq }) => void hints.push(seq));
    let losses = 0;
    device.onDisconnect(() => void (losses += 1));
    await connected(device);
    const { port } = broker;
    await broker.stop();
    await vi.waitFor(() => expect(losses).toBe(1), WAIT);
    broker = await startBrokerProcess(directory, port);
    await openDoor();
    await vi.waitFor(() => expect(device.isConnected()).toBe(true), WAIT);
    const gateway = await gatewayClient();
    await connected(gateway);
    await gateway.publish("hint", id, { seq: 8, spreadSeconds: 0 });
    await vi.waitFor(() => expect(hints).toEqual([8]), WAIT);
  });

  it("takes the next message only when a handler is done, and survives one that throws", async () => {
    const id = randomUUID();
    const gateway = await gatewayClient();
    const seen: string[] = [];
    gateway.on("presence", async ({ online }, deviceId) => {
      if (deviceId !== id) return;
      seen.push(`begin ${online}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
      seen.push(`end ${online}`);
      throw new Error("handler");
    });
    await connected(gateway);
    const device = await deviceClient(id);
    await connected(device);
    for (const online of [true, false]) await device.publish("presence", id, { online, bootId: randomUUID() });
    await vi.waitFor(() => expect(seen).toEqual(["begin true", "end true", "begin false", "end false"]), WAIT);
    expect(gateway.stats().handlerErrors).toBe(2);
  });

  it("has the broker publish the will when it is killed, not when it stops in order", async () => {
    const [lost, stopped] = [randomUUID(), randomUUID()];
    const offline: string[] = [];
    const gateway = await gatewayClient();
    gateway.on("presence", (_presence, deviceId) => void offline.push(deviceId));
    await connected(gateway);
    const will = { topic: "presence", payload: { online: false, bootId: randomUUID() } } as const;
    const first = await deviceClient(stopped, { will });
    await connected(first);
    await first.stop();
    const second = await deviceClient(lost, { will });
    await connected(second);
    await gateway.publishBroker("revocations", { deviceIds: [lost] });
    await vi.waitFor(() => expect(offline).toContain(lost), WAIT);
    await gateway.publishBroker("revocations", { deviceIds: [] });
    expect(offline).not.toContain(stopped);
  });
});
