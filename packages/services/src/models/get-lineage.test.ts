import { afterAll, beforeAll, expect, test } from "vitest";
import {
  addDataSet,
  addDevice,
  addModelVersion,
  addVariant,
  createTestContext,
  type TestContext,
  type TestOrganisation,
} from "../testing/index.ts";
import { getLineage } from "./get-lineage.ts";

let world: TestContext;
let mine: TestOrganisation;
beforeAll(async () => {
  world = await createTestContext();
  mine = await world.addOrganisation();
});
afterAll(() => world.close());

test("the way from the file to the devices: who, with what, and where it runs", async () => {
  const { ctx } = world;
  const { prisma } = ctx.db;
  const { engineer, owner, viewer } = mine.actor;
  const { organisationId } = mine;
  const { version, source } = await addModelVersion(ctx, owner, "digits");
  const recipe = { schemaVersion: 1, name: "int8", passes: [{ pass: "simplify" }, { pass: "int8-static" }] };
  const calibration = await addDataSet(ctx, engineer, { name: "calibration digits" });
  const job = await prisma.job.create({
    data: {
      organisationId,
      kind: "optimise",
      state: "SUCCEEDED",
      modelVersionId: version.id,
      recipe,
      gates: [],
      createdBy: engineer.userId,
      calibrationDataSetId: calibration.id,
    },
  });
  const int8 = await addVariant(ctx, version, { name: "int8", sizeBytes: 300 });
  await prisma.variant.update({ where: { id: int8.id }, data: { jobId: job.id, recipe } });
  const release = await prisma.release.create({
    data: {
      organisationId,
      modelId: version.modelId,
      modelVersionId: version.id,
      name: "digits 1 · int8",
      counter: 1,
      variantIds: [int8.id, source.id],
      gates: {},
      state: "READY",
      createdBy: owner.userId,
    },
  });
  for (const runningVariantSha256 of [int8.sha256, int8.sha256, source.sha256, "0".repeat(64)]) {
    await addDevice(ctx, organisationId, { status: { runningReleaseId: release.id, runningVariantSha256 } });
  }
  const lineage = await getLineage(ctx, viewer, { id: version.id });
  expect(lineage.file).toMatchObject({ name: "digits.onnx", sha256: version.sha256, createdBy: owner.name });
  expect(lineage.variants).toMatchObject([
    { id: source.id, isSource: true, createdBy: null, calibration: null },
    { id: int8.id, isSource: false, createdBy: engineer.name, calibration: "calibration digits", recipe },
  ]);
  expect(lineage.releases).toMatchObject([{ id: release.id, state: "READY", variantIds: [int8.id, source.id], createdBy: owner.name }]);
  expect(new Map(lineage.runsOn.map(({ variantId, deviceCount }) => [variantId, deviceCount]))).toEqual(
    new Map([
      [int8.id, 2],
      [source.id, 1],
      // Bytes of no variant that is left.
      [null, 1],
    ]),
  );
});
