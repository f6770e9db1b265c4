import type { JobState, Recipe } from "@flotilla/contracts";
import type { JobProgress, JobView } from "@flotilla/contracts/views";
import type { Job } from "@flotilla/db";
import { z } from "zod";
import type { Actor, ServiceContext } from "../context.ts";
import { notFound } from "../views/not-found.ts";
import { resolveNames } from "../views/resolve-names.ts";
import { toErrorView } from "../views/to-error-view.ts";

const SHOWN = 100;

export const listJobsInput = z.object({ modelVersionId: z.uuid().optional() });

/** The last 100 jobs, of one version or of all; newest first. */
export async function listJobs(ctx: ServiceContext, actor: Actor, input: z.infer<typeof listJobsInput>): Promise<JobView[]> {
  const jobs = await ctx.db.prisma.job.findMany({
    where: {
      organisationId: actor.organisationId,
      ...(input.modelVersionId === undefined ? {} : { modelVersionId: input.modelVersionId }),
    },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: SHOWN,
  });
  return toJobViews(ctx, jobs);
}

/** Throws NOT_FOUND. */
export async function getJob(ctx: ServiceContext, actor: Actor, input: { id: string }): Promise<JobView> {
  const job = await ctx.db.prisma.job.findFirst({ where: { id: input.id, organisationId: actor.organisationId } });
  const [view] = job === null ? [] : await toJobViews(ctx, [job]);
  if (view === undefined) throw notFound("job");
  return view;
}

async function toJobViews(ctx: ServiceContext, jobs: readonly Job[]): Promise<JobView[]> {
  const versionIds = [...new Set(jobs.map((job) => job.modelVersionId))];
  const [versions, nameOf] = await Promise.all([
    ctx.db.prisma.modelVersion.findMany({
      where: { id: { in: versionIds } },
      select: { id: true, version: true, modelId: true, model: { select: { name: true } } },
    }),
    resolveNames(
      ctx.db,
      jobs.map((job) => job.createdBy),
    ),
  ]);
  const byId = new Map(versions.map((version) => [version.id, version]));
  return jobs.flatMap((job) => {
    const version = byId.get(job.modelVersionId);
    if (version === undefined) return [];
    return [
      toJobView(job, {
        modelId: version.modelId,
        modelName: version.model.name,
        version: version.version,
        createdBy: nameOf(job.createdBy),
      }),
    ];
  });
}

function toJobView(job: Job, about: Pick<JobView, "modelId" | "modelName" | "version" | "createdBy">): JobView {
  return {
    id: job.id,
    kind: job.kind as JobView["kind"],
    state: job.state as JobState,
    ...about,
    modelVersionId: job.modelVersionId,
    recipe: job.recipe as Recipe,
    variantId: job.variantId,
    testDataSetId: job.testDataSetId,
    progress: job.progress as JobProgress | null,
    error: toErrorView(job),
    attempts: job.attempts,
    createdAt: job.createdAt,
    startedAt: job.startedAt,
    finishedAt: job.finishedAt,
  };
}
