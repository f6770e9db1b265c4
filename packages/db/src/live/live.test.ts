import { randomUUID } from "node:crypto";
import type { LiveEvent } from "@flotilla/contracts";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createTestDatabase, type TestDatabase } from "../testing/index.ts";
import { listenLive } from "./listen-live.ts";
import { notifyLive } from "./notify-live.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

test("an event is heard once its transaction commits, and never when it rolls back; a malformed one is dropped", async () => {
  const { db, url } = database;
  const organisationId = randomUUID();
  const heard: LiveEvent[] = [];
  const stop = await listenLive(url, (event) => heard.push(event));
  await db
    .transaction((tx) => notifyLive(tx, { organisationId, topic: "job", id: "rolled-back" }).then(() => Promise.reject(new Error("no"))))
    .catch(() => undefined);
  await db.query("SELECT pg_notify('flotilla_live', 'not json')");
  await db.transaction(async (tx) => {
    await notifyLive(tx, { organisationId, topic: "job", id: "a" });
    await notifyLive(tx, { organisationId, topic: "job", id: "a" });
  });
  await vi.waitFor(() => expect(heard).toEqual([{ organisationId, topic: "job", id: "a" }]));
  await stop();
});

test("a lost connection is opened again and the gap is told", async () => {
  const { db, url } = database;
  const organisationId = randomUUID();
  const heard: LiveEvent[] = [];
  let gaps = 0;
  const stop = await listenLive(url, (event) => heard.push(event), { onGap: () => (gaps += 1) });
  await db.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'");
  await vi.waitFor(() => expect(gaps).toBe(1), { timeout: 5000 });
  await notifyLive(db.prisma, { organisationId, topic: "model" });
  await vi.waitFor(() => expect(heard).toEqual([{ organisationId, topic: "model" }]));
  await stop();
});
