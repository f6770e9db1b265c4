import { createQueue } from "@flotilla/jobs";
import { type Actor, createRelease, type ServiceContext, useSample } from "@flotilla/services";
import type { FleetBench } from "../fleet-bench.ts";
import { until } from "../machine/until.ts";

const BUILD_MS = 180_000;
const GATES = { goldenAgreementMin: 0.9, latencyP95MaxMs: null, latencyP95MaxRatio: null, memoryMaxBytes: null, memoryMaxRatio: null };

/** A real release of the MNIST sample, inspected, built and signed by the stack's worker. */
export async function makeDemoRelease(bench: FleetBench): Promise<string> {
  const queue = createQueue({ url: bench.stack.databaseUrl, logger: bench.ctx.logger, maxConnections: 2 });
  await queue.start();
  try {
    return await make({ ...bench.ctx, queue }, bench.actor);
  } finally {
    await queue.stop();
  }
}

async function make(ctx: ServiceContext, actor: Actor): Promise<string> {
  const { prisma } = ctx.db;
  for (const sample of ["mnist-cnn", "mnist-test"] as const) await useSample(ctx, actor, { sample });
  const find = async () => ({
    variant: await prisma.variant.findFirst({ where: { isSource: true } }),
    dataSet: await prisma.dataSet.findFirst(),
  });
  await until(async () => Object.values(await find()).every((found) => found !== null), BUILD_MS, "the samples are inspected");
  const { variant, dataSet } = await find();
  const { releaseId } = await createRelease(ctx, actor, {
    modelVersionId: variant?.modelVersionId ?? "",
    variantIds: [variant?.id ?? ""],
    goldenDataSetId: dataSet?.id ?? "",
    goldenCount: 8,
    gates: GATES,
    acceptFailedGates: true,
  });
  await until(
    async () => (await prisma.release.findUnique({ where: { id: releaseId } }))?.state === "READY",
    BUILD_MS,
    "the release is signed",
  );
  return releaseId;
}
