import { randomUUID } from "node:crypto";
import path from "node:path";
import { topicFor } from "@flotilla/contracts";
import { createTestContext, RolloutWorld, type TestContext } from "@flotilla/services/testing";
import { loadOrCreateCa } from "@flotilla/trust/ca";
import { connectAsync, type MqttClient } from "mqtt";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { startTestBroker, type TestBroker, testBroker } from "../../standalone/src/broker/testing/start-test-broker.ts";
import { call } from "./testing/device-client.ts";
import { stateReport } from "./testing/reports.ts";
import { type GatewayProcess, startGatewayProcess } from "./testing/start-gateway-process.ts";
import { type TestDevice, TestStack } from "./testing/test-stack.ts";

/**
 * Only where it is asked for (`.ci/more`): on a machine that is busy with other tests the second gateway was once, of seven runs, not seen to lead within
 * 20 s, and why is not known yet.
 */
const isAsked = process.env["TWO_GATEWAYS"] === "all";

// Real processes on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 });
const WAIT = { timeout: 20_000, interval: 50 };

/** The one that leads and the one that does not, once one does. */
async function byRole(gateways: readonly GatewayProcess[]): Promise<{ leader: GatewayProcess; other: GatewayProcess }> {
  return await vi.waitFor(async () => {
    const leading = await Promise.all(gateways.map(async (gateway) => await gateway.leads()));
    const [leader, other] = [gateways[leading.indexOf(true)], gateways[leading.indexOf(false)]];
    if (leader === undefined || other === undefined) throw new Error("nobody leads, or both");
    return { leader, other };
  }, WAIT);
}
async function takesOver(gateway: GatewayProcess): Promise<number> {
  const began = performance.now();
  await vi.waitFor(async () => expect(await gateway.leads()).toBe(true), WAIT);
  return performance.now() - began;
}

describe.runIf(isAsked)("two gateways on one broker", () => {
  let stack: TestStack;
  let broker: TestBroker;
  let gateways: GatewayProcess[] = [];
  const open: MqttClient[] = [];
  beforeAll(async () => {
    stack = await TestStack.create();
    broker = await startTestBroker(stack.directory);
    const env = {
      DATABASE_URL: stack.database.url,
      BLOB_DIR: path.join(stack.directory, "blobs"),
      SECRETS_DIR: stack.directory,
      BROKER_URL: broker.url,
      ...(broker.revocationListFile === undefined ? {} : { BROKER_CRL_FILE: broker.revocationListFile }),
    };
    gateways = await Promise.all([1, 2].map(async () => await startGatewayProcess(stack.ctx.ca.certificatePem, env)));
    // For what enrols devices: a gateway without a broker takes no part in what is tested, and does not lead, since others do.
    await byRole(gateways);
    await stack.start();
  });
  afterAll(async () => {
    for (const client of open) client.end(true);
    await stack.close();
    await Promise.all(gateways.map(async (gateway) => await gateway.kill("SIGKILL")));
    await broker.stop();
  });

  async function connect(device: TestDevice): Promise<MqttClient> {
    const client = await connectAsync(broker.url, { ...device.tls, clientId: device.id, reconnectPeriod: 0 }, false);
    client.on("error", () => undefined);
    open.push(client);
    return client;
  }

  it("answer devices both; when the leader is killed in a stream of reports, each report is applied once and every hint arrives", async () => {
    const { leader, other } = await byRole(gateways);
    const devices = await Promise.all(Array.from({ length: 8 }, async () => await stack.enrol()));
    for (const { port } of gateways)
      expect((await call(port, devices[0]?.tls ?? { ca: "" }, "GET", "/device/v1/assignment")).status).toBe(204);
    const hints: string[] = [];
    const clients = await vi.waitFor(async () => await Promise.all(devices.map(connect)), WAIT);
    for (const [index, client] of clients.entries()) {
      client.on("message", (_topic, payload) => hints.push(`${index} ${payload.toString()}`));
      await client.subscribeAsync(topicFor("hint", devices[index]?.id ?? ""), { qos: 1 });
    }
    // Each phase leaves an event: one that were applied twice, or not at all, would be seen.
    const phases = ["PREFLIGHT", "DOWNLOADING", "VERIFYING", "STAGED", "ACTIVATING", "PROBING"] as const;
    const bootId = randomUUID();
    const report = async (n: number): Promise<void> => {
      const phase = phases[n % phases.length] ?? "IDLE";
      const send = async (client: MqttClient, index: number) =>
        await client.publishAsync(topicFor("state", devices[index]?.id ?? ""), JSON.stringify(stateReport({ bootId, n, phase })), {
          qos: 1,
        });
      await Promise.all(clients.map(send));
    };
    for (let n = 0; n < 30; n += 1) await report(n);
    await stack.ctx.db.prisma.outbox.createMany({
      data: devices.map(({ id }) => ({
        organisationId: stack.organisationId,
        deviceId: id,
        topic: "hint",
        payload: { seq: 7, spreadSeconds: 0 },
      })),
    });
    await leader.kill("SIGKILL");
    for (let n = 30; n < 60; n += 1) await report(n);
    // Within a second where the machine is not busy (a beat of 400 ms); this bound is for one that is.
    expect(await takesOver(other)).toBeLessThan(10_000);
    await vi.waitFor(async () => {
      const rows = await stack.ctx.db.prisma.deviceStatus.findMany({ select: { lastN: true } });
      expect(rows).toEqual(devices.map(() => ({ lastN: 59 })));
      expect(await stack.ctx.db.prisma.outbox.count()).toBe(0);
      expect(new Set(hints).size).toBe(devices.length);
    }, WAIT);
    const events = await stack.ctx.db.prisma.deviceEvent.groupBy({ by: ["deviceId"], where: { kind: "state" }, _count: true });
    const counts = events.map(({ _count }) => _count);
    // Mosquitto keeps the order of a session that is taken up. The embedded broker sends new messages between the kept ones: of two states that
    // overtook each other the newer one stays, and history lacks the older.
    if (testBroker === "mosquitto") expect(counts).toEqual(devices.map(() => 60));
    else expect(Math.max(...counts)).toBeLessThanOrEqual(60);
  });
});

describe.runIf(isAsked)("two gateways and a rollout", () => {
  let context: TestContext;
  let world: RolloutWorld;
  let gateways: GatewayProcess[] = [];
  beforeAll(async () => {
    context = await createTestContext();
    world = await RolloutWorld.create(context, 6);
    world.now = new Date();
    world.pass(0);
    const secrets = path.join(context.directory, "secrets");
    const ca = await loadOrCreateCa(secrets);
    const env = { DATABASE_URL: context.url, BLOB_DIR: path.join(context.directory, "blobs"), SECRETS_DIR: secrets };
    gateways = await Promise.all([1, 2].map(async () => await startGatewayProcess(ca.certificatePem, env)));
  });
  afterAll(async () => {
    await Promise.all(gateways.map(async (gateway) => await gateway.kill("SIGKILL")));
    await context.close();
  });

  it("decide everything once, also when the leader is killed between two stages", async () => {
    const stage = (name: string, percent: number) => ({
      name,
      target: { kind: "percent" as const, percent },
      soakSeconds: 0,
      deadlineSeconds: 600,
      manual: false,
    });
    const release = await world.release("good");
    const id = await world.start(release, { stages: [stage("first", 50), stage("rest", 100)], gates: { failureRateMax: null } });
    const { leader, other } = await byRole(gateways);
    const assigned = async (): Promise<string[]> =>
      await vi.waitFor(async () => {
        const found = await world.inState(id, "ASSIGNED");
        expect(found).toHaveLength(3);
        return found;
      }, WAIT);
    const first = await assigned();
    await leader.kill("SIGKILL");
    for (const deviceId of first) await world.succeed(deviceId, release);
    await takesOver(other);
    for (const deviceId of await assigned()) await world.succeed(deviceId, release);
    await vi.waitFor(async () => expect((await world.view(id)).state).toBe("COMPLETED"), WAIT);
    const decisions = await world.ctx.db.prisma.decision.findMany({ where: { rolloutId: id } });
    const told = decisions.map(({ kind, params, deviceId }) => `${kind} ${deviceId ?? ""} ${JSON.stringify(params)}`);
    expect(new Set(told).size).toBe(told.length);
  });
});
