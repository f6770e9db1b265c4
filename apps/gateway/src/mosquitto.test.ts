import { mkdtemp, rm } from "node:fs/promises";
import { randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import path from "node:path";
import { GATEWAY_IDENTITY, topicFor } from "@flotilla/contracts";
import { type Ca, loadOrCreateCa } from "@flotilla/trust/ca";
import { createDeviceKeyAndCsr } from "@flotilla/trust/verify";
import { connect as connectNow, connectAsync, type IClientOptions, type MqttClient } from "mqtt";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { type MosquittoProcess, startMosquitto } from "../../standalone/src/broker/testing/start-mosquitto.ts";
import { testBroker } from "../../standalone/src/broker/testing/start-test-broker.ts";

let directory: string;
let ca: Ca;
let broker: MosquittoProcess;
const open: MqttClient[] = [];

// What the shipped configuration of Mosquitto must hold by itself; the embedded broker has tests of its own.
describe.runIf(testBroker === "mosquitto")("Mosquitto as deploy/mosquitto configures it", () => {
  beforeAll(async () => {
    directory = await mkdtemp(path.join(tmpdir(), "flotilla-mosquitto-"));
    ca = await loadOrCreateCa(directory);
    broker = await startMosquitto(directory);
  });
  afterEach(() => {
    for (const client of open.splice(0)) client.end(true);
  });
  afterAll(async () => {
    await broker.stop();
    await rm(directory, { recursive: true });
  });

  async function connect(clientId: string, tls: Partial<IClientOptions>): Promise<MqttClient> {
    const client = await connectAsync(broker.url, { ca: ca.certificatePem, clientId, reconnectPeriod: 0, ...tls }, false);
    client.on("error", () => undefined);
    open.push(client);
    return client;
  }
  async function device(id = randomUUID()): Promise<{ id: string; tls: { cert: string; key: string } }> {
    const { csrPem, privateKeyPem } = createDeviceKeyAndCsr();
    return { id, tls: { cert: (await ca.issueDevice(csrPem, id)).certificatePem, key: privateKeyPem } };
  }
  async function gateway(): Promise<MqttClient> {
    const { certPem, keyPem } = await ca.issueClient(GATEWAY_IDENTITY, directory);
    return await connect(GATEWAY_IDENTITY, { cert: certPem, key: keyPem });
  }
  const heardBy = (client: MqttClient): string[] => {
    const topics: string[] = [];
    client.on("message", (topic) => topics.push(topic));
    return topics;
  };

  it("takes nobody without a certificate of the CA", async () => {
    const foreign = await loadOrCreateCa(path.join(directory, "foreign"));
    const { csrPem, privateKeyPem } = createDeviceKeyAndCsr();
    const id = randomUUID();
    const { certificatePem } = await foreign.issueDevice(csrPem, id);
    await expect(connect(id, {})).rejects.toThrow();
    await expect(connect(id, { cert: certificatePem, key: privateKeyPem })).rejects.toThrow();
  });

  it("carries a device's reports to the gateway, and nothing that it publishes elsewhere", async () => {
    const [own, other] = [await device(), randomUUID()];
    const listener = await gateway();
    const heard = heardBy(listener);
    await listener.subscribeAsync("flotilla/v1/#", { qos: 1 });
    const client = await connect(own.id, own.tls);
    for (const topic of [
      topicFor("state", other),
      topicFor("hint", other),
      topicFor("hint", own.id),
      "flotilla/v1/broker/revocations",
      "else",
    ])
      await client.publishAsync(topic, "{}", { qos: 1 });
    await client.publishAsync(topicFor("state", own.id), "{}", { qos: 1 });
    await vi.waitFor(() => expect(heard).toContain(topicFor("state", own.id)));
    expect(heard).toEqual([topicFor("state", own.id)]);
  });

  it("lets a device hear its own hints and nobody else's, whatever it subscribes to", async () => {
    const [own, other] = [await device(), await device()];
    const client = await connect(own.id, own.tls);
    const heard = heardBy(client);
    await client.subscribeAsync(["#", topicFor("hint", own.id), topicFor("hint", other.id)], { qos: 1 });
    const sender = await gateway();
    await sender.publishAsync(topicFor("hint", other.id), "{}", { qos: 1 });
    await sender.publishAsync(topicFor("hint", own.id), "{}", { qos: 1 });
    await vi.waitFor(() => expect(heard).toContain(topicFor("hint", own.id)));
    expect(new Set(heard)).toEqual(new Set([topicFor("hint", own.id)]));
  });

  it("names a client by its certificate: one that asks for another's client id does not end that one's session", async () => {
    const [victim, thief] = [await device(), await device()];
    const client = await connect(victim.id, victim.tls);
    await connect(victim.id, thief.tls);
    await client.publishAsync(topicFor("state", victim.id), "{}", { qos: 1 });
    expect(client.connected).toBe(true);
  });

  it("queues 3,000 reports for a gateway that is away", async () => {
    const { certPem, keyPem } = await ca.issueClient(GATEWAY_IDENTITY, directory);
    const session = { cert: certPem, key: keyPem, clean: false };
    const first = await connect(GATEWAY_IDENTITY, session);
    await first.subscribeAsync("flotilla/v1/d/+/up/state", { qos: 1 });
    await first.endAsync();
    const { id, tls } = await device();
    const client = await connect(id, tls);
    await Promise.all(Array.from({ length: 3_000 }, async () => await client.publishAsync(topicFor("state", id), "{}", { qos: 1 })));
    let count = 0;
    // Not `connectAsync`: what was queued comes right behind the acknowledgement of the connection.
    const again = connectNow(broker.url, { ca: ca.certificatePem, clientId: GATEWAY_IDENTITY, reconnectPeriod: 0, ...session });
    open.push(again);
    again.on("message", () => (count += 1));
    await vi.waitFor(() => expect(count).toBe(3_000), { timeout: 20_000 });
  });
});
