import { createHash, randomBytes } from "node:crypto";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { createTestContext, type TestContext, type TestOrganisation } from "../testing/index.ts";
import { beginUpload } from "./begin-upload.ts";
import { cancelUpload } from "./cancel-upload.ts";
import { getUpload } from "./list-uploads.ts";
import { createTusServer, type TusServer } from "./tus-server.ts";

let world: TestContext;
let mine: TestOrganisation;
let directory: string;
let tus: TusServer;
beforeAll(async () => {
  world = await createTestContext();
});
afterAll(() => world.close());
beforeEach(async () => {
  mine = await world.addOrganisation();
  directory = join(world.directory, mine.organisationId);
  tus = createTusServer({ services: world.ctx, directory });
});

const engineer = () => mine.actor.engineer;
const sha256 = (content: Uint8Array) => createHash("sha256").update(content).digest("hex");

async function begin(content: Uint8Array, claim: string = sha256(content)): Promise<string> {
  return (await beginUpload(world.ctx, engineer(), { kind: "model", fileName: "m.onnx", sizeBytes: content.length, sha256: claim }))
    .uploadId;
}

const OCTETS = "application/offset+octet-stream";
type Body = NonNullable<RequestInit["body"]>;

interface Call {
  headers?: Record<string, string>;
  body?: Body;
  actor?: TestOrganisation["actor"]["owner"];
}

function call(method: string, path: string, { headers = {}, body, actor = engineer() }: Call = {}): Promise<Response> {
  const init = {
    method,
    headers: { "tus-resumable": "1.0.0", ...headers },
    duplex: "half" as const,
    ...(body === undefined ? {} : { body }),
  };
  return tus.handle(new Request(`http://localhost/api/upload${path}`, init), actor);
}

function create(uploadId: string, length: number, options: Call = {}): Promise<Response> {
  const metadata = `uploadId ${Buffer.from(uploadId).toString("base64")}`;
  const headers = { "upload-length": String(length), "upload-metadata": metadata, ...options.headers };
  return call("POST", "", { ...options, headers });
}

function patch(uploadId: string, offset: number, body: Body, options: Call = {}): Promise<Response> {
  const headers = { "upload-offset": String(offset), "content-type": OCTETS, ...options.headers };
  return call("PATCH", `/${uploadId}`, { ...options, headers, body });
}

const stateOf = async (id: string) => (await getUpload(world.ctx, engineer(), { id })).state;

test("30 MB in one request arrive whole, are stored under their hash and leave nothing behind", async () => {
  const content = randomBytes(30 * 1024 * 1024);
  const id = await begin(content);
  const created = await create(id, content.length);
  expect([created.status, created.headers.get("location")]).toEqual([201, `/api/upload/${id}`]);
  expect(created.headers.get("access-control-allow-origin")).toBeNull();
  expect((await patch(id, 0, content)).status).toBe(204);
  expect(await stateOf(id)).toBe("RECEIVED");
  expect(await world.ctx.blob.stat(sha256(content))).toEqual({ sizeBytes: content.length });
  expect(await readdir(directory)).toEqual([]);
});

test("an upload whose tab was closed goes on where it stopped", async () => {
  const content = randomBytes(100_000);
  const id = await begin(content);
  await create(id, content.length);
  const broken = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.enqueue(content.subarray(0, 40_000));
      controller.error(new Error("the tab was closed"));
    },
  });
  await patch(id, 0, broken).catch(() => undefined);
  const second = createTusServer({ services: world.ctx, directory });
  tus = second;
  const head = await call("HEAD", `/${id}`);
  const offset = Number(head.headers.get("upload-offset"));
  expect(head.status).toBe(200);
  expect(offset).toBeLessThanOrEqual(40_000);
  await patch(id, offset, content.subarray(offset, 70_000));
  await vi.waitFor(async () => expect((await getUpload(world.ctx, engineer(), { id })).receivedBytes).toBe(70_000));
  expect((await patch(id, 70_000, content.subarray(70_000))).status).toBe(204);
  expect(await stateOf(id)).toBe("RECEIVED");
});

test("an upload that is begun once more keeps what has arrived", async () => {
  const content = randomBytes(1000);
  const id = await begin(content);
  await create(id, content.length);
  await patch(id, 0, content.subarray(0, 400));
  expect((await create(id, content.length)).status).toBe(409);
  expect((await call("HEAD", `/${id}`)).headers.get("upload-offset")).toBe("400");
});

test("a client that lost the last answer hears that it is complete", async () => {
  const content = randomBytes(1000);
  const id = await begin(content);
  await create(id, content.length);
  await patch(id, 0, content);
  const head = await call("HEAD", `/${id}`);
  expect([head.status, head.headers.get("upload-offset"), head.headers.get("upload-length")]).toEqual([200, "1000", "1000"]);
});

test("a process that died between the last byte and the hand-over: the next question hands over", async () => {
  const content = randomBytes(1000);
  const id = await begin(content);
  await create(id, content.length);
  // As after a crash: all bytes on disk, the row still open.
  const enqueue = vi.spyOn(world.ctx.queue, "enqueue").mockRejectedValueOnce(new Error("the database went away"));
  expect((await patch(id, 0, content)).status).toBe(500);
  enqueue.mockRestore();
  expect(await stateOf(id)).toBe("UPLOADING");
  expect((await call("HEAD", `/${id}`)).headers.get("upload-offset")).toBe("1000");
  expect(await stateOf(id)).toBe("RECEIVED");
  expect(await readdir(directory)).toEqual([]);
});

describe("refused", () => {
  const codeOf = async (response: Response) => [response.status, ((await response.json()) as { code: string }).code];

  test("bytes that were not begun, or in another length than announced", async () => {
    expect(await codeOf(await create("00000000-0000-4000-8000-000000000000", 10))).toEqual([404, "NOT_FOUND"]);
    expect(await codeOf(await create("../../etc/passwd", 10))).toEqual([400, "INVALID_INPUT"]);
    const id = await begin(randomBytes(10));
    expect(await codeOf(await create(id, 11))).toEqual([400, "INVALID_INPUT"]);
    expect((await create(id, 10)).status).toBe(201);
  });

  const endless = () => new ReadableStream<Uint8Array>({ pull: (controller) => controller.enqueue(randomBytes(4096)) });
  test.each<[string, (id: string) => Promise<Response>]>([
    ["one byte too much, by the length of the request", (id) => patch(id, 0, randomBytes(11), { headers: { "content-length": "11" } })],
    ["one byte too much, uncounted", (id) => patch(id, 0, randomBytes(11))],
    ["a body that never ends", (id) => patch(id, 0, endless())],
    ["too much after a part that was fine", async (id) => (await patch(id, 0, randomBytes(6)), patch(id, 6, endless()))],
    ["too much with the first request", (id) => create(id, 10, { body: randomBytes(11), headers: { "content-type": OCTETS } })],
  ])("more than was announced: %s; the upload is over and its file removed", async (_, send) => {
    const id = await begin(randomBytes(10));
    await create(id, 10);
    expect(await codeOf(await send(id))).toEqual([413, "TOO_LARGE"]);
    expect(await getUpload(world.ctx, engineer(), { id })).toMatchObject({ state: "REJECTED", error: { code: "TOO_LARGE" } });
    expect(await readdir(directory)).toEqual([]);
    expect((await create(id, 10)).status).toBe(409);
  });

  test("bytes at another place than where the last ones ended", async () => {
    const id = await begin(randomBytes(10));
    await create(id, 10);
    expect(await codeOf(await patch(id, 5, randomBytes(5)))).toEqual([409, "CONFLICT"]);
    expect(await stateOf(id)).toBe("UPLOADING");
  });

  test("another organisation's upload", async () => {
    const id = await begin(randomBytes(10));
    await create(id, 10);
    const stranger = (await world.addOrganisation()).actor.owner;
    expect(await codeOf(await create(id, 10, { actor: stranger }))).toEqual([404, "NOT_FOUND"]);
    expect(await codeOf(await patch(id, 0, randomBytes(10), { actor: stranger }))).toEqual([404, "NOT_FOUND"]);
    expect((await call("HEAD", `/${id}`, { actor: stranger })).status).toBe(404);
  });

  test("bytes other than those that the browser hashed; their file is removed", async () => {
    const id = await begin(randomBytes(10));
    await create(id, 10);
    expect(await codeOf(await patch(id, 0, randomBytes(10)))).toEqual([422, "HASH_MISMATCH"]);
    expect(await stateOf(id)).toBe("REJECTED");
    expect(await readdir(directory)).toEqual([]);
  });

  test("an upload that was cancelled", async () => {
    const id = await begin(randomBytes(10));
    await create(id, 10);
    await cancelUpload(world.ctx, engineer(), { id });
    expect(await codeOf(await patch(id, 0, randomBytes(10)))).toEqual([410, "UPLOAD_EXPIRED"]);
  });

  test("an upload that is cancelled while its bytes come: nothing of it stays", async () => {
    const receiving = { ...world.ctx, uploadDirectory: directory };
    const id = await begin(randomBytes(100_000));
    await create(id, 100_000);
    let send: ((bytes: Uint8Array | null) => void) | undefined;
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        send = (bytes) => (bytes === null ? controller.close() : controller.enqueue(bytes));
      },
    });
    const arriving = patch(id, 0, body);
    send?.(randomBytes(50_000));
    await vi.waitFor(async () => expect((await stat(join(directory, id))).size).toBe(50_000));
    await cancelUpload(receiving, engineer(), { id });
    expect(await readdir(directory)).toEqual([]);
    send?.(randomBytes(50_000));
    send?.(null);
    expect(await codeOf(await arriving)).toEqual([410, "UPLOAD_EXPIRED"]);
    expect(await readdir(directory)).toEqual([]);
  });
});
