import type { ModelCard, Recipe, ValidationGate } from "@flotilla/contracts";
import { type DataSet, type Job, type ModelVersion, notifyLive, type Tx } from "@flotilla/db";
import type { ServiceContext } from "../context.ts";
import { toJson } from "../to-json.ts";

/** A job with everything that the worker needs to run it. */
export interface WorkerJob {
  row: Job;
  recipe: Recipe;
  gates: ValidationGate[];
  version: ModelVersion;
  card: ModelCard;
  calibration: DataSet | null;
  test: DataSet | null;
}

/**
 * Takes an optimisation or validation job, or takes it up again after a worker died: RUNNING, one attempt more. null when there is
 * nothing to do: it was cancelled, has ended, or no longer exists.
 */
export async function beginJob(ctx: ServiceContext, input: { organisationId: string; jobId: string }): Promise<WorkerJob | null> {
  const { organisationId, jobId: id } = input;
  return ctx.db.transaction(async (tx) => {
    const now = ctx.clock();
    const changed = await tx.job.updateMany({
      where: { id, organisationId, state: { in: ["QUEUED", "RUNNING"] } },
      data: { state: "RUNNING", attempts: { increment: 1 }, progress: toJson({ fraction: 0, step: "starting", done: null, total: null }) },
    });
    if (changed.count === 0) return null;
    await tx.job.updateMany({ where: { id, organisationId, startedAt: null }, data: { startedAt: now } });
    const row = await tx.job.findFirst({ where: { id, organisationId } });
    const version = row === null ? null : await tx.modelVersion.findFirst({ where: { id: row.modelVersionId, organisationId } });
    if (row === null || version === null) return null;
    await notifyLive(tx, { organisationId, topic: "job", id });
    return {
      row,
      recipe: row.recipe as Recipe,
      gates: row.gates as ValidationGate[],
      version,
      card: version.card as ModelCard,
      calibration: await findDataSet(tx, organisationId, row.calibrationDataSetId),
      test: await findDataSet(tx, organisationId, row.testDataSetId),
    };
  });
}

async function findDataSet(tx: Tx, organisationId: string, id: string | null): Promise<DataSet | null> {
  return id === null ? null : tx.dataSet.findFirst({ where: { id, organisationId } });
}
