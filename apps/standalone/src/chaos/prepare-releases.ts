import { type Actor, createRelease, listDataSets, optimiseVersion, type ServiceContext, useSample } from "@flotilla/services";
import { patiently } from "./patiently.ts";

const LIMIT_MS = 180_000;
/** Accepts what a loaded machine measures: this run is about what is lost, not about speed. */
const DEVICE_GATES = {
  ...{ goldenAgreementMin: 0.98, latencyP95MaxMs: null, latencyP95MaxRatio: null, memoryMaxBytes: null, memoryMaxRatio: null },
};

/** Two releases of the sample model: as it was uploaded, and in half precision. */
export async function prepareReleases(ctx: ServiceContext, actor: Actor): Promise<[first: string, second: string]> {
  for (const sample of ["mnist-cnn", "mnist-test", "mnist-calibration"] as const) await useSample(ctx, actor, { sample });
  const { id: versionId } = await patiently("the sample model is inspected", LIMIT_MS, () =>
    ctx.db.prisma.modelVersion.findFirst({ where: { organisationId: actor.organisationId, variants: { some: {} } } }),
  );
  const goldenDataSetId = await patiently("the sample images are inspected", LIMIT_MS, async () => {
    const sets = await listDataSets(ctx, actor);
    return sets.length < 2 ? null : (sets.find(({ name }) => name.includes("test"))?.id ?? null);
  });
  await startJob(ctx, actor, versionId, "half precision");
  const variants = await patiently("the second variant is made", LIMIT_MS, async () => {
    const found = await ctx.db.prisma.variant.findMany({ where: { modelVersionId: versionId }, orderBy: { createdAt: "asc" } });
    return found.length < 2 ? null : found;
  });
  const release = async (variantId: string): Promise<string> => {
    const golden = { goldenDataSetId, goldenCount: 8, gates: DEVICE_GATES, acceptFailedGates: true };
    const { releaseId } = await createRelease(ctx, actor, { modelVersionId: versionId, variantIds: [variantId], ...golden });
    await patiently("the release is signed", LIMIT_MS, () => ctx.db.prisma.release.findFirst({ where: { id: releaseId, state: "READY" } }));
    return releaseId;
  };
  return [await release(variants[0]?.id ?? ""), await release(variants[1]?.id ?? "")];
}

/** Work for the worker: a recipe that nobody has run under this name. */
export async function startJob(ctx: ServiceContext, actor: Actor, modelVersionId: string, name: string): Promise<string> {
  const recipe = { schemaVersion: 1 as const, name, passes: [{ pass: "fp16" as const, keepIo: true, exclude: [] }] };
  const job = { modelVersionId, recipes: [recipe], calibrationDataSetId: null, testDataSetId: null, gates: [] };
  const { jobIds } = await optimiseVersion(ctx, actor, job);
  return jobIds[0] ?? "";
}
