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

test("a report is made in the sandbox, of a TFLite source about that file; one that cannot be made says why", {
  timeout: 120_000,
}, async () => {
  const { prisma } = worker.database.db;
  const upload = await worker.upload("model", "mnist-int8.tflite", samples.mnistTflite);
  const version = await prisma.modelVersion.findUniqueOrThrow({ where: { id: upload.modelVersionId ?? "" } });
  const row = await report(version.sha256, version.uploadedSha256 ?? "");
  expect([row.state, row.errorMessage, row.step]).toEqual(["READY", null, null]);
  const found = targetReportSchema.parse(row.report);
  expect(found.edgeTpu).toMatchObject({
    state: "mapped",
    from: "file",
    report: { onTpu: 4, onCpu: 6, end: { kind: "SHAPE" }, command: "edgetpu_compiler --show_operations mnist-int8.tflite" },
  });
  expect(found.opencv).toMatchObject({ readFrom: "4.7" });
  expect(found.facts?.operators).toMatchObject({ Conv: 2, MaxPool: 2 });
  expect(await worker.filesIn("tmp")).toEqual([]);

  const { sha256 } = await worker.blob.put(Readable.from([Buffer.from("no model at all")]), { maxBytes: 100 });
  await prisma.variant.updateMany({ where: { modelVersionId: version.id }, data: { sha256 } });
  expect(await report(sha256)).toMatchObject({ state: "FAILED", report: null, errorCode: "NOT_A_MODEL", step: null });
});
