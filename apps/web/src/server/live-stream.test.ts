import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { type Actor, inviteMember, prepareOrganisation, removeMember, setMemberRole } from "@flotilla/services";
import { createTestContext, type TestContext } from "@flotilla/services/testing";
import { loadOrCreateCa } from "@flotilla/trust/ca";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import * as joinRoute from "../app/api/join/route.ts";
import * as setupRoute from "../app/api/setup/route.ts";
import * as trpcRoute from "../app/api/trpc/[trpc]/route.ts";
import { webServices } from "./services.ts";

const ORIGIN = "http://fleet.local:8080";

let world: TestContext;
let owner: Actor;
beforeAll(async () => {
  world = await createTestContext();
  const path = (name: string) => join(world.directory, name);
  vi.stubEnv("DATABASE_URL", world.url);
  vi.stubEnv("BLOB_DIR", path("blobs"));
  vi.stubEnv("UPLOAD_DIR", path("uploads"));
  vi.stubEnv("CA_FILE", path("secrets/ca.pem"));
  vi.stubEnv("AUTH_SECRET", "s".repeat(40));
  vi.stubEnv("LOG_LEVEL", "silent");
  await mkdir(path("secrets"));
  await loadOrCreateCa(path("secrets"));
  const { setupToken, organisationId } = await prepareOrganisation(world.ctx);
  await post(setupRoute.POST, "/api/setup", {
    token: setupToken,
    name: "Ada",
    email: "ada@example.com",
    password: "correct horse battery",
  });
  const { userId } = await world.ctx.db.prisma.member.findFirstOrThrow();
  owner = { userId, name: "Ada", organisationId, role: "owner" };
});
afterAll(async () => {
  const web = await webServices();
  await web.live.stop();
  await web.services.db.close();
  await world.close();
});

async function post(handler: (request: Request) => Promise<Response>, path: string, body: unknown): Promise<Response> {
  const headers = { host: "fleet.local:8080", origin: ORIGIN, "sec-fetch-site": "same-origin", "content-type": "application/json" };
  return handler(new Request(ORIGIN + path, { method: "POST", headers, body: JSON.stringify(body) }));
}

/** Somebody who was invited, with the session's cookie. */
async function member(name: string): Promise<{ userId: string; cookie: string }> {
  const email = `${name}@example.com`;
  const { link } = await inviteMember(world.ctx, owner, { email, role: "viewer" });
  const token = new URL(link, ORIGIN).searchParams.get("token");
  const response = await post(joinRoute.POST, "/api/join", { token, email, name, password: "battery staple horse" });
  const cookie = response.headers.getSetCookie().map((one) => one.split(";")[0] ?? "");
  const { id } = await world.ctx.db.prisma.user.findUniqueOrThrow({ where: { email } });
  return { userId: id, cookie: cookie.join("; ") };
}

/** An open tab: resolves with everything that it heard once its stream ends. */
async function openTab(cookie: string): Promise<{ heard: Promise<string> }> {
  const response = await trpcRoute.GET(
    new Request(`${ORIGIN}/api/trpc/live.events?input=%7B%7D`, { headers: { host: "fleet.local:8080", cookie } }),
  );
  return { heard: text(response.body!) };
}

test.each([
  ["a member who is removed", async (userId: string) => removeMember(world.ctx, owner, { userId }), "UNAUTHENTICATED"],
  [
    "a member whose role changes",
    async (userId: string) => setMemberRole(world.ctx, owner, { userId, role: "engineer" }),
    "nothing but an open stream",
  ],
] as const)("the live stream of %s ends within two seconds, and opens again only to who may", async (name, change, again) => {
  const { userId, cookie } = await member(name.replaceAll(" ", "-"));
  const bystander = await member(`by-${name.replaceAll(" ", "-")}`);
  const [tab, other] = [await openTab(cookie), await openTab(bystander.cookie)];
  let otherEnded = false;
  void other.heard.then(() => (otherEnded = true));
  await sleep(300);
  const began = performance.now();
  await change(userId);
  expect(await tab.heard).toContain("event: serialized-error");
  expect(performance.now() - began).toBeLessThan(2_000);
  expect(otherEnded, "nobody else's").toBe(false);
  const reopened = (await openTab(cookie)).heard;
  expect(await Promise.race([reopened, sleep(500, "nothing but an open stream")])).toContain(again);
});
