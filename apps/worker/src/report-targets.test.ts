import { readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { targetReportSchema } from "@flotilla/contracts/targets";
import type { TargetReport as Row } from "@flotilla/db";
import { samples } from "@flotilla/samples";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ORGANISATION, startTestWorker, type TestWorker, waitFor } from "./testing/start-test-worker.ts";

let worker: TestWorker;
beforeAll(async () => {
  worker = await startTestWorker();
}, 90_000);
afterAll(() => worker?.stop());

/** As somebody's first look at a variant of these bytes. */
async function report(modelSha256: string, fileSha256 = modelSha256): Promise<Row> {
  const { db } = worker.database;
  const key = { organisationId: ORGANISATION, modelSha256, fileSha256 };
  const row = await db.transaction(async (tx) => {
    const begun = await tx.targetReport.create({ data: { ...key, version: 1, state: "BUILDING", step: "queued" } });
    await worker.queue.enqueue(tx, "report-targets", { organisationId: ORGANISATION, targetReportId: begun.id });
    return begun;
  });
  return waitFor(async () => {
    const now = await db.prisma.targetReport.findUniqueOrThrow({ where: { id: row.id } });
    return now.state === "BUILDING" ? null : now;
  }, 60_000);
}

const reportOf = (row: Row) => {
  expect([row.state, row.errorMessage, row.step]).toEqual(["READY", null, null]);
  return targetReportSchema.parse(row.report);
};

test("a TFLite source: the Edge TPU's part is about the file, OpenCV's about its ONNX form", { timeout: 90_000 }, async () => {
  const upload = await worker.upload("model", "mnist-int8.tflite", samples.mnistTflite);
  const version = await worker.database.db.prisma.modelVersion.findUniqueOrThrow({ where: { id: upload.modelVersionId ?? "" } });
  const found = reportOf(await report(version.sha256, version.uploadedSha256 ?? ""));
  expect(found.edgeTpu).toMatchObject({
    state: "mapped",
    from: "file",
    report: { onTpu: 4, onCpu: 6, end: { kind: "SHAPE" }, command: "edgetpu_compiler --show_operations mnist-int8.tflite" },
  });
  expect(found.opencv).toMatchObject({ readFrom: "4.7" });
  expect(found.facts?.operators).toMatchObject({ Conv: 2, MaxPool: 2 });
  // Of the variant's own bytes alone, ONNX is written as TFLite, where the batch is one: nothing asks for its size any more.
  expect(reportOf(await report(version.sha256)).edgeTpu).toMatchObject({ state: "mapped", from: "int8", report: { end: null } });
});

test("a float model: nothing is on the TPU, and static int8 would move it", { timeout: 60_000 }, async () => {
  const upload = await worker.upload("model", "mnist cnn.onnx", samples.mnistCnn);
  const found = reportOf(await report(upload.sha256 ?? ""));
  expect(found.edgeTpu).toMatchObject({
    from: "float32",
    report: { onTpu: 0, end: { kind: "CONV_2D", advice: { kind: "recipe", pass: "int8-static" } } },
  });
  expect(found.opencv).toEqual({ readFrom: "4.6", findings: [] });
  expect(await worker.filesIn("tmp")).toEqual([]);
});

test("what is no model is a failure with its code", { timeout: 60_000 }, async () => {
  const upload = await worker.upload("model", "mnist.onnx", samples.mnistMobilenet);
  const { prisma } = worker.database.db;
  const bytes = readFileSync(samples.mnistMobilenet).subarray(0, 4_000);
  const { sha256 } = await worker.blob.put(Readable.from([bytes]), { maxBytes: bytes.byteLength });
  await prisma.variant.updateMany({ where: { modelVersionId: upload.modelVersionId ?? "" }, data: { sha256 } });
  expect(await report(sha256)).toMatchObject({
    state: "FAILED",
    report: null,
    errorCode: expect.stringMatching(/TRUNCATED_FILE|NOT_A_MODEL/u),
  });
});
