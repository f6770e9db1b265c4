import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { inviteMember, prepareOrganisation } from "@flotilla/services";
import { addDataSet, createTestContext, type TestContext } from "@flotilla/services/testing";
import { loadOrCreateCa } from "@flotilla/trust/ca";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import * as authRoute from "../app/api/auth/[...all]/route.ts";
import * as sampleRoute from "../app/api/data-sets/[id]/samples/[file]/route.ts";
import * as healthRoute from "../app/api/health/route.ts";
import * as joinRoute from "../app/api/join/route.ts";
import * as setupRoute from "../app/api/setup/route.ts";
import * as trpcRoute from "../app/api/trpc/[trpc]/route.ts";
import * as uploadRoute from "../app/api/upload/[[...id]]/route.ts";
import { webServices } from "./services.ts";

/** The route handlers as Next calls them, on real services. */
const ORIGIN = "http://fleet.local:8080";
const owner = { name: "Ada", email: "ada@example.com", password: "correct horse battery" };

let world: TestContext;
let setupToken: string;
beforeAll(async () => {
  world = await createTestContext();
  const path = (name: string) => join(world.directory, name);
  vi.stubEnv("DATABASE_URL", world.url);
  vi.stubEnv("BLOB_DIR", path("blobs"));
  vi.stubEnv("UPLOAD_DIR", path("uploads"));
  vi.stubEnv("CA_FILE", path("secrets/ca.pem"));
  vi.stubEnv("AUTH_SECRET", "s".repeat(40));
  vi.stubEnv("PUBLIC_WEB_URL", "http://localhost:8080");
  vi.stubEnv("LOG_LEVEL", "silent");
  await mkdir(path("secrets"));
  setupToken = (await prepareOrganisation(world.ctx)).setupToken ?? "";
});
afterAll(async () => {
  const web = await webServices();
  await web.live.stop();
  await web.services.db.close();
  await world.close();
});

interface Sent {
  body?: unknown;
  cookie?: string;
  headers?: Record<string, string>;
}

function request(method: string, path: string, { body, cookie = "", headers = {} }: Sent = {}): Request {
  const sent = {
    host: "fleet.local:8080",
    origin: ORIGIN,
    "sec-fetch-site": "same-origin",
    "content-type": "application/json",
    cookie,
    ...headers,
  };
  return new Request(ORIGIN + path, { method, headers: sent, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
}

const cookieOf = (response: Response) =>
  response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(";")[0])
    .join("; ");

async function query(path: string, cookie: string): Promise<{ status: number; body: unknown }> {
  const response = await trpcRoute.GET(request("GET", `/api/trpc/${path}`, { cookie }));
  return { status: response.status, body: await response.json() };
}

let cookie = "";

test("the process is not ready before the gateway made the CA, and ready after it, without a restart", async () => {
  expect((await healthRoute.GET()).status).toBe(503);
  await loadOrCreateCa(join(world.directory, "secrets"));
  expect((await healthRoute.GET()).status).toBe(200);
});

describe("the first visitor", () => {
  test("is refused when another site's page asks, when a field is wrong, and when the link is", async () => {
    const input = { ...owner, token: setupToken };
    const foreign = await setupRoute.POST(request("POST", "/api/setup", { body: input, headers: { "sec-fetch-site": "cross-site" } }));
    expect(foreign.status).toBe(403);
    const short = await setupRoute.POST(request("POST", "/api/setup", { body: { ...input, password: "short" } }));
    expect([short.status, await short.json()]).toEqual([
      400,
      { code: "INVALID_INPUT", message: "password: a password has at least 12 characters" },
    ]);
    const guessed = await setupRoute.POST(request("POST", "/api/setup", { body: { ...input, token: "guess" } }));
    expect([guessed.status, ((await guessed.json()) as { code: string }).code]).toEqual([401, "TOKEN_INVALID"]);
    const broken = new Request(`${ORIGIN}/api/setup`, { method: "POST", body: "{" });
    expect((await setupRoute.POST(broken)).status).toBe(400);
  });

  test("becomes the owner by the printed link and is signed in", async () => {
    const response = await setupRoute.POST(request("POST", "/api/setup", { body: { ...owner, token: setupToken } }));
    expect([response.status, await response.json()]).toEqual([200, { signedIn: true }]);
    cookie = cookieOf(response);
    expect(await query("members.list", cookie)).toMatchObject({
      status: 200,
      body: { result: { data: { json: [{ name: "Ada", role: "owner" }] } } },
    });
    expect(await query("members.list", "")).toMatchObject({ status: 401 });
  });
});

test("an invited person joins, is signed in, and may do what the role says", async () => {
  const member = await world.ctx.db.prisma.member.findFirstOrThrow();
  const actor = { userId: member.userId, name: "Ada", organisationId: member.organizationId, role: "owner" as const };
  const { link } = await inviteMember(world.ctx, actor, { email: "vic@example.com", role: "viewer" });
  const token = new URL(link, ORIGIN).searchParams.get("token");
  const body = { token, email: "vic@example.com", name: "Vic", password: "battery staple horse" };
  const viewer = cookieOf(await joinRoute.POST(request("POST", "/api/join", { body })));
  expect(await query("members.list", viewer)).toMatchObject({ status: 200 });
  const upload = await uploadRoute.POST(request("POST", "/api/upload", { cookie: viewer, headers: { "tus-resumable": "1.0.0" } }));
  expect([upload.status, ((await upload.json()) as { code: string }).code]).toEqual([403, "FORBIDDEN"]);
});

test("a sample is served to members only, and never as anything but a picture", async () => {
  const member = await world.ctx.db.prisma.member.findFirstOrThrow();
  const { id } = await addDataSet(
    world.ctx,
    { userId: "x", name: "x", organisationId: member.organizationId, role: "owner" },
    { sampleCount: 1 },
  );
  const get = (file: string, with_: string) =>
    sampleRoute.GET(request("GET", `/api/data-sets/${id}/samples/${file}`, { cookie: with_ }), { params: Promise.resolve({ id, file }) });
  expect((await get("0.png", "")).status).toBe(401);
  expect((await get("..%2f0.png", cookie)).status).toBe(404);
  // The row is there and its bytes are not.
  expect((await get("0.png", cookie)).status).toBe(422);
});

test("what arrived can be neither read nor deleted through the upload address", async () => {
  for (const [method, handler] of [
    ["GET", uploadRoute.GET],
    ["DELETE", uploadRoute.DELETE],
  ] as const) {
    expect((await handler(request(method, "/api/upload/00000000-0000-4000-8000-000000000000", { cookie }))).status).toBe(404);
  }
});

test("signing out ends the session at once", async () => {
  expect((await authRoute.POST(request("POST", "/api/auth/sign-out", { cookie, body: {} }))).status).toBe(200);
  expect(await query("members.list", cookie)).toMatchObject({ status: 401 });
});
