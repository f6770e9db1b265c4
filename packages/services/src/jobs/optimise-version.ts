import { FlotillaError, needsCalibration, type Recipe, recipeSchema, validationGateSchema } from "@flotilla/contracts";
import { notifyLive } from "@flotilla/db";
import { judgeExport } from "@flotilla/domain";
import { z } from "zod";
import type { Actor, ServiceContext } from "../context.ts";
import { notFound } from "../views/not-found.ts";
import { checkDataSet } from "./check-data-set.ts";

export const optimiseVersionInput = z.object({
  modelVersionId: z.uuid(),
  recipes: z.array(recipeSchema).min(1).max(20),
  calibrationDataSetId: z.uuid().nullable(),
  testDataSetId: z.uuid().nullable(),
  gates: z.array(validationGateSchema).max(20),
});
export type OptimiseVersionInput = z.infer<typeof optimiseVersionInput>;

/**
 * Starts one job per recipe; all of them or none. Throws NOT_FOUND, INVALID_INPUT (a recipe that calibrates without data, an export of what its
 * format cannot hold), PREPROCESSING_MISMATCH
 * (images for a model whose card does not say how they become its input).
 */
export async function optimiseVersion(ctx: ServiceContext, actor: Actor, input: OptimiseVersionInput): Promise<{ jobIds: string[] }> {
  const { organisationId } = actor;
  checkCalibration(input);
  checkExports(input);
  return ctx.db.transaction(async (tx) => {
    const version = await tx.modelVersion.findFirst({ where: { id: input.modelVersionId, organisationId } });
    if (version === null) throw notFound("model version");
    for (const id of [input.calibrationDataSetId, input.testDataSetId]) if (id !== null) await checkDataSet(tx, actor, id, version);
    const jobIds: string[] = [];
    for (const recipe of input.recipes) {
      const job = await tx.job.create({
        data: {
          organisationId,
          kind: "optimise",
          state: "QUEUED",
          modelVersionId: version.id,
          recipe,
          calibrationDataSetId: input.calibrationDataSetId,
          testDataSetId: input.testDataSetId,
          gates: input.gates,
          createdBy: actor.userId,
          createdAt: ctx.clock(),
        },
      });
      await ctx.queue.enqueue(tx, "optimise", { organisationId, jobId: job.id });
      await notifyLive(tx, { organisationId, topic: "job", id: job.id });
      jobIds.push(job.id);
    }
    return { jobIds };
  });
}

function checkCalibration(input: OptimiseVersionInput): void {
  const calibrating = input.recipes.find((recipe: Recipe) => recipe.passes.some(needsCalibration));
  if (calibrating === undefined || input.calibrationDataSetId !== null) return;
  throw new FlotillaError("INVALID_INPUT", `The recipe "${calibrating.name}" calibrates on real inputs: choose a calibration data set.`);
}

function checkExports({ recipes }: OptimiseVersionInput): void {
  for (const recipe of recipes) {
    const problem = judgeExport(recipe);
    if (problem === null) continue;
    throw new FlotillaError("INVALID_INPUT", `The recipe "${recipe.name}" cannot be exported. ${problem.sentence}`, {
      details: { problem: problem.code },
    });
  }
}
