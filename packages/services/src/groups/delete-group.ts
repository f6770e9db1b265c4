import { FlotillaError } from "@flotilla/contracts";
import { notifyLive } from "@flotilla/db";
import type { Actor, ServiceContext } from "../context.ts";
import { lockGroup } from "./lock-group.ts";

const LIVE = ["DRAFT", "AWAITING_APPROVAL", "SCHEDULED", "RUNNING", "PAUSED", "HALTED", "REVERTING"];

/** Its devices stay. Throws NOT_FOUND, CONFLICT (a rollout that has not ended goes to it). */
export async function deleteGroup(ctx: ServiceContext, actor: Actor, id: string): Promise<void> {
  const { organisationId } = actor;
  await ctx.db.transaction(async (tx) => {
    await lockGroup(tx, organisationId, id);
    const rollout = await tx.rollout.findFirst({ where: { groupId: id, organisationId, state: { in: LIVE } }, select: { name: true } });
    if (rollout !== null)
      throw new FlotillaError("CONFLICT", `The rollout “${rollout.name}” goes to this group: end it before you delete the group.`);
    await tx.enrolmentToken.updateMany({ where: { groupId: id }, data: { groupId: null } });
    await tx.group.delete({ where: { id } });
    await notifyLive(tx, { organisationId, topic: "group", id });
  });
}
