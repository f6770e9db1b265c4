import { randomUUID } from "node:crypto";
import type { LogReport } from "@flotilla/contracts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readDeviceLog } from "../devices/read-device-log.ts";
import { addDevice, createTestContext, type TestContext, type TestOrganisation } from "../testing/index.ts";
import { applyReports } from "./apply-reports.ts";

let world: TestContext;
let mine: TestOrganisation;
beforeAll(async () => {
  world = await createTestContext();
  mine = await world.addOrganisation();
});
afterAll(() => world.close());

const bootId = randomUUID();
const report = (n: number, ...messages: string[]): LogReport => ({
  ...{ kind: "log", bootId, n, at: new Date().toISOString() },
  lines: messages.map((message) => ({ at: new Date().toISOString(), level: "warning", message })),
});
/** How many were new. */
const apply = async (deviceId: string, ...reports: LogReport[]) =>
  (
    await applyReports(
      world.ctx,
      reports.map((report) => ({ deviceId, report })),
    )
  ).filter(Boolean).length;
const messagesOf = async (id: string) => (await readDeviceLog(world.ctx, mine.actor.viewer, id)).map(({ message }) => message);

test("lines are kept in the order in which they came, a repeated report once, and only the last hundred", async () => {
  const { id } = await addDevice(world.ctx, mine.organisationId);
  expect(await messagesOf(id)).toEqual([]);
  expect(await apply(id, report(1, "a", "b"), report(2, "c"))).toBe(2);
  expect(await apply(id, report(1, "a", "b"), report(3, "d"))).toBe(1);
  expect(await messagesOf(id)).toEqual(["a", "b", "c", "d"]);
  const many = Array.from({ length: 20 }, (_, index) => String(index));
  for (let n = 10; n < 16; n += 1) await apply(id, report(n, ...many));
  const kept = await messagesOf(id);
  expect(kept).toHaveLength(100);
  expect(kept.at(-1)).toBe("19");
});

test("a revoked device is not listened to, and another organisation's log is not read", async () => {
  const revoked = await addDevice(world.ctx, mine.organisationId, { state: "REVOKED" });
  expect(await apply(revoked.id, report(1, "x"))).toBe(0);
  const stranger = await world.addOrganisation();
  await expect(readDeviceLog(world.ctx, stranger.actor.owner, revoked.id)).rejects.toMatchObject({ code: "NOT_FOUND" });
});
