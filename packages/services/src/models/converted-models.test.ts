import type { Conversion } from "@flotilla/contracts";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createRelease } from "../releases/create-release.ts";
import { addDataSet, addModelVersion, createTestContext, type TestContext, type TestOrganisation } from "../testing/index.ts";
import { toJson } from "../to-json.ts";
import { beginUpload } from "../uploads/begin-upload.ts";
import { rejectUpload } from "../worker/reject-upload.ts";
import { archiveModel } from "./archive-model.ts";
import { convertAgain } from "./convert-again.ts";
import { getLineage } from "./get-lineage.ts";
import { getModelVersion } from "./get-model-version.ts";
import { listModels } from "./list-models.ts";
import { readUploadedFile } from "./read-uploaded-file.ts";

let world: TestContext;
let mine: TestOrganisation;
let other: TestOrganisation;
beforeAll(async () => {
  world = await createTestContext();
  [mine, other] = await Promise.all([world.addOrganisation(), world.addOrganisation()]);
});
afterAll(() => world.close());

const content = Buffer.from("what somebody trained");

const conversion = (passed: boolean | null): Conversion => ({
  format: "keras-h5",
  framework: "Keras",
  frameworkVersion: "2.15.0",
  options: { layout: "nhwc" },
  nodesBefore: 20,
  nodesAfter: 10,
  seconds: 0.2,
  check: { reference: passed === null ? "none" : "tfjs-layers", why: null, samples: 2, outputs: [], passed },
  notes: [],
});

/** A version that was uploaded as a Keras file. */
async function addConverted(name: string, passed: boolean | null = true) {
  const { ctx } = world;
  const { sha256 } = await ctx.blob.put(Readable.from([content]), { maxBytes: content.length });
  const added = await addModelVersion(ctx, mine.actor.engineer, name);
  const data = {
    fileName: `${name}.h5`,
    uploadedSha256: sha256,
    uploadedSizeBytes: content.length,
    uploadedFormat: "keras-h5",
    conversion: toJson(conversion(passed)),
  };
  const version = await ctx.db.prisma.modelVersion.update({ where: { id: added.version.id }, data });
  return { ...added, version, uploadedSha256: sha256 };
}

test("a converted version shows the uploaded file and how it became ONNX; everything downstream has the ONNX file", async () => {
  const { version, uploadedSha256 } = await addConverted("shown");
  const view = await getModelVersion(world.ctx, mine.actor.viewer, { id: version.id });
  expect(view.sha256).toBe(version.sha256);
  expect(view.converted).toEqual({ sha256: uploadedSha256, sizeBytes: content.length, format: "keras-h5", conversion: conversion(true) });
  const lineage = await getLineage(world.ctx, mine.actor.viewer, { id: version.id });
  expect([lineage.file.sha256, lineage.file.sizeBytes, lineage.conversion?.nodesAfter]).toEqual([uploadedSha256, content.length, 10]);
  expect(lineage.variants.map(({ sha256 }) => sha256)).toEqual([version.sha256]);
  const { items } = await listModels(world.ctx, mine.actor.viewer, { limit: 50, search: "shown" });
  expect(items.map(({ format }) => format)).toEqual(["keras-h5"]);
});

test("the uploaded file can be had again, by its organisation alone", async () => {
  const { version } = await addConverted("kept");
  const file = await readUploadedFile(world.ctx, mine.actor.viewer, { versionId: version.id });
  expect([file.fileName, await buffer(await file.open())]).toEqual(["kept.h5", content]);
  await expect(readUploadedFile(world.ctx, other.actor.owner, { versionId: version.id })).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test("the same file is converted again by an upload of bytes that are there, into the same model", async () => {
  const { version, uploadedSha256 } = await addConverted("again");
  const { uploadId } = await convertAgain(world.ctx, mine.actor.engineer, { versionId: version.id, options: { layout: "nchw" } });
  const upload = await world.ctx.db.prisma.upload.findUniqueOrThrow({ where: { id: uploadId } });
  expect(upload).toMatchObject({ state: "RECEIVED", sha256: uploadedSha256, targetModelId: version.modelId, options: { layout: "nchw" } });
});

test("nothing is converted again that came as ONNX, or whose model is archived", async () => {
  const { version: plain } = await addModelVersion(world.ctx, mine.actor.engineer, "plain");
  const { version: old } = await addConverted("old");
  await archiveModel(world.ctx, mine.actor.engineer, { id: old.modelId });
  for (const { id } of [plain, old]) {
    const again = convertAgain(world.ctx, mine.actor.engineer, { versionId: id, options: { layout: "nchw" } });
    await expect(again).rejects.toMatchObject({ code: "CONFLICT" });
  }
});

test("a later upload of the same bytes that is refused leaves the version its file", async () => {
  const { version, uploadedSha256 } = await addConverted("named");
  const { uploadId } = await convertAgain(world.ctx, mine.actor.engineer, { versionId: version.id, options: { layout: "nchw" } });
  const { prisma } = world.ctx.db;
  const upload = await prisma.upload.update({ where: { id: uploadId }, data: { state: "INSPECTING" } });
  await rejectUpload(world.ctx, upload, { code: "TIMED_OUT", message: "It took too long." });
  expect(await world.ctx.blob.stat(uploadedSha256)).not.toBeNull();
});

test("a reference needs a version that was converted and that no runtime has proved, of one's own organisation", async () => {
  const { version: unproved } = await addConverted("unproved", null);
  const { version: proved } = await addConverted("proved");
  const { version: plain } = await addModelVersion(world.ctx, mine.actor.engineer, "as-onnx");
  const begin = (targetVersionId?: string, organisation = mine) => {
    const file = { kind: "reference", fileName: "mine.npz", sizeBytes: 9, sha256: null } as const;
    return beginUpload(world.ctx, organisation.actor.engineer, { ...file, ...(targetVersionId === undefined ? {} : { targetVersionId }) });
  };
  const { uploadId } = await begin(unproved.id);
  expect(await world.ctx.db.prisma.upload.findUniqueOrThrow({ where: { id: uploadId } })).toMatchObject({
    kind: "reference",
    targetVersionId: unproved.id,
  });
  await expect(begin()).rejects.toMatchObject({ code: "INVALID_INPUT" });
  await expect(begin(unproved.id, other)).rejects.toMatchObject({ code: "NOT_FOUND" });
  for (const { id } of [proved, plain]) await expect(begin(id)).rejects.toMatchObject({ code: "CONFLICT" });
});

test("what answers differently than the uploaded file is a failed gate of its releases", async () => {
  const { version, source } = await addConverted("wrong", false);
  const { id: goldenDataSetId } = await addDataSet(world.ctx, mine.actor.engineer);
  const input = {
    modelVersionId: version.id,
    variantIds: [source.id],
    goldenDataSetId,
    goldenCount: 1,
    gates: { goldenAgreementMin: 0.9, latencyP95MaxMs: null, latencyP95MaxRatio: null, memoryMaxBytes: null, memoryMaxRatio: null },
  };
  await expect(createRelease(world.ctx, mine.actor.engineer, { ...input, acceptFailedGates: false })).rejects.toMatchObject({
    code: "CONFLICT",
    message: expect.stringContaining("answers differently"),
  });
  const { releaseId } = await createRelease(world.ctx, mine.actor.engineer, { ...input, acceptFailedGates: true });
  expect(await world.ctx.db.prisma.release.findUniqueOrThrow({ where: { id: releaseId } })).toMatchObject({ gatesPassed: false });
});
