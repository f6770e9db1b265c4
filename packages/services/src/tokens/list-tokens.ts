import type { EnrolmentTokenView } from "@flotilla/contracts/views";
import type { Actor, ServiceContext } from "../context.ts";

/** The organisation's enrolment tokens, newest first, without their texts. */
export async function listTokens(ctx: ServiceContext, actor: Actor): Promise<EnrolmentTokenView[]> {
  const { organisationId } = actor;
  const tokens = await ctx.db.prisma.enrolmentToken.findMany({ where: { organisationId }, orderBy: { createdAt: "desc" }, take: 200 });
  const groupIds = tokens.flatMap((token) => (token.groupId === null ? [] : [token.groupId]));
  const groups = await ctx.db.prisma.group.findMany({ where: { id: { in: groupIds }, organisationId }, select: { id: true, name: true } });
  const names = new Map(groups.map((group) => [group.id, group.name]));
  return tokens.map(({ id, name, groupId, maxUses, uses, expiresAt, revokedAt, createdAt }) => ({
    id,
    name,
    groupId,
    groupName: groupId === null ? null : (names.get(groupId) ?? null),
    maxUses,
    uses,
    expiresAt,
    revokedAt,
    createdAt,
  }));
}
