import { glob, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inviteMember, prepareOrganisation } from "@flotilla/services";
import { addDataSet, addModelVersion, createTestContext, type TestContext } from "@flotilla/services/testing";
import { loadOrCreateCa } from "@flotilla/trust/ca";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import * as authRoute from "../app/api/auth/[...all]/route.ts";
import * as sampleRoute from "../app/api/data-sets/[id]/samples/[file]/route.ts";
import * as graphViewRoute from "../app/api/graph-views/[file]/route.ts";
import * as healthRoute from "../app/api/health/route.ts";
import * as joinRoute from "../app/api/join/route.ts";
import * as uploadedFileRoute from "../app/api/model-versions/[id]/uploaded-file/route.ts";
import * as setupRoute from "../app/api/setup/route.ts";
import * as trpcRoute from "../app/api/trpc/[trpc]/route.ts";
import * as uploadRoute from "../app/api/upload/[[...id]]/route.ts";
import * as variantFileRoute from "../app/api/variants/[id]/file/route.ts";
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

describe("another organisation's bytes", () => {
  /** Every address that is no tRPC call. `null`: it serves nobody's rows. */
  const ADDRESSES: Record<string, ((id: string, cookie: string) => Promise<Response>) | null> = {
    "agent.js": null,
    "api/auth/[...all]": null,
    "api/health": null,
    "api/join": null,
    "api/setup": null,
    // Each procedure has its row in the API's own table.
    "api/trpc/[trpc]": null,
    "api/data-sets/[id]/samples/[file]": (id, with_) =>
      sampleRoute.GET(get(`data-sets/${id}/samples/0.png`, with_), { params: Promise.resolve({ id, file: "0.png" }) }),
    "api/graph-views/[file]": (id, with_) => {
      const file = `${id}.json.gz`;
      return graphViewRoute.GET(get(`graph-views/${file}`, with_), { params: Promise.resolve({ file }) });
    },
    "api/model-versions/[id]/uploaded-file": (id, with_) =>
      uploadedFileRoute.GET(get(`model-versions/${id}/uploaded-file`, with_), { params: Promise.resolve({ id }) }),
    "api/upload/[[...id]]": (id, with_) =>
      uploadRoute.HEAD(request("HEAD", `/api/upload/${id}`, { cookie: with_, headers: { "tus-resumable": "1.0.0" } })),
    "api/variants/[id]/file": (id, with_) => variantFileRoute.GET(get(`variants/${id}/file`, with_), { params: Promise.resolve({ id }) }),
  };
  const get = (path: string, with_: string) => request("GET", `/api/${path}`, { cookie: with_ });

  test("every address is in the table", async () => {
    const app = fileURLToPath(new URL("../app", import.meta.url));
    const found: string[] = [];
    for await (const file of glob("**/route.ts", { cwd: app })) found.push(file.replace(/\/route\.ts$/, ""));
    expect(found.toSorted()).toEqual(Object.keys(ADDRESSES).toSorted());
  });

  test("cannot be had from any of them", async () => {
    const { actor, organisationId } = await world.addOrganisation("theirs");
    const { prisma } = world.ctx.db;
    const { version, source } = await addModelVersion(world.ctx, actor.engineer);
    const dataSet = await addDataSet(world.ctx, actor.engineer);
    const upload = {
      organisationId,
      kind: "model",
      fileName: "m.onnx",
      sizeBytes: 10,
      state: "UPLOADING",
      createdBy: actor.engineer.userId,
    };
    const graph = { organisationId, modelSha256: "1".repeat(64), version: 1, state: "READY", sha256: "a".repeat(64) };
    const theirs: Record<string, string> = {
      "api/data-sets/[id]/samples/[file]": dataSet.id,
      "api/graph-views/[file]": (await prisma.graphView.create({ data: graph })).sha256 ?? "",
      "api/model-versions/[id]/uploaded-file": version.id,
      "api/upload/[[...id]]": (await prisma.upload.create({ data: upload })).id,
      "api/variants/[id]/file": source.id,
    };
    for (const [address, call] of Object.entries(ADDRESSES)) {
      if (call === null) continue;
      expect([address, (await call(theirs[address] ?? "", cookie)).status]).toEqual([address, 404]);
      expect([address, (await call(theirs[address] ?? "", "")).status]).toEqual([address, 401]);
    }
  });
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
