import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { randomBytes } from "node:crypto";
import { type BlobStore, createFileBlobStore } from "@flotilla/blob";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HotBlobs } from "./hot-blobs.ts";

let directory: string;
let store: BlobStore;
let opened = 0;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "flotilla-hot-"));
  const files = createFileBlobStore({ directory });
  store = {
    ...files,
    open: async (...args) => {
      opened += 1;
      return await files.open(...args);
    },
  };
});
async function read(blobs: HotBlobs, sha256: string, start: number, end: number): Promise<Buffer> {
  const blob = await blobs.find(sha256);
  if (blob === null) throw new Error("it is not there");
  const parts: Buffer[] = [];
  await blob.read(start, end, async (part) => {
    parts.push(Buffer.from(part));
    return true;
  });
  return Buffer.concat(parts);
}

afterAll(async () => await rm(directory, { recursive: true }));

async function put(bytes: Buffer): Promise<string> {
  const chunks = async function* () {
    yield bytes;
  };
  return (await store.put(chunks(), { maxBytes: bytes.length })).sha256;
}

describe("HotBlobs", () => {
  it("reads a blob once for many callers, and gives any range of it", async () => {
    const [blobs, bytes] = [new HotBlobs(store), randomBytes(700_000)];
    const sha256 = await put(bytes);
    opened = 0;
    const ranges = [
      [0, 699_999],
      [0, 0],
      [262_143, 262_145],
      [699_999, 699_999],
    ] as const;
    const answers = await Promise.all(ranges.map(async ([start, end]) => await read(blobs, sha256, start, end)));
    for (const [index, [start, end]] of ranges.entries()) expect(answers[index]?.equals(bytes.subarray(start, end + 1))).toBe(true);
    expect(opened).toBe(1);
  });

  it("keeps no large one, and not more than its share", async () => {
    const blobs = new HotBlobs(store, { blobBytes: 8_000, allBytes: 32_000 });
    const large = await put(Buffer.alloc(8_001, 1));
    const several = await Promise.all([2, 3, 4, 5, 6].map(async (fill) => await put(Buffer.alloc(8_000, fill))));
    for (const sha256 of [large, large, ...several]) await read(blobs, sha256, 0, 9);
    opened = 0;
    await read(blobs, several[4] ?? "", 0, 9);
    expect(opened).toBe(0);
    await read(blobs, several[0] ?? "", 0, 9);
    expect(opened, "the oldest made room").toBe(1);
  });

  it("knows what is not there", async () => {
    expect(await new HotBlobs(store).find("f".repeat(64))).toBeNull();
  });
});
