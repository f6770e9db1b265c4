import { createHash, randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Actor } from "../context.ts";
import { deleteDataSet } from "../data-sets/delete-data-set.ts";
import { listDataSets } from "../data-sets/list-data-sets.ts";
import { renameDataSet } from "../data-sets/rename-data-set.ts";
import { createTestContext, type TestContext, type TestOrganisation } from "../testing/index.ts";
import { beginInspection } from "../worker/begin-inspection.ts";
import { finishDataSetInspection } from "../worker/finish-data-set-inspection.ts";
import { type BeginUploadInput, beginUpload } from "./begin-upload.ts";
import { cancelUpload } from "./cancel-upload.ts";
import { finishUpload } from "./finish-upload.ts";
import { getUpload } from "./list-uploads.ts";
import { recordUploadProgress } from "./record-upload-progress.ts";
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

const digestOf = (content: Buffer) => createHash("sha256").update(content).digest("hex");

function announce(content: Buffer, changes: Partial<BeginUploadInput> = {}): BeginUploadInput {
  return { kind: "data-set", fileName: "photos.zip", sizeBytes: content.length, sha256: digestOf(content), ...changes };
}

describe("a file that was begun and not finished", () => {
  async function begun(content: Buffer, changes: Partial<BeginUploadInput> = {}): Promise<string> {
    const { uploadId } = await beginUpload(world.ctx, mine.actor.engineer, announce(content, changes));
    await recordUploadProgress(world.ctx, { uploadId, receivedBytes: 4 });
    return uploadId;
  }

  test("is continued by its content: under another name, too", async () => {
    const content = randomBytes(10);
    const uploadId = await begun(content);
    const again = await beginUpload(world.ctx, mine.actor.engineer, announce(content, { fileName: "photos (1).zip" }));
    expect(again).toEqual({ uploadId, alreadyThere: false, continuedAtBytes: 4 });
    expect(await getUpload(world.ctx, mine.actor.engineer, { id: uploadId })).toMatchObject({ fileName: "photos (1).zip" });
  });

  test("is kept open by that: it has a day again", async () => {
    const content = randomBytes(10);
    const uploadId = await begun(content);
    world.setNow(new Date("2026-01-01T23:00:00Z"));
    await beginUpload(world.ctx, mine.actor.engineer, announce(content));
    expect(await getUpload(world.ctx, mine.actor.engineer, { id: uploadId })).toMatchObject({ moving: true });
  });

  test.each<[string, (content: Buffer) => Promise<{ actor: Actor; file: BeginUploadInput }>]>([
    ["by a colleague", async (content) => ({ actor: mine.actor.owner, file: announce(content) })],
    ["in another organisation", async (content) => ({ actor: other.actor.engineer, file: announce(content) })],
    ["as something else", async (content) => ({ actor: mine.actor.engineer, file: announce(content, { kind: "model" }) })],
    ["without its digest", async (content) => ({ actor: mine.actor.engineer, file: announce(content, { sha256: null }) })],
    ["with other content", async () => ({ actor: mine.actor.engineer, file: announce(randomBytes(10)) })],
  ])("is not continued %s", async (_, attempt) => {
    const content = randomBytes(10);
    const uploadId = await begun(content);
    const { actor, file } = await attempt(content);
    const again = await beginUpload(world.ctx, actor, file);
    expect(again.uploadId).not.toBe(uploadId);
    expect(again.continuedAtBytes).toBeNull();
  });

  test("is not continued for another model, nor after it was cancelled", async () => {
    const content = randomBytes(10);
    const uploadId = await begun(content, { kind: "model" });
    const model = await world.ctx.db.prisma.model.create({ data: { organisationId: mine.organisationId, name: "m" } });
    const begin = (changes: Partial<BeginUploadInput>) =>
      beginUpload(world.ctx, mine.actor.engineer, announce(content, { kind: "model", ...changes }));
    expect((await begin({ targetModelId: model.id })).uploadId).not.toBe(uploadId);
    await cancelUpload(world.ctx, mine.actor.engineer, { id: uploadId });
    expect((await begin({})).uploadId).not.toBe(uploadId);
  });
});

describe("an archive that became a data set and was not kept", () => {
  /** As the worker does: the samples are packed anew, and the archive is removed. */
  async function upload(archive: Buffer, actor: Actor = mine.actor.engineer): Promise<string> {
    const { uploadId } = await beginUpload(world.ctx, actor, announce(archive));
    const path = join(world.directory, uploadId);
    await writeFile(path, archive);
    await finishUpload(world.ctx, actor, { uploadId, path });
    const row = await beginInspection(world.ctx, { organisationId: actor.organisationId, uploadId });
    if (row === null) throw new Error("there is nothing to inspect");
    const samples = Buffer.concat([Buffer.from("samples of "), archive]);
    const { sha256 } = await world.ctx.blob.put(Readable.from([samples]), { maxBytes: samples.length });
    await finishDataSetInspection(world.ctx, {
      upload: row,
      kind: "images",
      sha256,
      labelsSha256: null,
      sizeBytes: samples.length,
      sampleCount: 1,
      sampleShape: [1],
      classNames: [],
    });
    expect(await world.ctx.blob.stat(digestOf(archive))).toBeNull();
    return (await getUpload(world.ctx, actor, { id: uploadId })).dataSetId ?? "";
  }

  test("is there at once when it comes again: the upload points at the data set, by its present name", async () => {
    const archive = randomBytes(50);
    const dataSetId = await upload(archive);
    await renameDataSet(world.ctx, mine.actor.engineer, { id: dataSetId, name: "Line 3" });
    world.setNow(new Date("2026-01-02T00:00:00Z"));
    const again = await beginUpload(world.ctx, mine.actor.owner, announce(archive, { fileName: "copy.zip" }));
    expect(again).toMatchObject({ alreadyThere: true, continuedAtBytes: null });
    expect(await getUpload(world.ctx, mine.actor.viewer, { id: again.uploadId })).toMatchObject({
      state: "READY",
      dataSetId,
      sameAs: { id: dataSetId, name: "Line 3", createdAt: new Date("2026-01-01T00:00:00Z") },
      receivedBytes: 50,
    });
    expect(await listDataSets(world.ctx, mine.actor.viewer)).toHaveLength(1);
    expect((await world.queued("inspect-upload")).filter((job) => job.uploadId === again.uploadId)).toEqual([]);
  });

  test("the upload that made the data set does not call it an older one", async () => {
    const archive = randomBytes(50);
    const dataSetId = await upload(archive);
    const made = await world.ctx.db.prisma.upload.findFirstOrThrow({ where: { dataSetId } });
    expect(await getUpload(world.ctx, mine.actor.viewer, { id: made.id })).toMatchObject({ dataSetId, sameAs: null });
  });

  test("another organisation's is not there: whoever knows the digest learns nothing and gets nothing", async () => {
    const archive = randomBytes(50);
    await upload(archive, other.actor.engineer);
    const begun = await beginUpload(world.ctx, mine.actor.engineer, announce(archive));
    expect(begun).toMatchObject({ alreadyThere: false, continuedAtBytes: null });
    expect(await getUpload(world.ctx, mine.actor.engineer, { id: begun.uploadId })).toMatchObject({
      state: "UPLOADING",
      dataSetId: null,
      sameAs: null,
    });
  });

  test("is sent again once its data set was deleted, and the old upload points nowhere", async () => {
    const archive = randomBytes(50);
    const dataSetId = await upload(archive);
    const old = await beginUpload(world.ctx, mine.actor.engineer, announce(archive));
    await deleteDataSet(world.ctx, mine.actor.engineer, { id: dataSetId });
    expect(await beginUpload(world.ctx, mine.actor.engineer, announce(archive))).toMatchObject({ alreadyThere: false });
    expect(await getUpload(world.ctx, mine.actor.engineer, { id: old.uploadId })).toMatchObject({ dataSetId: null, sameAs: null });
  });

  test("as a model it is a file like any other", async () => {
    const archive = randomBytes(50);
    await upload(archive);
    expect(await beginUpload(world.ctx, mine.actor.engineer, announce(archive, { kind: "model" }))).toMatchObject({ alreadyThere: false });
  });
});

test("a sample that became a data set is pointed at, too, and leaves no bytes", async () => {
  const { uploadId } = await useSample(world.ctx, mine.actor.engineer, { sample: "mnist-test" });
  const first = await world.ctx.db.prisma.upload.findUniqueOrThrow({ where: { id: uploadId } });
  const { id } = await world.ctx.db.prisma.dataSet.create({
    data: {
      organisationId: mine.organisationId,
      name: "digits",
      kind: "images",
      sha256: digestOf(randomBytes(8)),
      sourceSha256: first.sha256,
      sizeBytes: 1,
      sampleCount: 1,
      sampleShape: [1],
      classNames: [],
      createdBy: "x",
      createdAt: world.ctx.clock(),
    },
  });
  await world.ctx.blob.delete(first.sha256 ?? "");
  const again = await useSample(world.ctx, mine.actor.owner, { sample: "mnist-test" });
  expect(await getUpload(world.ctx, mine.actor.owner, { id: again.uploadId })).toMatchObject({ state: "READY", dataSetId: id });
  expect(await world.ctx.blob.stat(first.sha256 ?? "")).toBeNull();
});
