import { notifyLive } from "@flotilla/db";
import { enrolCommand, type EnrolmentAddress } from "@flotilla/domain";
import { z } from "zod";
import { createOneTimeToken } from "../auth/one-time-token.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { notFound } from "../views/not-found.ts";

export const createTokenInput = z.object({
  name: z.string().trim().min(1).max(80),
  groupId: z.uuid().nullish(),
  maxUses: z.number().int().min(1).max(10_000),
  expiresInDays: z.number().int().min(1).max(365),
});

/**
 * A token that lets up to `maxUses` devices join by themselves. Its text is in this answer only: the database holds its SHA-256.
 * Throws NOT_FOUND (the group).
 */
export async function createToken(
  ctx: ServiceContext,
  actor: Actor,
  input: z.infer<typeof createTokenInput>,
): Promise<{ id: string; token: string; command: string; address: EnrolmentAddress }> {
  const { organisationId } = actor;
  const { token, tokenSha256 } = createOneTimeToken();
  const now = ctx.clock();
  const groupId = input.groupId ?? null;
  const { id } = await ctx.db.transaction(async (tx) => {
    if (groupId !== null && (await tx.group.count({ where: { id: groupId, organisationId } })) === 0) throw notFound("group");
    await notifyLive(tx, { organisationId, topic: "settings" });
    return tx.enrolmentToken.create({
      data: {
        organisationId,
        name: input.name,
        groupId,
        tokenSha256,
        maxUses: input.maxUses,
        createdBy: actor.userId,
        createdAt: now,
        expiresAt: new Date(now.getTime() + input.expiresInDays * 86_400_000),
      },
      select: { id: true },
    });
  });
  const address = ctx.enrolment ?? { webUrl: "", gatewayUrl: "", caFingerprint: "" };
  return { id, token, command: enrolCommand(address, token), address };
}
