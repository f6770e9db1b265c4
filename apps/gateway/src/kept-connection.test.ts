import { randomBytes } from "node:crypto";
import { Agent, request } from "node:https";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { type TestDevice, TestStack } from "./testing/test-stack.ts";

// Real processes on a busy machine.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

let stack: TestStack;
beforeAll(async () => {
  stack = await TestStack.create();
  await stack.start();
});
afterAll(async () => await stack.close());

/** GET on the one connection that `agent` keeps; answers with status and code, and whether the connection was there before. */
async function get(agent: Agent, path: string): Promise<{ status: number; code: string | undefined; reused: boolean }> {
  return await new Promise((resolve, reject) => {
    const outgoing = request({ host: "localhost", port: stack.port, path, agent }, (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => (text += chunk.toString()));
      response.on("end", () => {
        const json = (response.headers["content-type"] ?? "").startsWith("application/json");
        const { code } = json ? (JSON.parse(text) as { code?: string }) : {};
        resolve({ status: response.statusCode ?? 0, code, reused: outgoing.reusedSocket });
      });
    });
    outgoing.on("error", reject);
    outgoing.end();
  });
}

const keptBy = (device: TestDevice): Agent => new Agent({ ...device.tls, keepAlive: true, maxSockets: 1 });

/** What is kept of a connection and of a release must never outlive the right to them: each call is judged by what the database says now. */
it("a revoked device is refused by its very next call on a kept connection, for assignment and artifact alike", async () => {
  const device = await stack.enrol();
  const release = await stack.release(randomBytes(1000));
  await stack.assign(device.id, release);
  const agent = keptBy(device);
  const artifact = `/device/v1/artifacts/${release.sha256}`;
  expect([(await get(agent, "/device/v1/assignment")).status, (await get(agent, artifact)).status]).toEqual([200, 200]);
  await stack.ctx.db.prisma.device.update({ where: { id: device.id }, data: { state: "REVOKED" } });
  expect(await get(agent, "/device/v1/assignment")).toMatchObject({ code: "DEVICE_REVOKED", reused: true });
  expect(await get(agent, artifact)).toMatchObject({ status: 404, reused: true });
  agent.destroy();
});

it("a withdrawn assignment takes the artifact along, also where another device has just fetched it", async () => {
  const [one, other] = [await stack.enrol(), await stack.enrol()];
  const release = await stack.release(randomBytes(1000));
  const artifact = `/device/v1/artifacts/${release.sha256}`;
  for (const { id } of [one, other]) await stack.assign(id, release);
  const [agent, otherAgent] = [keptBy(one), keptBy(other)];
  expect((await get(agent, artifact)).status).toBe(200);
  await stack.ctx.db.prisma.assignment.delete({ where: { deviceId: one.id } });
  expect(await get(agent, artifact)).toMatchObject({ status: 404, code: "NOT_ASSIGNED", reused: true });
  expect((await get(agent, "/device/v1/assignment")).status).toBe(204);
  expect((await get(otherAgent, artifact)).status).toBe(200);
  agent.destroy();
  otherAgent.destroy();
});

it("many calls at once are each answered for their own device", async () => {
  const devices = await Promise.all(Array.from({ length: 6 }, async () => await stack.enrol()));
  const releases = await Promise.all(devices.map(async () => await stack.release(randomBytes(100))));
  await Promise.all(
    devices.map(async ({ id }, index) => await stack.assign(id, releases[index] ?? { releaseId: "", variantId: "" }, index + 1)),
  );
  const answers = await Promise.all(devices.map(async (device) => await device.call("GET", "/device/v1/assignment")));
  expect(answers.map(({ headers, body }) => [headers.etag, body?.["releaseId"]])).toEqual(
    releases.map(({ releaseId }, index) => [`"${index + 1}"`, releaseId]),
  );
});
