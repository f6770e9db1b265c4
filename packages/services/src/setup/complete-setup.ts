import { FlotillaError } from "@flotilla/contracts";
import { isUniqueViolation } from "@flotilla/db";
import { z } from "zod";
import { createAccount } from "../auth/create-account.ts";
import { hashOneTimeToken } from "../auth/one-time-token.ts";
import { emailSchema, hashPassword, passwordSchema } from "../auth/password.ts";
import type { ServiceContext } from "../context.ts";

export const completeSetupInput = z.object({
  token: z.string().min(1).max(200),
  name: z.string().trim().min(1).max(120),
  email: emailSchema,
  password: passwordSchema,
});
export type CompleteSetupInput = z.infer<typeof completeSetupInput>;

/**
 * Makes the first owner. The token works once, also for two requests at the same moment. Throws TOKEN_INVALID, SETUP_DONE, CONFLICT (the address has an
 * account).
 */
export async function completeSetup(ctx: ServiceContext, input: CompleteSetupInput): Promise<{ userId: string }> {
  const tokenSha256 = hashOneTimeToken(input.token);
  // Checked before the costly hash, so that guessing costs nothing but the guess.
  await checkToken(ctx, tokenSha256);
  const passwordHash = await hashPassword(input.password);
  const now = ctx.clock();
  try {
    return await ctx.db.transaction(async (tx) => {
      const taken = await tx.setupToken.updateManyAndReturn({ where: { tokenSha256, usedAt: null }, data: { usedAt: now } });
      const [setup] = taken;
      if (setup === undefined) throw setupDone();
      const owners = await tx.member.count({ where: { organizationId: setup.organisationId, role: "owner" } });
      if (owners > 0) throw setupDone();
      const account = {
        organisationId: setup.organisationId,
        role: "owner",
        name: input.name,
        email: input.email,
        passwordHash,
        now,
      } as const;
      return { userId: await createAccount(tx, account) };
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw new FlotillaError("CONFLICT", `${input.email} has an account already: sign in with it.`);
    throw error;
  }
}

async function checkToken(ctx: ServiceContext, tokenSha256: string): Promise<void> {
  const setup = await ctx.db.prisma.setupToken.findUnique({ where: { tokenSha256 } });
  if (setup === null)
    throw new FlotillaError("TOKEN_INVALID", "This setup link is not valid: use the newest one that the start of Flotilla printed.");
  if (setup.usedAt !== null) throw setupDone();
}

function setupDone(): FlotillaError {
  return new FlotillaError("SETUP_DONE", "The setup is done and this link has been used: sign in instead.");
}
