import type { Recipe } from "@flotilla/contracts";
import type { ModelVersionView } from "@flotilla/contracts/views";
import type { ModelVersion } from "@flotilla/db";
import type { ServiceContext } from "../context.ts";
import { resolveNames } from "../views/resolve-names.ts";

type Entry = ModelVersionView["history"][number];

const SHOWN = 200;

/**
 * What happened to a version, newest first, at most 200 entries. Kinds and their params:
 * `uploaded` {fileName, sizeBytes} · `card-edited` {} · `renamed` {from, to} · `archived` {} ·
 * `conversion-proved`, `conversion-refuted` {fileName, samples} · `optimised`, `validated`, `job-failed`, `job-cancelled`
 * {recipe, jobId, message} · `released` {releaseId, releaseName}.
 */
export async function readHistory(ctx: ServiceContext, version: ModelVersion): Promise<Entry[]> {
  const { organisationId, id, modelId } = version;
  const [events, jobs, releases] = await Promise.all([
    ctx.db.prisma.modelEvent.findMany({
      where: { organisationId, modelId, OR: [{ modelVersionId: id }, { modelVersionId: null }] },
      orderBy: { at: "desc" },
      take: SHOWN,
    }),
    ctx.db.prisma.job.findMany({
      where: { organisationId, modelVersionId: id, finishedAt: { not: null } },
      orderBy: { finishedAt: "desc" },
      take: SHOWN,
    }),
    ctx.db.prisma.release.findMany({ where: { organisationId, modelVersionId: id }, orderBy: { createdAt: "desc" }, take: SHOWN }),
  ]);
  const entries: Entry[] = [
    {
      at: version.createdAt,
      actor: version.createdBy,
      kind: "uploaded",
      params: { fileName: version.fileName, sizeBytes: Number(version.sizeBytes) },
    },
    ...events.map((event): Entry => ({ at: event.at, actor: event.actor, kind: event.kind, params: event.params as Entry["params"] })),
    ...jobs.map((job): Entry => {
      const params = { recipe: (job.recipe as Recipe).name, jobId: job.id, message: job.errorMessage };
      return { at: job.finishedAt ?? job.createdAt, actor: job.createdBy, kind: kindOfJob(job), params };
    }),
    ...releases.map((release): Entry => {
      return {
        at: release.createdAt,
        actor: release.createdBy,
        kind: "released",
        params: { releaseId: release.id, releaseName: release.name },
      };
    }),
  ];
  const nameOf = await resolveNames(
    ctx.db,
    entries.map((entry) => entry.actor),
  );
  return entries
    .toSorted((a, b) => b.at.getTime() - a.at.getTime())
    .slice(0, SHOWN)
    .map((entry) => ({ ...entry, actor: nameOf(entry.actor) }));
}

function kindOfJob(job: { state: string; kind: string }): string {
  if (job.state === "FAILED") return "job-failed";
  if (job.state === "CANCELLED") return "job-cancelled";
  return job.kind === "validate" ? "validated" : "optimised";
}
