import { randomUUID } from "node:crypto";
import { FlotillaError, rolloutGatesSchema, stageSpecSchema } from "@flotilla/contracts";
import { notifyLive } from "@flotilla/db";
import { counted } from "@flotilla/domain";
import { z } from "zod";
import type { Actor, ServiceContext } from "../context.ts";
import { toJson } from "../to-json.ts";
import { notFound } from "../views/not-found.ts";
import { lockGroup } from "../groups/lock-group.ts";
import { changeRolloutIn } from "./change-rollout.ts";

export const createRolloutInput = z.object({
  name: z.string().trim().min(1).max(120),
  releaseId: z.uuid(),
  groupId: z.uuid(),
  stages: z.array(stageSpecSchema).max(20),
  gates: rolloutGatesSchema,
  /** false: it stays a draft until somebody starts it. */
  start: z.boolean(),
});
export type CreateRolloutInput = z.infer<typeof createRolloutInput>;

/**
 * Creates a rollout and, where asked, starts it at once.
 * @throws FlotillaError NOT_FOUND for a release or group of nobody's or somebody else's; CONFLICT for a release that is not ready or a
 * group without devices; INVALID_INPUT without stages
 */
export async function createRollout(ctx: ServiceContext, actor: Actor, input: CreateRolloutInput): Promise<{ id: string }> {
  const { organisationId } = actor;
  const id = randomUUID();
  const now = ctx.clock();
  if (input.stages.length === 0) throw new FlotillaError("INVALID_INPUT", "A rollout needs at least one stage. Add one.");
  await ctx.db.transaction(async (tx) => {
    // Shared locks: neither is deleted or withdrawn while the rollout that needs it begins.
    await tx.$queryRawUnsafe(
      `SELECT 1 FROM "release" WHERE "id" = $1::uuid AND "organisationId" = $2 FOR SHARE`,
      input.releaseId,
      organisationId,
    );
    const release = await tx.release.findFirst({ where: { id: input.releaseId, organisationId } });
    if (release === null) throw notFound("release");
    if (release.state !== "READY") {
      throw new FlotillaError(
        "CONFLICT",
        `Release “${release.name}” is ${release.state.toLowerCase()}, not ready. Choose one that is ready.`,
      );
    }
    const group = await lockGroup(tx, organisationId, input.groupId, true);
    const message = `Created: ${release.name} to ${group.name} in ${counted(input.stages.length, "stage")}.`;
    const whyDecisionId = randomUUID();
    await tx.rollout.create({
      data: {
        id,
        organisationId,
        name: input.name,
        releaseId: release.id,
        groupId: group.id,
        state: "DRAFT",
        gates: toJson(input.gates),
        whyDecisionId,
        createdBy: actor.userId,
        createdAt: now,
        stages: { create: input.stages.map((spec, index) => ({ index, organisationId, spec: toJson(spec), state: "WAITING" })) },
        decisions: {
          create: {
            id: whyDecisionId,
            organisationId,
            // A millisecond early, so that the log shows a start in the same transaction after it.
            at: new Date(now.getTime() - 1),
            actor: actor.name,
            kind: "created",
            message,
            params: { release: release.name, group: group.name, stages: input.stages.length },
          },
        },
      },
    });
    await notifyLive(tx, { organisationId, topic: "rollout", id });
    // In the same transaction: a start that is refused (an empty group) leaves no draft behind.
    if (input.start) await changeRolloutIn(tx, actor, { id, action: { kind: "start" } }, now);
  });
  return { id };
}
