import type { Recipe, ReleaseState, VariantFormat } from "@flotilla/contracts";
import type { LineageView } from "@flotilla/contracts/views";
import type { Actor, ServiceContext } from "../context.ts";
import { toConvertedFile } from "./to-converted-file.ts";
import { notFound } from "../views/not-found.ts";
import { resolveNames } from "../views/resolve-names.ts";

/** The way of a version from its file over recipes, variants and releases to the devices that run it. Throws NOT_FOUND. */
export async function getLineage(ctx: ServiceContext, actor: Actor, input: { id: string }): Promise<LineageView> {
  const { organisationId } = actor;
  const version = await ctx.db.prisma.modelVersion.findFirst({
    where: { id: input.id, organisationId },
    include: { variants: { orderBy: [{ isSource: "desc" }, { createdAt: "asc" }] }, releases: { orderBy: { counter: "asc" } } },
  });
  if (version === null) throw notFound("model version");
  const { variants, releases } = version;
  const [jobs, running] = await Promise.all([readJobs(ctx, organisationId, variants), countDevices(ctx, organisationId, releases)]);
  const nameOf = await resolveNames(ctx.db, [
    version.createdBy,
    ...releases.map((release) => release.createdBy),
    ...[...jobs.values()].map((job) => job.createdBy),
  ]);
  const converted = toConvertedFile(version);
  const variantOf = new Map(variants.map((variant) => [variant.sha256, variant.id]));
  return {
    file: {
      name: version.fileName,
      sha256: converted?.sha256 ?? version.sha256,
      sizeBytes: converted?.sizeBytes ?? Number(version.sizeBytes),
      createdAt: version.createdAt,
      createdBy: nameOf(version.createdBy),
    },
    conversion: converted?.conversion ?? null,
    variants: variants.map((variant) => {
      const job = jobs.get(variant.jobId ?? "");
      return {
        id: variant.id,
        name: variant.name,
        isSource: variant.isSource,
        recipe: variant.recipe as Recipe,
        sha256: variant.sha256,
        sizeBytes: Number(variant.sizeBytes),
        format: variant.format as VariantFormat,
        createdAt: variant.createdAt,
        createdBy: job === undefined ? null : nameOf(job.createdBy),
        calibration: job?.calibration ?? null,
      };
    }),
    releases: releases.map(({ id, name, state, variantIds, createdAt, createdBy }) => {
      return { id, name, state: state as ReleaseState, variantIds, createdAt, createdBy: nameOf(createdBy) };
    }),
    runsOn: running.map(({ releaseId, sha256, count }) => ({ releaseId, variantId: variantOf.get(sha256) ?? null, deviceCount: count })),
  };
}

/** The jobs that made the variants, with the names of their calibration sets. */
async function readJobs(
  ctx: ServiceContext,
  organisationId: string,
  variants: readonly { jobId: string | null }[],
): Promise<Map<string, { createdBy: string; calibration: string | null }>> {
  const ids = variants.flatMap(({ jobId }) => jobId ?? []);
  const jobs = await ctx.db.prisma.job.findMany({ where: { organisationId, id: { in: ids } } });
  const sets = await ctx.db.prisma.dataSet.findMany({
    where: { organisationId, id: { in: jobs.flatMap((job) => job.calibrationDataSetId ?? []) } },
    select: { id: true, name: true },
  });
  const names = new Map(sets.map((set) => [set.id, set.name]));
  return new Map(
    jobs.map((job) => {
      const calibrates = (job.recipe as Recipe).passes.some(({ pass }) => pass === "int8-static");
      return [job.id, { createdBy: job.createdBy, calibration: calibrates ? (names.get(job.calibrationDataSetId ?? "") ?? null) : null }];
    }),
  );
}

/** What devices proved to run, by release and by the bytes of the variant. */
async function countDevices(
  ctx: ServiceContext,
  organisationId: string,
  releases: readonly { id: string }[],
): Promise<{ releaseId: string; sha256: string; count: number }[]> {
  if (releases.length === 0) return [];
  return ctx.db.query<{ releaseId: string; sha256: string; count: number }>(
    `SELECT "runningReleaseId" AS "releaseId", coalesce("runningVariantSha256", '') AS sha256, count(*) AS count FROM device_status
     WHERE "organisationId" = $1 AND "runningReleaseId" = ANY($2::uuid[]) GROUP BY 1, 2 ORDER BY 1, 2`,
    [organisationId, releases.map(({ id }) => id)],
  );
}
