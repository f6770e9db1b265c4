import { roles } from "@flotilla/contracts";
import { notifyLive } from "@flotilla/db";
import { z } from "zod";
import type { Actor, ServiceContext } from "../context.ts";
import { lockMembers } from "./lock-members.ts";

export const setMemberRoleInput = z.object({ userId: z.string().max(64), role: z.enum(roles) });

/** Holds from the member's next request on. Throws NOT_FOUND, CONFLICT (the last owner). */
export async function setMemberRole(ctx: ServiceContext, actor: Actor, input: z.infer<typeof setMemberRoleInput>): Promise<void> {
  const { organisationId } = actor;
  await ctx.db.transaction(async (tx) => {
    const members = await lockMembers(tx, organisationId);
    const member = members.require(input.userId);
    if (input.role !== "owner") members.requireAnotherOwner(input.userId);
    await tx.member.update({ where: { id: member.id }, data: { role: input.role } });
    await notifyLive(tx, { organisationId, topic: "settings" });
  });
}
