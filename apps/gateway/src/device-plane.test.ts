import { randomUUID } from "node:crypto";
import { type TopicName, topicFor } from "@flotilla/contracts";
import { connectAsync, type MqttClient } from "mqtt";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { metricsReport, stateReport } from "./testing/reports.ts";
import { startTestBroker, type TestBroker, testBroker } from "../../standalone/src/broker/testing/start-test-broker.ts";
import { type TestDevice, TestStack } from "./testing/test-stack.ts";

// Real processes on a busy machine.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

let stack: TestStack;
let broker: TestBroker;
const open: MqttClient[] = [];
const WAIT = { timeout: 10_000, interval: 50 };

beforeAll(async () => {
  stack = await TestStack.create();
  broker = await startTestBroker(stack.directory);
  await stack.start({ ...brokerSettings(), presenceGraceMs: 1_500 });
  // The broker lets devices in once the gateway told it who is revoked.
  const device = await stack.enrol();
  await vi.waitFor(async () => await connect(device), WAIT);
});
afterEach(() => {
  for (const client of open.splice(0)) client.end(true);
});
afterAll(async () => {
  await stack.close();
  await broker.stop();
});

const brokerSettings = () => ({ brokerUrl: broker.url, revocationListFile: broker.revocationListFile });

async function connect(device: TestDevice): Promise<MqttClient> {
  const will = { topic: topicFor("presence", device.id), payload: Buffer.from(presence(false)), qos: 1, retain: true } as const;
  const client = await connectAsync(broker.url, { ...device.tls, clientId: device.id, reconnectPeriod: 0, will }, false);
  client.on("error", () => undefined);
  open.push(client);
  // A broker may let a session begin and end it at once: what was published is then never acknowledged.
  const ended = new Promise<never>((_, reject) => client.once("close", () => reject(new Error("The broker ended the session."))));
  await Promise.race([client.publishAsync(topicFor("presence", device.id), presence(true), { qos: 1, retain: true }), ended]);
  return client;
}
const presence = (online: boolean): string => JSON.stringify({ online, bootId: randomUUID() });
const status = async (device: TestDevice) => await stack.ctx.db.prisma.deviceStatus.findUniqueOrThrow({ where: { deviceId: device.id } });
const publish = async (client: MqttClient, device: TestDevice, topic: TopicName, payload: unknown) =>
  await client.publishAsync(topicFor(topic, device.id), JSON.stringify(payload), { qos: 1 });
async function hint(device: TestDevice, seq: number): Promise<void> {
  await stack.ctx.db.prisma.outbox.create({
    data: { organisationId: stack.organisationId, deviceId: device.id, topic: "hint", payload: { seq, spreadSeconds: 0 } },
  });
}

describe("reports over MQTT", () => {
  it("are applied: presence, state, metrics, and the last will", async () => {
    const device = await stack.enrol();
    const client = await connect(device);
    await publish(client, device, "state", stateReport({ phase: "DOWNLOADING", progress: 0.25 }));
    await publish(client, device, "metrics", metricsReport());
    await vi.waitFor(
      async () => expect(await status(device)).toMatchObject({ online: true, phase: "DOWNLOADING", progress: 0.25, latencyP95Ms: 2.5 }),
      WAIT,
    );
    client.stream.destroy();
    await vi.waitFor(async () => expect((await status(device)).online).toBe(false), WAIT);
    const events = await stack.ctx.db.prisma.deviceEvent.findMany({ where: { deviceId: device.id }, orderBy: { at: "asc" } });
    expect(events.map(({ kind }) => kind).sort()).toEqual(["enrolled", "offline", "online", "state"]);
  });

  // Mosquitto drops such a report and tells nobody: the operator sees it in Mosquitto's log.
  it.runIf(testBroker === "embedded")(
    "a report on another device's topic is refused, changes nothing, and the operator sees it",
    async () => {
      const victim = await stack.enrol();
      const device = await stack.enrol();
      const client = await connect(device);
      client.publish(topicFor("state", victim.id), JSON.stringify(stateReport({ phase: "ACTIVE" })), { qos: 1 });
      await vi.waitFor(async () => expect(await stack.securityEvents(device.id)).toHaveLength(1), WAIT);
      const [event] = await stack.securityEvents(device.id);
      expect(event).toMatchObject({ reasonCode: "FORBIDDEN" });
      expect(event?.reasonMessage).toContain(topicFor("state", victim.id));
      expect((await status(victim)).phase).toBeNull();
    },
  );

  it("one that does not fit its schema is dropped and the next one is applied", async () => {
    const device = await stack.enrol();
    const client = await connect(device);
    await publish(client, device, "state", { kind: "state", phase: "FLYING" });
    await publish(client, device, "state", stateReport({ phase: "ACTIVE" }));
    await vi.waitFor(async () => expect((await status(device)).phase).toBe("ACTIVE"), WAIT);
  });
});

describe("a gateway that was away", () => {
  it("applies what devices reported meanwhile, and marks those offline that vanished", async () => {
    const device = await stack.enrol();
    const vanished = await stack.enrol();
    const client = await connect(device);
    const other = await connect(vanished);
    await vi.waitFor(async () => expect([(await status(device)).online, (await status(vanished)).online]).toEqual([true, true]), WAIT);
    await stack.gateway?.stop();
    await publish(client, device, "state", stateReport({ phase: "ACTIVE" }));
    other.stream.destroy();
    await stack.start({ ...brokerSettings(), presenceGraceMs: 1_500 });
    await vi.waitFor(async () => expect(await status(device)).toMatchObject({ phase: "ACTIVE", online: true }), WAIT);
    await vi.waitFor(async () => expect((await status(vanished)).online).toBe(false), WAIT);
  });
});

/** The embedded broker says so in MQTT, Mosquitto by the TLS alert. */
const REFUSED = testBroker === "embedded" ? "Not authorized" : /certificate revoked/;

describe("revocation", () => {
  it("ends a live session within two seconds, refuses the next one, and hides the artifact that was assigned", async () => {
    const device = await stack.enrol();
    const release = await stack.release(Buffer.from("model"));
    await stack.assign(device.id, release);
    const artifact = `/device/v1/artifacts/${release.sha256}`;
    expect((await device.call("GET", artifact)).status).toBe(200);
    const client = await connect(device);
    await vi.waitFor(async () => expect((await status(device)).online).toBe(true), WAIT);
    const closed = new Promise<void>((resolve) => client.once("close", () => resolve()));
    const revokedAt = Date.now();
    await stack.ctx.db.prisma.device.update({ where: { id: device.id }, data: { state: "REVOKED", revokedAt: new Date() } });
    await stack.ctx.db.query("SELECT pg_notify('flotilla_live', $1)", [
      JSON.stringify({ organisationId: stack.organisationId, topic: "device", id: device.id }),
    ]);
    await closed;
    expect(Date.now() - revokedAt).toBeLessThan(2_000);
    expect((await device.call("GET", artifact)).status).toBe(404);
    await vi.waitFor(async () => await expect(connect(device)).rejects.toThrow(REFUSED), WAIT);
    await vi.waitFor(async () => expect((await status(device)).online).toBe(false), WAIT);
  });
});

describe("the outbox", () => {
  it("is published as retained hints and emptied; only the newest of one topic is left", async () => {
    const device = await stack.enrol();
    for (const seq of [1, 2, 3]) await hint(device, seq);
    await vi.waitFor(async () => expect(await stack.ctx.db.prisma.outbox.count()).toBe(0), WAIT);
    expect(await nextHint(device)).toEqual({ seq: 3, spreadSeconds: 0 });
  });

  it("waits while the broker is dead, and is published by the next one; everybody is offline meanwhile", async () => {
    const device = await stack.enrol();
    await connect(device);
    await vi.waitFor(async () => expect((await status(device)).online).toBe(true), WAIT);
    const { port } = broker;
    await broker.stop("SIGKILL");
    await hint(device, 9);
    await vi.waitFor(async () => expect((await status(device)).online).toBe(false), WAIT);
    expect(await stack.ctx.db.prisma.outbox.count()).toBe(1);
    broker = await startTestBroker(stack.directory, port);
    await vi.waitFor(async () => expect(await stack.ctx.db.prisma.outbox.count()).toBe(0), WAIT);
    expect(await nextHint(device)).toEqual({ seq: 9, spreadSeconds: 0 });
    await vi.waitFor(async () => expect((await status(device)).online).toBe(true), WAIT);
  }, 30_000);
});

async function nextHint(device: TestDevice): Promise<unknown> {
  const client = await vi.waitFor(async () => await connect(device), WAIT);
  const message = new Promise<Buffer>((resolve) => client.once("message", (_topic, payload) => resolve(payload)));
  await client.subscribeAsync(topicFor("hint", device.id), { qos: 1 });
  return JSON.parse((await message).toString());
}
