import { randomUUID } from "node:crypto";
import { FlotillaError, type Role } from "@flotilla/contracts";
import { isUniqueViolation, notifyLive } from "@flotilla/db";
import type { Invitation } from "@flotilla/db";
import { z } from "zod";
import { createAccount } from "../auth/create-account.ts";
import { hashOneTimeToken } from "../auth/one-time-token.ts";
import { emailSchema, hashPassword, passwordSchema } from "../auth/password.ts";
import type { ServiceContext } from "../context.ts";

export const acceptInvitationInput = z.object({
  token: z.string().min(1).max(200),
  /** As on the invitation. */
  email: emailSchema,
  name: z.string().trim().min(1).max(120),
  password: passwordSchema,
});
export type AcceptInvitationInput = z.infer<typeof acceptInvitationInput>;

/** Makes the invited person's account and membership; the link works once. Throws TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_USED_UP, FORBIDDEN (another address), and CONFLICT where the address has an account. */
export async function acceptInvitation(ctx: ServiceContext, input: AcceptInvitationInput): Promise<{ email: string }> {
  const invitation = await findInvitation(ctx, input.token);
  checkAddress(invitation, input.email);
  const passwordHash = await hashPassword(input.password);
  const { email, organizationId: organisationId } = invitation;
  try {
    await ctx.db.transaction(async (tx) => {
      const taken = await tx.invitation.updateMany({ where: { id: invitation.id, status: "pending" }, data: { status: "accepted" } });
      if (taken.count === 0) throw usedUp();
      const now = ctx.clock();
      await createAccount(tx, { organisationId, role: invitation.role as Role, name: input.name, email, passwordHash, now });
      await notifyLive(tx, { organisationId, topic: "settings" });
    });
  } catch (error) {
    if (isUniqueViolation(error))
      throw new FlotillaError("CONFLICT", `${email} has an account already: sign in with it and open this link again.`);
    throw error;
  }
  return { email };
}

/** The signed-in person joins with the account at hand. Throws TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_USED_UP, FORBIDDEN (another address). */
export async function joinOrganisation(
  ctx: ServiceContext,
  user: { userId: string; email: string },
  input: { token: string },
): Promise<{ organisationId: string }> {
  const invitation = await findInvitation(ctx, input.token);
  checkAddress(invitation, user.email.toLowerCase());
  const organisationId = invitation.organizationId;
  await ctx.db.transaction(async (tx) => {
    const taken = await tx.invitation.updateMany({ where: { id: invitation.id, status: "pending" }, data: { status: "accepted" } });
    if (taken.count === 0) throw usedUp();
    const member = await tx.member.findFirst({ where: { organizationId: organisationId, userId: user.userId } });
    if (member !== null) throw new FlotillaError("CONFLICT", "You are a member of this organisation already.");
    await tx.member.create({
      data: {
        id: randomUUID(),
        organizationId: organisationId,
        userId: user.userId,
        role: invitation.role ?? "viewer",
        createdAt: ctx.clock(),
      },
    });
    await tx.session.updateMany({ where: { userId: user.userId }, data: { activeOrganizationId: organisationId } });
    await notifyLive(tx, { organisationId, topic: "settings" });
  });
  return { organisationId };
}

async function findInvitation(ctx: ServiceContext, token: string): Promise<Invitation> {
  const invitation = await ctx.db.prisma.invitation.findUnique({ where: { id: hashOneTimeToken(token) } });
  if (invitation === null || invitation.status === "canceled") {
    throw new FlotillaError("TOKEN_INVALID", "This invitation is not valid: ask for a new link.");
  }
  if (invitation.status !== "pending") throw usedUp();
  if (invitation.expiresAt <= ctx.clock()) throw new FlotillaError("TOKEN_EXPIRED", "This invitation has ended; ask for a new link.");
  return invitation;
}

function checkAddress(invitation: Invitation, email: string): void {
  if (invitation.email === email) return;
  throw new FlotillaError("FORBIDDEN", `This invitation is for ${invitation.email}, not for ${email}; ask for a link of your own.`);
}

function usedUp(): FlotillaError {
  return new FlotillaError("TOKEN_USED_UP", "This invitation has been used: sign in instead.");
}
