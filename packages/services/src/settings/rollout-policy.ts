import type { RolloutPolicyView } from "@flotilla/contracts/views";
import { notifyLive } from "@flotilla/db";
import { can } from "@flotilla/domain";
import { roles } from "@flotilla/contracts";
import { z } from "zod";
import type { Actor, ServiceContext } from "../context.ts";

export const setRolloutPolicyInput = z.object({ secondPerson: z.boolean() });

/** Whether rollouts need a second person, and how many could be one. */
export async function getRolloutPolicy(ctx: ServiceContext, actor: Actor): Promise<RolloutPolicyView> {
  const { organisationId } = actor;
  const [policy, approverCount] = await Promise.all([
    ctx.db.prisma.rolloutPolicy.findUnique({ where: { organisationId } }),
    ctx.db.prisma.member.count({
      where: { organizationId: organisationId, role: { in: roles.filter((role) => can(role, "rollout:approve")) } },
    }),
  ]);
  return { secondPerson: policy?.secondPerson ?? false, approverCount };
}

/** Counts from now on: a rollout that waits for approval can be started without one once none is needed. */
export async function setRolloutPolicy(ctx: ServiceContext, actor: Actor, input: z.infer<typeof setRolloutPolicyInput>): Promise<void> {
  const { organisationId } = actor;
  const change = { secondPerson: input.secondPerson, changedBy: actor.userId, changedAt: ctx.clock() };
  await ctx.db.transaction(async (tx) => {
    await tx.rolloutPolicy.upsert({ where: { organisationId }, create: { organisationId, ...change }, update: change });
    await notifyLive(tx, { organisationId, topic: "settings" });
  });
}
