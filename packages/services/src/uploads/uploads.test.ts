import { createHash } from "node:crypto";
import { mkdir, readdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MAX_UPLOAD_BYTES } from "@flotilla/domain";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestContext, type TestContext, type TestOrganisation } from "../testing/index.ts";
import { beginUpload } from "./begin-upload.ts";
import { cancelUpload } from "./cancel-upload.ts";
import { expireUploads } from "./expire-uploads.ts";
import { finishUpload } from "./finish-upload.ts";
import { getUpload, listUploads } from "./list-uploads.ts";
import { recordUploadProgress } from "./record-upload-progress.ts";
import { UPLOAD_LIMITS } from "./upload-limits.ts";
import { useSample } from "./use-sample.ts";

let world: TestContext;
let mine: TestOrganisation;
let other: TestOrganisation;
beforeAll(async () => {
  world = await createTestContext();
});
afterAll(() => world.close());
beforeEach(async () => {
  world.setNow(new Date("2026-01-01T00:00:00Z"));
  [mine, other] = await Promise.all([world.addOrganisation(), world.addOrganisation()]);
});

const bytes = (text: string) => ({ content: Buffer.from(text), sha256: createHash("sha256").update(text).digest("hex") });

async function begin(file: { content: Buffer; sha256: string }, organisation = mine, claim: string | null = file.sha256) {
  return beginUpload(world.ctx, organisation.actor.engineer, {
    kind: "model",
    fileName: "m.onnx",
    sizeBytes: file.content.length,
    sha256: claim,
  });
}

async function arrive(uploadId: string, content: Buffer): Promise<string> {
  const directory = join(world.directory, "arriving");
  await mkdir(directory, { recursive: true });
  const path = join(directory, uploadId);
  await writeFile(path, content);
  return path;
}

async function send(file: { content: Buffer; sha256: string }, organisation = mine): Promise<string> {
  const { uploadId } = await begin(file, organisation);
  await finishUpload(world.ctx, organisation.actor.engineer, { uploadId, path: await arrive(uploadId, file.content) });
  return uploadId;
}

describe("begin", () => {
  test("an empty file and one beyond the limit are refused with their numbers", async () => {
    await expect(begin(bytes(""))).rejects.toMatchObject({ code: "EMPTY_FILE" });
    const huge = { kind: "model", fileName: "m.onnx", sizeBytes: MAX_UPLOAD_BYTES.model + 1, sha256: null } as const;
    await expect(beginUpload(world.ctx, mine.actor.engineer, huge)).rejects.toMatchObject({
      code: "TOO_LARGE",
      message: expect.stringContaining("2.15 GB"),
    });
  });

  test("bytes that the organisation has need no transfer and are inspected at once", async () => {
    const file = bytes(`known ${mine.organisationId}`);
    await send(file);
    const again = await begin(file);
    expect(again.alreadyThere).toBe(true);
    expect(await getUpload(world.ctx, mine.actor.viewer, { id: again.uploadId })).toMatchObject({
      state: "RECEIVED",
      receivedBytes: file.content.length,
    });
    expect((await world.queued("inspect-upload")).filter((job) => job.organisationId === mine.organisationId)).toHaveLength(2);
  });

  test("another organisation's bytes are not there: knowing a hash gives nothing", async () => {
    const file = bytes(`secret ${other.organisationId}`);
    await send(file, other);
    expect((await begin(file)).alreadyThere).toBe(false);
  });

  test("a hash with the wrong size is not there", async () => {
    const file = bytes(`sized ${mine.organisationId}`);
    await send(file);
    const claim = { kind: "model", fileName: "m.onnx", sizeBytes: file.content.length + 1, sha256: file.sha256 } as const;
    expect((await beginUpload(world.ctx, mine.actor.engineer, claim)).alreadyThere).toBe(false);
  });

  test("too many unfinished uploads are refused until one is cancelled", async () => {
    const ids: string[] = [];
    for (let n = 0; n < UPLOAD_LIMITS.maxUnfinished; n += 1) ids.push((await begin(bytes(`${n}`))).uploadId);
    await expect(begin(bytes("one more"))).rejects.toMatchObject({ code: "RATE_LIMITED" });
    await cancelUpload(world.ctx, mine.actor.engineer, { id: ids[0]! });
    await expect(begin(bytes("one more"))).resolves.toMatchObject({ alreadyThere: false });
  });

  test("a path in a file name is cut to its last part; a foreign target model is not found", async () => {
    const { uploadId } = await beginUpload(world.ctx, mine.actor.engineer, {
      kind: "model",
      fileName: "..\\..\\a/b.onnx",
      sizeBytes: 1,
      sha256: null,
    });
    expect(await getUpload(world.ctx, mine.actor.viewer, { id: uploadId })).toMatchObject({ fileName: "b.onnx" });
    const model = await world.ctx.db.prisma.model.create({ data: { organisationId: other.organisationId, name: "theirs" } });
    const targeted = { kind: "model", fileName: "m.onnx", sizeBytes: 1, sha256: null, targetModelId: model.id } as const;
    await expect(beginUpload(world.ctx, mine.actor.engineer, targeted)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});

describe("finish", () => {
  test("the bytes are stored under their hash and inspected, exactly once", async () => {
    const file = bytes(`whole ${mine.organisationId}`);
    const uploadId = await send(file);
    expect(await world.ctx.blob.stat(file.sha256)).toEqual({ sizeBytes: file.content.length });
    expect(await world.queued("inspect-upload")).toContainEqual({ organisationId: mine.organisationId, uploadId });
    const path = await arrive(uploadId, file.content);
    await expect(finishUpload(world.ctx, mine.actor.engineer, { uploadId, path })).rejects.toMatchObject({ code: "CONFLICT" });
  });

  test("bytes that are not those the browser hashed: HASH_MISMATCH on the row, nothing stored, nothing inspected", async () => {
    const { uploadId } = await begin(bytes("what was meant"));
    const path = await arrive(uploadId, Buffer.from("what was MEANT"));
    await expect(finishUpload(world.ctx, mine.actor.engineer, { uploadId, path })).rejects.toMatchObject({ code: "HASH_MISMATCH" });
    expect(await getUpload(world.ctx, mine.actor.viewer, { id: uploadId })).toMatchObject({
      state: "REJECTED",
      error: { code: "HASH_MISMATCH" },
    });
    expect(await world.ctx.blob.stat(bytes("what was MEANT").sha256)).toBeNull();
    expect((await world.queued("inspect-upload")).some((job) => job.uploadId === uploadId)).toBe(false);
  });

  test("a file that is not complete stays open", async () => {
    const { uploadId } = await begin(bytes("twelve bytes"));
    const path = await arrive(uploadId, Buffer.from("twelve"));
    await expect(finishUpload(world.ctx, mine.actor.engineer, { uploadId, path })).rejects.toMatchObject({ code: "UPLOAD_INCOMPLETE" });
    expect(await getUpload(world.ctx, mine.actor.viewer, { id: uploadId })).toMatchObject({ state: "UPLOADING" });
  });

  test("another organisation's upload does not exist", async () => {
    const { uploadId } = await begin(bytes("mine"));
    const path = await arrive(uploadId, Buffer.from("mine"));
    await expect(finishUpload(world.ctx, other.actor.owner, { uploadId, path })).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(cancelUpload(world.ctx, other.actor.owner, { id: uploadId })).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(getUpload(world.ctx, other.actor.owner, { id: uploadId })).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test("one that was cancelled meanwhile is not taken, and one that has arrived cannot be cancelled", async () => {
    const { uploadId } = await begin(bytes("cancelled"));
    await cancelUpload(world.ctx, mine.actor.engineer, { id: uploadId });
    const path = await arrive(uploadId, Buffer.from("cancelled"));
    await expect(finishUpload(world.ctx, mine.actor.engineer, { uploadId, path })).rejects.toMatchObject({ code: "UPLOAD_EXPIRED" });
    const arrived = await send(bytes(`arrived ${mine.organisationId}`));
    await expect(cancelUpload(world.ctx, mine.actor.engineer, { id: arrived })).rejects.toMatchObject({ code: "INVALID_TRANSITION" });
  });
});

test("it moves while bytes come, and stands still five seconds after the last of them", async () => {
  const { uploadId } = await begin(bytes("0123456789"));
  const isMoving = async () => (await getUpload(world.ctx, mine.actor.viewer, { id: uploadId })).moving;
  world.setNow(new Date("2026-01-01T00:00:06Z"));
  expect(await isMoving()).toBe(false);
  await recordUploadProgress(world.ctx, { uploadId, receivedBytes: 4 });
  expect(await isMoving()).toBe(true);
  world.setNow(new Date("2026-01-01T00:00:11Z"));
  expect(await isMoving()).toBe(false);
});

test("progress grows and never goes back", async () => {
  const { uploadId } = await begin(bytes("0123456789"));
  for (const receivedBytes of [4, 8, 6]) await recordUploadProgress(world.ctx, { uploadId, receivedBytes });
  expect(await getUpload(world.ctx, mine.actor.viewer, { id: uploadId })).toMatchObject({ receivedBytes: 8 });
});

describe("an upload that never ends", () => {
  const old = new Date("2025-01-01T00:00:00Z");

  async function leaveFiles(directory: string, ids: string[]): Promise<void> {
    await mkdir(directory, { recursive: true });
    for (const name of ids.flatMap((id) => [id, `${id}.json`])) {
      await writeFile(join(directory, name), "part");
      await utimes(join(directory, name), old, old);
    }
  }

  test("is given up after standing still, one that moves is not, and the disk holds only what is open", async () => {
    const directory = join(world.directory, `sweep-${mine.organisationId}`);
    const [still, moving] = [await begin(bytes("still")), await begin(bytes("moving"))];
    await leaveFiles(directory, [still.uploadId, moving.uploadId, "00000000-0000-4000-8000-000000000000"]);
    await writeFile(join(directory, "notes.txt"), "not ours");
    world.setNow(new Date(Date.parse("2026-01-01T00:00:00Z") + UPLOAD_LIMITS.idleMs + 1000));
    await recordUploadProgress(world.ctx, { uploadId: moving.uploadId, receivedBytes: 3 });
    const result = await expireUploads(world.ctx, { directory });
    expect(result.removedFiles).toBe(4);
    expect(await getUpload(world.ctx, mine.actor.viewer, { id: still.uploadId })).toMatchObject({
      state: "EXPIRED",
      error: {
        code: "UPLOAD_EXPIRED",
        message: '"m.onnx" was given up after 0 B of 5 B: nothing more came for 24 h. Upload the file again.',
      },
    });
    expect(await getUpload(world.ctx, mine.actor.viewer, { id: moving.uploadId })).toMatchObject({ state: "UPLOADING" });
    expect((await readdir(directory)).toSorted()).toEqual([moving.uploadId, `${moving.uploadId}.json`, "notes.txt"].toSorted());
  });

  test("a trickle is given up after the total time, however alive it is", async () => {
    const trickle = await begin(bytes("trickle of bytes"));
    world.setNow(new Date(Date.parse("2026-01-01T00:00:00Z") + UPLOAD_LIMITS.totalMs + 1000));
    await recordUploadProgress(world.ctx, { uploadId: trickle.uploadId, receivedBytes: 3 });
    await expireUploads(world.ctx, { directory: join(world.directory, "none") });
    expect(await getUpload(world.ctx, mine.actor.viewer, { id: trickle.uploadId })).toMatchObject({
      state: "EXPIRED",
      error: { message: expect.stringContaining("it had not ended after 7 d") },
    });
  });
});

test("a sample comes in like an upload; the list shows the person's own, the unfinished first", async () => {
  const open = await begin(bytes("open"));
  world.setNow(new Date("2026-01-02T00:00:00Z"));
  const sample = await useSample(world.ctx, mine.actor.engineer, { sample: "mnist-cnn" });
  const cancelled = await begin(bytes("cancelled"));
  await cancelUpload(world.ctx, mine.actor.engineer, { id: cancelled.uploadId });
  const list = await listUploads(world.ctx, mine.actor.engineer);
  expect(list.map((upload) => upload.id)).toEqual([sample.uploadId, open.uploadId, cancelled.uploadId]);
  expect(list[0]).toMatchObject({ fileName: "mnist-cnn.onnx", state: "RECEIVED", sizeBytes: 294_817 });
  for (const actor of [mine.actor.owner, other.actor.engineer]) expect(await listUploads(world.ctx, actor)).toEqual([]);
});
