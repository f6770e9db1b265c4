import { randomUUID } from "node:crypto";
import { text } from "node:stream/consumers";
import type { LiveEvent } from "@flotilla/contracts";
import type { Actor, ServiceContext } from "@flotilla/services";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { expect, test } from "vitest";
import { createLiveHub } from "../live/create-live-hub.ts";
import { appRouter } from "../root.ts";

const actor: Actor = { userId: randomUUID(), name: "Ada", organisationId: randomUUID(), role: "viewer" };

test("over HTTP: events carry ids, and a server that stops ends the stream so that the tab opens it again", async () => {
  let say: (event: LiveEvent) => void = () => undefined;
  const live = createLiveHub({
    bootId: "boot",
    intervalMs: 10,
    listen: async (onEvent) => {
      say = onEvent;
      return async () => undefined;
    },
  });
  const response = await fetchRequestHandler({
    endpoint: "/api/trpc",
    req: new Request("http://localhost/api/trpc/live.events?input=%7B%7D"),
    router: appRouter,
    // The subscription touches no service.
    createContext: () => ({ services: {} as ServiceContext, actor, live, isCurrent: () => Promise.resolve(true), crossSite: false }),
  });
  expect(response.headers.get("content-type")).toBe("text/event-stream");
  const body = text(response.body!);
  await new Promise((resolve) => setTimeout(resolve, 50));
  say({ organisationId: actor.organisationId, topic: "job", id: "a" });
  await new Promise((resolve) => setTimeout(resolve, 50));
  await live.stop();
  const events = await body;
  expect(events).toContain('"topic":"job"');
  expect(events).toContain("id: boot:1");
  expect(events).toContain("event: serialized-error");
  expect(events).not.toContain("event: return");
});
