import type { Role } from "@flotilla/contracts";
import type { MemberView } from "@flotilla/contracts/views";
import type { Actor, ServiceContext } from "../context.ts";

/** The people of the caller's organisation, in the order in which they joined. */
export async function listMembers(ctx: ServiceContext, actor: Actor): Promise<MemberView[]> {
  const members = await ctx.db.prisma.member.findMany({
    where: { organizationId: actor.organisationId },
    include: { user: { select: { name: true, email: true } } },
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
  });
  return members.map((member) => ({
    userId: member.userId,
    name: member.user.name,
    email: member.user.email,
    role: member.role as Role,
    joinedAt: member.createdAt,
  }));
}
