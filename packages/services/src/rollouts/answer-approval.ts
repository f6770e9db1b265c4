import { FlotillaError } from "@flotilla/contracts";
import { decideAnswer, mayAnswer } from "@flotilla/domain";
import { z } from "zod";
import type { Actor, ServiceContext } from "../context.ts";
import { goOn, toDraft } from "./begin-rollout.ts";
import { checkReady } from "./check-ready.ts";
import { readBeginning, readPlanSha256 } from "./read-beginning.ts";
import { writeDecision } from "./write-decision.ts";

export const approveRolloutInput = z.object({
  id: z.uuid(),
  /** The plan that the person saw: another one is not approved by accident. */
  planSha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export const rejectRolloutInput = approveRolloutInput.extend({ reason: z.string().trim().min(1).max(500) });

type Answer = z.infer<typeof approveRolloutInput> & { reason?: string };

/**
 * A second person's yes: the rollout starts, or waits for its hour.
 * @throws FlotillaError NOT_FOUND; INVALID_TRANSITION for one that waits for nobody; APPROVAL_BY_SAME_PERSON; APPROVAL_OUTDATED; RELEASE_INVALIDATED
 */
export const approveRollout = (ctx: ServiceContext, actor: Actor, input: z.infer<typeof approveRolloutInput>): Promise<void> =>
  answer(ctx, actor, "approved", input);

/** A second person's no, with its reason: it is a draft again. Throws as `approveRollout`. */
export const rejectRollout = (ctx: ServiceContext, actor: Actor, input: z.infer<typeof rejectRolloutInput>): Promise<void> =>
  answer(ctx, actor, "rejected", input);

async function answer(ctx: ServiceContext, actor: Actor, verdict: "approved" | "rejected", input: Answer): Promise<void> {
  const { organisationId, userId, name } = actor;
  await ctx.db.rawTransaction(async (tx) => {
    const waiting = await readBeginning(tx, input.id, organisationId, true);
    if (waiting.state !== "AWAITING_APPROVAL")
      throw new FlotillaError("INVALID_TRANSITION", `This rollout is ${waiting.state.toLowerCase()}: nobody has to approve it.`);
    if (!mayAnswer(waiting, userId)) {
      throw new FlotillaError("APPROVAL_BY_SAME_PERSON", "You made this rollout or asked for its start: somebody else has to answer.");
    }
    if ((await readPlanSha256(tx, waiting.id)) !== input.planSha256) {
      throw new FlotillaError("APPROVAL_OUTDATED", "The plan has changed since you looked at it. Look again, then answer.");
    }
    if (verdict === "approved") await checkReady(tx, waiting.releaseId);
    const now = ctx.clock();
    const reason = input.reason ?? null;
    await tx.$executeRawUnsafe(
      `INSERT INTO "rollout_approval" ("id", "organisationId", "rolloutId", "at", "userId", "userName", "verdict", "reason", "planSha256")
       VALUES (gen_random_uuid(), $1, $2::uuid, $3::timestamptz, $4, $5, $6, $7, $8)`,
      ...[organisationId, input.id, now, userId, name, verdict, reason, input.planSha256],
    );
    const scope = { organisationId, rolloutId: input.id };
    if (verdict === "rejected") await toDraft(tx, input.id);
    await writeDecision(tx, scope, decideAnswer(verdict, name, reason), { at: new Date(now.getTime() - 2), actor: name });
    if (verdict === "approved") await goOn(tx, { ...waiting, approved: true }, waiting, now, actor);
  });
}
