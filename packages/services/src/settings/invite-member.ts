import { FlotillaError, roles } from "@flotilla/contracts";
import { notifyLive } from "@flotilla/db";
import { z } from "zod";
import { createOneTimeToken } from "../auth/one-time-token.ts";
import { emailSchema } from "../auth/password.ts";
import type { Actor, ServiceContext } from "../context.ts";

const VALID_MS = 7 * 86_400_000;

export const inviteMemberInput = z.object({ email: emailSchema, role: z.enum(roles) });

/**
 * A link that lets one address join, once, within seven days: the inviter hands it over. Inviting the same address again ends the earlier link.
 * The row's id is the token's SHA-256, so the link cannot be read out of the database. Throws CONFLICT (is a member).
 */
export async function inviteMember(ctx: ServiceContext, actor: Actor, input: z.infer<typeof inviteMemberInput>): Promise<{ link: string }> {
  const { organisationId } = actor;
  const { token, tokenSha256 } = createOneTimeToken();
  const now = ctx.clock();
  await ctx.db.transaction(async (tx) => {
    const member = await tx.member.findFirst({ where: { organizationId: organisationId, user: { email: input.email } } });
    if (member !== null) throw new FlotillaError("CONFLICT", `${input.email} is a member already, with the role "${member.role}".`);
    await tx.invitation.updateMany({
      where: { organizationId: organisationId, email: input.email, status: "pending" },
      data: { status: "canceled" },
    });
    await tx.invitation.create({
      data: {
        id: tokenSha256,
        organizationId: organisationId,
        email: input.email,
        role: input.role,
        status: "pending",
        inviterId: actor.userId,
        createdAt: now,
        expiresAt: new Date(now.getTime() + VALID_MS),
      },
    });
    await notifyLive(tx, { organisationId, topic: "settings" });
  });
  return { link: `/join?token=${token}&email=${encodeURIComponent(input.email)}` };
}
