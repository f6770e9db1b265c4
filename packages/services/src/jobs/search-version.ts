import { FlotillaError, type SearchGoal, searchGoalSchema, validationGateSchema } from "@flotilla/contracts";
import { TARGET_PROFILES } from "@flotilla/contracts/profiles";
import { notifyLive } from "@flotilla/db";
import { z } from "zod";
import type { Actor, ServiceContext } from "../context.ts";
import { notFound } from "../views/not-found.ts";
import { checkDataSet } from "./check-data-set.ts";

export const searchVersionInput = z.object({
  modelVersionId: z.uuid(),
  goal: searchGoalSchema,
  calibrationDataSetId: z.uuid(),
  /** What the search may look at while it chooses; default the calibration set. */
  steeringDataSetId: z.uuid().nullable(),
  /** What the recommended variant is proved on; never tuned to. */
  testDataSetId: z.uuid().nullable(),
  gates: z.array(validationGateSchema).max(20),
});
export type SearchVersionInput = z.infer<typeof searchVersionInput>;

/**
 * Starts the search for a variant that meets a goal. Throws NOT_FOUND, INVALID_INPUT (an unknown profile, a limit of time for
 * one whose runtime is not the one that measures, an accuracy goal without labels), PREPROCESSING_MISMATCH.
 */
export async function searchVersion(ctx: ServiceContext, actor: Actor, input: SearchVersionInput): Promise<{ jobId: string }> {
  const { organisationId } = actor;
  checkProfile(input.goal);
  const steeringDataSetId = input.steeringDataSetId ?? input.calibrationDataSetId;
  return ctx.db.transaction(async (tx) => {
    const version = await tx.modelVersion.findFirst({ where: { id: input.modelVersionId, organisationId } });
    if (version === null) throw notFound("model version");
    for (const id of [input.calibrationDataSetId, steeringDataSetId, input.testDataSetId])
      if (id !== null) await checkDataSet(tx, actor, id, version);
    const steering = await tx.dataSet.findFirst({ where: { id: steeringDataSetId, organisationId } });
    if (input.goal.maxAccuracyDrop !== null && steering?.labelsSha256 === null)
      throw new FlotillaError(
        "INVALID_INPUT",
        `The goal limits the loss of accuracy, and "${steering.name}" has no labels to count it on. Choose a labelled set, or limit the agreement instead.`,
      );
    const job = await tx.job.create({
      data: {
        organisationId,
        kind: "search",
        state: "QUEUED",
        modelVersionId: version.id,
        recipe: { schemaVersion: 1, name: "goal", passes: [] },
        calibrationDataSetId: input.calibrationDataSetId,
        testDataSetId: input.testDataSetId,
        gates: input.gates,
        createdBy: actor.userId,
        createdAt: ctx.clock(),
        search: { create: { organisationId, goal: input.goal, steeringDataSetId } },
      },
    });
    await ctx.queue.enqueue(tx, "search", { organisationId, jobId: job.id });
    await notifyLive(tx, { organisationId, topic: "job", id: job.id });
    return { jobId: job.id };
  });
}

function checkProfile({ targetProfile: id, maxLatencyMs, minSpeedup }: SearchGoal): void {
  const profile = TARGET_PROFILES.find((candidate) => candidate.id === id);
  if (profile === undefined) throw new FlotillaError("INVALID_INPUT", `There is no device profile "${id}". Choose one of the list.`);
  if (profile.formats.includes("onnx") || (maxLatencyMs === null && minSpeedup === null)) return;
  throw new FlotillaError(
    "INVALID_INPUT",
    `${profile.name} runs ${profile.formats.join(", ")} files, whose times on the device cannot be told from those here. Leave the limits of time out.`,
  );
}
