import { randomUUID } from "node:crypto";
import { FlotillaError, rolloutGatesSchema, rolloutOptionsSchema, stageSpecSchema } from "@flotilla/contracts";
import { notifyLive, type RawTx } from "@flotilla/db";
import { counted } from "@flotilla/domain";
import { z } from "zod";
import type { Actor, ServiceContext } from "../context.ts";
import { notFound } from "../views/not-found.ts";
import { beginRolloutIn, startAtInput } from "./begin-rollout.ts";
import { checkReady } from "./check-ready.ts";

export const createRolloutInput = z.object({
  name: z.string().trim().min(1).max(120),
  releaseId: z.uuid(),
  groupId: z.uuid(),
  stages: z.array(stageSpecSchema).max(20),
  gates: rolloutGatesSchema,
  options: rolloutOptionsSchema.optional(),
  /** false: it stays a draft until somebody starts it. */
  start: z.boolean(),
  /** With `start`: when. Absent: at once. */
  startAt: startAtInput.nullish(),
});
export type CreateRolloutInput = z.infer<typeof createRolloutInput>;

/**
 * Creates a rollout and, where asked, starts it at once.
 * @throws FlotillaError NOT_FOUND for a release or group of nobody's or somebody else's; CONFLICT for a release that is not ready or a
 * group without devices; RELEASE_INVALIDATED; INVALID_INPUT without stages or for an hour that is over
 */
export async function createRollout(ctx: ServiceContext, actor: Actor, input: CreateRolloutInput): Promise<{ id: string }> {
  const { organisationId } = actor;
  const id = randomUUID();
  const now = ctx.clock();
  if (input.stages.length === 0) throw new FlotillaError("INVALID_INPUT", "A rollout needs at least one stage. Add one.");
  await ctx.db.rawTransaction(async (tx) => {
    const { release, group } = await lockTargets(tx, organisationId, input);
    const message = `Created: ${release} to ${group} in ${counted(input.stages.length, "stage")}.`;
    const whyDecisionId = randomUUID();
    await tx.$executeRawUnsafe(
      `INSERT INTO "rollout" ("id", "organisationId", "name", "releaseId", "groupId", "state", "gates", "whyDecisionId", "createdBy", "createdAt", "options")
       VALUES ($1::uuid, $2, $3, $4::uuid, $5::uuid, 'DRAFT', $6::jsonb, $7::uuid, $8, $9::timestamptz, $10::jsonb)`,
      ...[id, organisationId, input.name, input.releaseId, input.groupId, JSON.stringify(input.gates), whyDecisionId, actor.userId, now],
      JSON.stringify(input.options ?? {}),
    );
    await tx.$executeRawUnsafe(
      `INSERT INTO "rollout_stage" ("rolloutId", "index", "organisationId", "spec", "state")
       SELECT $1::uuid, s."position" - 1, $2, s."spec", 'WAITING' FROM jsonb_array_elements($3::jsonb) WITH ORDINALITY AS s("spec", "position")`,
      ...[id, organisationId, JSON.stringify(input.stages)],
    );
    await tx.$executeRawUnsafe(
      `INSERT INTO "decision" ("id", "organisationId", "rolloutId", "at", "actor", "kind", "message", "params")
       VALUES ($1::uuid, $2, $3::uuid, $4::timestamptz, $5, 'created', $6, $7::jsonb)`,
      // A millisecond early, so that the log shows a start in the same transaction after it.
      ...[whyDecisionId, organisationId, id, new Date(now.getTime() - 1), actor.name, message],
      JSON.stringify({ release, group, stages: input.stages.length }),
    );
    await notifyLive(tx, { organisationId, topic: "rollout", id });
    // In the same transaction: a start that is refused (an empty group) leaves no draft behind.
    if (input.start) await beginRolloutIn(tx, actor, { id, startAt: input.startAt }, now);
  });
  return { id };
}

/** Shared locks: neither is deleted, withdrawn or marked as bad while the rollout that needs it begins. Answers with their names. */
async function lockTargets(
  tx: RawTx,
  organisationId: string,
  { releaseId, groupId }: CreateRolloutInput,
): Promise<{ release: string; group: string }> {
  const [release] = await tx.$queryRawUnsafe<{ name: string }[]>(
    `SELECT "name" FROM "release" WHERE "id" = $1::uuid AND "organisationId" = $2 FOR SHARE`,
    releaseId,
    organisationId,
  );
  if (release === undefined) throw notFound("release");
  await checkReady(tx, releaseId);
  const [group] = await tx.$queryRawUnsafe<{ name: string }[]>(
    `SELECT "name" FROM "group" WHERE "id" = $1::uuid AND "organisationId" = $2 FOR SHARE`,
    groupId,
    organisationId,
  );
  if (group === undefined) throw notFound("group");
  return { release: release.name, group: group.name };
}
