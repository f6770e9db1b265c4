import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import * as fc from "fast-check";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { BlobStore } from "./blob-store.ts";
import { createFileBlobStore, createS3BlobStore } from "./index.ts";
import { env } from "./testing/env.ts";
import { type S3TestServer, startS3TestServer } from "./testing/s3-test-server.ts";
import { startVersity } from "./testing/start-versity.ts";

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

async function* chunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function* failing(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
  throw new Error("the connection broke");
}

async function filesUnder(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
}

let directory: string;
let server: S3TestServer;
beforeAll(async () => {
  server = env.TEST_S3_SERVER === undefined ? await startS3TestServer() : await startVersity(env.TEST_S3_SERVER);
});
afterAll(() => server.stop());
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "flotilla-blob-"));
  await server.clear();
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const stores: [string, () => BlobStore][] = [
  ["files", () => createFileBlobStore({ directory })],
  [
    "S3",
    () =>
      createS3BlobStore({
        bucket: "models",
        region: "eu-central-1",
        prefix: "flotilla/",
        endpoint: server.url,
        credentials: { accessKeyId: "test", secretAccessKey: "test" },
        cacheDirectory: directory,
      }),
  ],
];

describe.each(stores)("a blob store on %s", (_, createStore) => {
  const bytes = randomBytes(300_000);
  const digest = sha256(bytes);

  test("gives back what it was given, under its digest", async () => {
    const store = createStore();
    expect(await store.stat(digest)).toBeNull();
    expect(await store.put(chunks(bytes, 7_001), { maxBytes: 1e6, expectedSha256: digest })).toEqual({
      sha256: digest,
      sizeBytes: 300_000,
    });
    expect(await store.stat(digest)).toEqual({ sizeBytes: 300_000 });
    expect((await buffer(await store.open(digest))).equals(bytes)).toBe(true);
    expect((await readFile(await store.localPath(digest))).equals(bytes)).toBe(true);
  });

  test("any bytes in any chunks", async () => {
    const store = createStore();
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 500 }), fc.integer({ min: 1, max: 600 }), async (content, size) => {
        const { sha256: address } = await store.put(chunks(content, size), { maxBytes: 500 });
        expect(address).toBe(sha256(content));
        expect(await buffer(await store.open(address))).toEqual(Buffer.from(content));
      }),
      { numRuns: 15 },
    );
  });

  test.each<[number | undefined, number | undefined]>([
    [0, 0],
    [10, 99],
    [299_999, 299_999],
    [5, undefined],
    [undefined, 9],
  ])("opens the inclusive range %s–%s", async (start, end) => {
    const store = createStore();
    await store.put(chunks(bytes, 65_536), { maxBytes: 1e6 });
    const range = { ...(start === undefined ? {} : { start }), ...(end === undefined ? {} : { end }) };
    expect((await buffer(await store.open(digest, range))).equals(bytes.subarray(start ?? 0, (end ?? 299_999) + 1))).toBe(true);
  });

  test.each<[number, number]>([
    [0, 299_999],
    [0, 0],
    [131_071, 131_073],
    [131_072, 262_143],
    [299_999, 299_999],
  ])("hands over the range %s–%s part after part, none before the last was taken", async (start, end) => {
    const store = createStore();
    await store.put(chunks(bytes, 65_536), { maxBytes: 1e6 });
    const parts: Buffer[] = [];
    let taking = 0;
    await store.readParts(digest, { start, end }, async (part) => {
      taking += 1;
      await new Promise((resolve) => setImmediate(resolve));
      expect(taking).toBe(1);
      taking -= 1;
      return parts.push(Buffer.from(part)) > 0;
    });
    expect(Buffer.concat(parts).equals(bytes.subarray(start, end + 1))).toBe(true);
  });

  test("hands over nothing more to who has enough, and of an empty blob nothing", async () => {
    const store = createStore();
    await store.put(chunks(bytes, 65_536), { maxBytes: 1e6 });
    let taken = 0;
    await store.readParts(digest, {}, async () => ++taken < 1);
    expect(taken).toBe(1);
    const { sha256: empty } = await store.put(chunks(Buffer.alloc(0), 1), { maxBytes: 1 });
    await store.readParts(empty, {}, async () => ++taken > 0);
    expect(taken).toBe(1);
    await expect(store.readParts("0".repeat(64), {}, async () => true)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test("refuses a range outside the file", async () => {
    const store = createStore();
    await store.put(chunks(bytes, 65_536), { maxBytes: 1e6 });
    await expect(store.open(digest, { start: 300_000, end: 300_010 })).rejects.toMatchObject({ code: "INVALID_INPUT" });
  });

  test.each<[string, string, () => AsyncIterable<Uint8Array>, object]>([
    ["a byte too many", "TOO_LARGE", () => chunks(bytes, 1000), { maxBytes: 299_999 }],
    ["other bytes than announced", "HASH_MISMATCH", () => chunks(bytes, 1000), { maxBytes: 1e6, expectedSha256: "0".repeat(64) }],
    ["a source that fails", "", () => failing(bytes), { maxBytes: 1e6 }],
  ])("%s leaves nothing behind", async (_, code, source, options) => {
    const store = createStore();
    await expect(store.put(source(), options as { maxBytes: number })).rejects.toMatchObject(
      code === "" ? { message: "the connection broke" } : { code },
    );
    expect(await store.stat(digest)).toBeNull();
    expect(await filesUnder(directory)).toEqual([]);
    expect(await server.count()).toBe(0);
  });

  test("deletes, and says NOT_FOUND afterwards; deleting twice is no error", async () => {
    const store = createStore();
    await store.put(chunks(bytes, 65_536), { maxBytes: 1e6 });
    await store.delete(digest);
    await store.delete(digest);
    expect(await store.stat(digest)).toBeNull();
    await expect(store.open(digest)).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(store.localPath(digest)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test.each(["../../etc/passwd", "", "A".repeat(64), `${digest}/..`])("takes %j for no digest", async (address) => {
    const store = createStore();
    await expect((async () => store.open(address))()).rejects.toMatchObject({ code: "INVALID_INPUT" });
  });

  test("the same bytes put twice at once are one blob", async () => {
    const store = createStore();
    await Promise.all([1, 2, 3].map((size) => store.put(chunks(bytes, size * 10_000), { maxBytes: 1e6 })));
    expect((await filesUnder(directory)).length + (await server.count())).toBe(1);
  });
});

// The small server of `npm test` holds what it is given in its own memory, which is this process's.
test.runIf(env.TEST_S3_SERVER !== undefined)(
  "S3 takes and gives 300 MB without holding them in memory",
  async () => {
    const store = createS3BlobStore({
      bucket: "models",
      region: "eu-central-1",
      endpoint: server.url,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
      cacheDirectory: directory,
    });
    const megabyte = randomBytes(2 ** 20);
    async function* many(): AsyncGenerator<Uint8Array> {
      for (let index = 0; index < 300; index += 1) yield megabyte;
    }
    const before = process.memoryUsage.rss();
    let peak = 0;
    const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss() - before)), 20);
    const { sha256: address } = await store.put(many(), { maxBytes: 400 * 2 ** 20 });
    const hash = createHash("sha256");
    for await (const chunk of await store.open(address)) hash.update(chunk as Uint8Array);
    clearInterval(watch);
    expect(hash.digest("hex")).toBe(address);
    expect(peak).toBeLessThan(150 * 2 ** 20);
  },
  120_000,
);

test.runIf(env.TEST_S3_SERVER !== undefined)("S3 lets nobody in with another secret", async () => {
  const credentials = { accessKeyId: "test", secretAccessKey: "guessed" };
  const store = createS3BlobStore({
    bucket: "models",
    region: "eu-central-1",
    endpoint: server.url,
    credentials,
    cacheDirectory: directory,
  });
  await expect(store.put(chunks(Buffer.from("x"), 1), { maxBytes: 1 })).rejects.toMatchObject({ name: "SignatureDoesNotMatch" });
});

test("files lie in ab/cd/<digest>", async () => {
  const bytes = Buffer.from("hello");
  const digest = sha256(bytes);
  const store = createFileBlobStore({ directory });
  await store.put(chunks(bytes, 5), { maxBytes: 5 });
  expect(await store.localPath(digest)).toBe(join(directory, digest.slice(0, 2), digest.slice(2, 4), digest));
});
