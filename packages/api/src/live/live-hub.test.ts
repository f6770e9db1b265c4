import { randomUUID } from "node:crypto";
import type { LiveEvent } from "@flotilla/contracts";
import { liveTopics } from "@flotilla/contracts";
import { listenLive, notifyLive } from "@flotilla/db";
import { createTestDatabase, type TestDatabase } from "@flotilla/db/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { collapseEvents } from "./collapse-events.ts";
import { createLiveHub, type LiveHub, type NumberedEvent } from "./create-live-hub.ts";

let database: TestDatabase;
let hub: LiveHub;
let stop: AbortController;
let listeners: number;
const mine = randomUUID();
const other = randomUUID();
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());
beforeEach(() => {
  stop = new AbortController();
  listeners = 0;
  hub = createLiveHub({
    bootId: "boot",
    intervalMs: 50,
    listen: (onEvent, onGap) => {
      listeners += 1;
      return listenLive(database.url, onEvent, { onGap });
    },
  });
});
afterEach(async () => {
  stop.abort();
  await hub.stop();
});

/** Subscribes like a tab and collects; resolves once the hub listens. */
async function open(organisationId: string, lastEventId?: string): Promise<NumberedEvent[]> {
  const heard: NumberedEvent[] = [];
  const events = hub.subscribe(organisationId, stop.signal, lastEventId);
  void (async () => {
    for await (const event of events) heard.push(event);
  })();
  await vi.waitFor(async () => {
    const listening = await database.db.query(
      "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND query = 'LISTEN flotilla_live'",
    );
    expect(listening).toHaveLength(1);
  });
  return heard;
}

const say = (event: LiveEvent) => notifyLive(database.db.prisma, event);
const topics = (heard: NumberedEvent[]) => heard.map(({ event }) => `${event.topic}:${event.id ?? "*"}`);

describe("hub", () => {
  test("tabs share one listener, and each hears its own organisation only", async () => {
    const [first, second, foreign] = [await open(mine), await open(mine), await open(other)];
    await say({ organisationId: mine, topic: "job", id: "a" });
    await vi.waitFor(() => expect([topics(first), topics(second)]).toEqual([["job:a"], ["job:a"]]));
    expect(foreign).toEqual([]);
    expect(listeners).toBe(1);
  });

  test("stopping ends every tab's stream", async () => {
    const events = hub.subscribe(mine, stop.signal);
    const next = events.next();
    await hub.stop();
    expect(await next).toEqual({ done: true, value: undefined });
  });

  test("a burst arrives as a few deliveries, each thing once", async () => {
    const heard = await open(mine);
    // All at once: on a busy machine forty one after the other are no burst.
    await Promise.all(Array.from({ length: 40 }, (_, n) => say({ organisationId: mine, topic: "device", id: String(n % 4) })));
    await vi.waitFor(() => expect(new Set(topics(heard)).size).toBe(4));
    await new Promise((resolve) => setTimeout(resolve, 120));
    expect(heard.length).toBeLessThan(30);
  });

  test("a tab that comes back gets what it missed, exactly", async () => {
    const heard = await open(mine);
    await say({ organisationId: mine, topic: "job", id: "a" });
    await vi.waitFor(() => expect(heard).toHaveLength(1));
    await say({ organisationId: mine, topic: "job", id: "b" });
    await vi.waitFor(() => expect(heard).toHaveLength(2));
    const back = await open(mine, heard[0]?.id);
    await vi.waitFor(() => expect(topics(back)).toEqual(["job:b"]));
  });

  test.each([
    ["of an earlier process", "other:1"],
    ["from the future", "boot:99"],
    ["of nonsense", "?"],
  ])("an id %s: everything may have changed", async (_name, id) => {
    const heard = await open(mine, id);
    await vi.waitFor(() => expect(topics(heard)).toEqual(liveTopics.map((topic) => `${topic}:*`)));
  });

  test("a lost database connection: everything may have changed, and events flow again", async () => {
    const heard = await open(mine);
    await database.db.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'",
    );
    await vi.waitFor(() => expect(topics(heard)).toEqual(liveTopics.map((topic) => `${topic}:*`)), { timeout: 5000 });
    await say({ organisationId: mine, topic: "model", id: "m" });
    await vi.waitFor(() => expect(topics(heard)).toContain("model:m"));
  });
});

describe("collapse", () => {
  const event = (topic: LiveEvent["topic"], id?: string): LiveEvent => ({
    organisationId: mine,
    topic,
    ...(id === undefined ? {} : { id }),
  });

  test.each<[string, LiveEvent[], string[]]>([
    ["the same row twice is said once", [event("job", "a"), event("job", "b"), event("job", "a")], ["job:a", "job:b"]],
    ["a topic without an id covers its rows", [event("job", "a"), event("job")], ["job:*"]],
    ["many rows become one event", Array.from({ length: 9 }, (_, n) => event("device", String(n))), ["device:*"]],
    ["topics do not mix", [event("job", "a"), event("device", "a")], ["job:a", "device:a"]],
    ["nothing stays nothing", [], []],
  ])("%s", (_name, events, expected) => {
    expect(collapseEvents(events).map((one) => `${one.topic}:${one.id ?? "*"}`)).toEqual(expected);
  });
});
