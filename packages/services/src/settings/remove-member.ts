import { notifyLive } from "@flotilla/db";
import { z } from "zod";
import type { Actor, ServiceContext } from "../context.ts";
import { lockMembers } from "./lock-members.ts";

export const removeMemberInput = z.object({ userId: z.string().max(64) });

/** Takes a person out of the organisation and ends the sessions of one who belongs to no other. Throws NOT_FOUND, CONFLICT (the last owner). */
export async function removeMember(ctx: ServiceContext, actor: Actor, input: z.infer<typeof removeMemberInput>): Promise<void> {
  const { organisationId } = actor;
  await ctx.db.transaction(async (tx) => {
    const members = await lockMembers(tx, organisationId);
    const member = members.require(input.userId);
    members.requireAnotherOwner(input.userId);
    await tx.member.delete({ where: { id: member.id } });
    const elsewhere = await tx.member.count({ where: { userId: input.userId } });
    if (elsewhere === 0) await tx.session.deleteMany({ where: { userId: input.userId } });
    await notifyLive(tx, { organisationId, topic: "settings" });
  });
}
