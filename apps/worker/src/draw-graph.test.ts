import { readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { type GraphView, graphViewSchema, type Recipe } from "@flotilla/contracts";
import type { GraphView as GraphViewRow } from "@flotilla/db";
import { intAttribute, readModel, writeModel } from "@flotilla/onnx";
import { samples } from "@flotilla/samples";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ORGANISATION, startTestWorker, type TestWorker, waitFor } from "./testing/start-test-worker.ts";

let worker: TestWorker;
beforeAll(async () => {
  worker = await startTestWorker();
}, 90_000);
afterAll(() => worker?.stop());

const rowOf = (modelSha256: string): Promise<GraphViewRow | null> =>
  worker.database.db.prisma.graphView.findUnique({ where: { organisationId_modelSha256: { organisationId: ORGANISATION, modelSha256 } } });

const drawn = (modelSha256: string): Promise<GraphViewRow> =>
  waitFor(async () => {
    const row = await rowOf(modelSha256);
    return row === null || row.state === "BUILDING" ? null : row;
  }, 60_000);

async function read(row: GraphViewRow): Promise<GraphView> {
  const bytes = await buffer(await worker.blob.open(row.sha256 ?? ""));
  return graphViewSchema.parse(JSON.parse(gunzipSync(bytes).toString("utf8")));
}

/** As somebody's first look at bytes that are in the store. */
async function look(bytes: Uint8Array): Promise<GraphViewRow> {
  const { sha256 } = await worker.blob.put(Readable.from([bytes]), { maxBytes: bytes.byteLength });
  await worker.database.db.transaction(async (tx) => {
    const begun = { version: 1, state: "BUILDING", step: "queued", sha256: null };
    const key = { organisationId: ORGANISATION, modelSha256: sha256 };
    const row = await tx.graphView.upsert({ where: { organisationId_modelSha256: key }, create: { ...key, ...begun }, update: begun });
    await worker.queue.enqueue(tx, "draw-graph", { organisationId: ORGANISATION, graphViewId: row.id });
  });
  return drawn(sha256);
}

test("an uploaded model has its picture without being asked, and the same bytes give the same picture", { timeout: 90_000 }, async () => {
  const upload = await worker.upload("model", "mnist-cnn.onnx", samples.mnistCnn);
  const row = await drawn(upload.sha256 ?? "");
  expect([row.state, row.errorMessage, row.step]).toEqual(["READY", null, null]);
  const view = await read(row);
  expect(view.nodes.filter(({ op }) => op === "Conv")).toHaveLength(6);
  expect(view.compact.groups[0]?.width).toBeGreaterThan(100);
  expect(view.full).toBeNull();
  const again = await look(readFileSync(samples.mnistCnn));
  expect([again.id, again.sha256]).toEqual([row.id, row.sha256]);
});

test("a variant has its picture when its job ends", { timeout: 120_000 }, async () => {
  const upload = await worker.upload("model", "mobile.onnx", samples.mnistMobilenet);
  const recipe: Recipe = { schemaVersion: 1, name: "dynamic", passes: [{ pass: "simplify" }, { pass: "int8-dynamic", perChannel: true }] };
  const { prisma } = worker.database.db;
  const id = await worker.database.db.transaction(async (tx) => {
    const common = { organisationId: ORGANISATION, modelVersionId: upload.modelVersionId ?? "", recipe, gates: [], createdBy: "tester" };
    const job = await tx.job.create({ data: { ...common, kind: "optimise", state: "QUEUED" } });
    await worker.queue.enqueue(tx, "optimise", { organisationId: ORGANISATION, jobId: job.id });
    return job.id;
  });
  const job = await waitFor(async () => {
    const now = await prisma.job.findUniqueOrThrow({ where: { id } });
    return now.finishedAt === null ? null : now;
  }, 90_000);
  expect([job.state, job.errorMessage]).toEqual(["SUCCEEDED", null]);
  const variant = await prisma.variant.findUniqueOrThrow({ where: { id: job.variantId ?? "" } });
  const row = await rowOf(variant.sha256);
  expect(row?.state).toBe("READY");
  if (row === null) return;
  const view = await read(row);
  expect(view.nodes.some(({ precision }) => precision === "int8-weights")).toBe(true);
  expect(view.full).not.toBeNull();
});

test("a graph that nobody could read is refused with a sentence, as is what is no model", { timeout: 90_000 }, async () => {
  const model = readModel(readFileSync(samples.mnistCnn));
  const { graph } = model;
  const [input = ""] = graph.inputs;
  for (let node = 0; node < 20_001; node += 1) {
    graph.addNode({
      opType: "Flatten",
      inputs: [node === 0 ? input : `f${node - 1}`],
      outputs: [`f${node}`],
      attributes: { axis: intAttribute(1) },
    });
  }
  expect(await look(writeModel(model))).toMatchObject({
    state: "FAILED",
    errorCode: "TOO_MANY_NODES",
    errorMessage: expect.stringMatching(/^The graph has 20,031 nodes; up to 20,000 are drawn\./),
  });
  expect(await look(Buffer.from("no model at all"))).toMatchObject({ state: "FAILED", errorCode: "NOT_A_MODEL" });
});
