import { notifyLive } from "@flotilla/db";
import { type Ca, loadOrCreateCa } from "@flotilla/trust/ca";
import { createDeviceKeyAndCsr, type DeviceKeyAndCsr } from "@flotilla/trust/verify";
import { connectAsync, type MqttClient } from "mqtt";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type BrokerProcess, startBrokerProcess } from "../../standalone/src/broker/start-broker-process.ts";
import { PROFILE, type TestDevice, TestStack } from "./testing/test-stack.ts";

// Real processes on a busy machine.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

const WAIT = { timeout: 10_000, interval: 50 };
let stack: TestStack;
let broker: BrokerProcess;
/** The same CA an hour ago: what it issues is older by more than a certificate's second. */
let earlier: Ca;

beforeAll(async () => {
  stack = await TestStack.create();
  earlier = await loadOrCreateCa(stack.directory, () => new Date(Date.now() - 3_600_000));
  broker = await startBrokerProcess(stack.directory);
  await stack.start({ brokerUrl: broker.url });
});
afterAll(async () => {
  await stack.close();
  await broker.stop();
});

/** A device that was enrolled an hour ago. */
async function enrolledEarlier(): Promise<{ key: DeviceKeyAndCsr; old: TestDevice }> {
  const key = createDeviceKeyAndCsr();
  const answer = await stack.askToEnrol(key, await stack.token());
  const { certificatePem } = await earlier.issueDevice(key.csrPem, String(answer.body?.["deviceId"]));
  return { key, old: stack.deviceOf(key, { ...answer, body: { ...answer.body, certificatePem } }) };
}

async function renew(device: TestDevice): Promise<TestDevice> {
  const key = createDeviceKeyAndCsr();
  const answer = await device.call("POST", "/device/v1/renew", { body: { csrPem: key.csrPem, profile: PROFILE } });
  expect(answer.status).toBe(201);
  return stack.deviceOf(key, answer);
}

const ask = async (device: TestDevice) => {
  const answer = await device.call("GET", "/device/v1/assignment");
  return [answer.status, answer.body?.["code"]];
};
const passGrace = async ({ id }: TestDevice) =>
  await stack.ctx.db.prisma.device.update({ where: { id }, data: { certificateUsedAt: new Date(Date.now() - 600_000) } });
const connect = async ({ id, tls }: TestDevice): Promise<MqttClient> => {
  const client = await connectAsync(broker.url, { ...tls, clientId: id, reconnectPeriod: 0 }, false);
  client.on("error", () => undefined);
  return client;
};

describe("a certificate that was renewed", () => {
  it("serves until the new one is used, and a short time after that; then it is refused, and the operator sees it", async () => {
    const { old } = await enrolledEarlier();
    expect(await ask(old)).toEqual([204, undefined]);
    const renewed = await renew(old);
    await passGrace(old);
    expect(await ask(old), "nobody has used the new one").toEqual([204, undefined]);
    expect(await ask(renewed)).toEqual([204, undefined]);
    expect(await ask(old), "requests under way").toEqual([204, undefined]);
    await passGrace(old);
    expect(await ask(old)).toEqual([401, "CERTIFICATE_REPLACED"]);
    expect(await ask(renewed)).toEqual([204, undefined]);
    expect(await stack.securityEvents(old.id)).toMatchObject([
      { reasonCode: "CERTIFICATE_REPLACED", reasonMessage: expect.stringContaining("a newer one has been in use since") as string },
    ]);
  });

  it("stays good where the answer was lost, and the device tries again", async () => {
    const { old } = await enrolledEarlier();
    await ask(old);
    await renew(old);
    await passGrace(old);
    expect(await ask(old)).toEqual([204, undefined]);
    expect(await ask(await renew(old))).toEqual([204, undefined]);
  });

  it("cannot be renewed by who holds the old key", async () => {
    const { old } = await enrolledEarlier();
    await ask(old);
    await ask(await renew(old));
    await passGrace(old);
    const body = { csrPem: createDeviceKeyAndCsr().csrPem, profile: PROFILE };
    const answer = await old.call("POST", "/device/v1/renew", { body });
    expect([answer.status, answer.body?.["code"]]).toEqual([401, "CERTIFICATE_REPLACED"]);
  });

  it("is kept out by the broker too: its live session ends, and the next one is refused and shown", async () => {
    const { old } = await enrolledEarlier();
    await ask(old);
    const live = await vi.waitFor(async () => await connect(old), WAIT);
    const renewed = await renew(old);
    await ask(renewed);
    await passGrace(old);
    const closed = new Promise<void>((resolve) => live.once("close", () => resolve()));
    // The grace ends by the clock, which the gateway looks at twice a minute; news of a device lets it look now.
    await stack.ctx.db.transaction((tx) => notifyLive(tx, { organisationId: stack.organisationId, topic: "device", id: old.id }));
    await closed;
    await expect(connect(old)).rejects.toThrow("Not authorized");
    await vi.waitFor(
      async () =>
        expect(await stack.securityEvents(old.id)).toMatchObject([
          { reasonCode: "CERTIFICATE_REPLACED", reasonMessage: expect.stringContaining("the broker") as string },
        ]),
      WAIT,
    );
    (await connect(renewed)).end(true);
  });
});
