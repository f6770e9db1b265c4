import { FlotillaError } from "@flotilla/contracts";
import { decideApprovalVoid, decideStartRefused, planBeginning } from "@flotilla/domain";
import type { ServiceContext } from "../context.ts";
import { CONTROLLER } from "./advance-rollout.ts";
import { goOn, setState, toDraft } from "./begin-rollout.ts";
import { readBeginning } from "./read-beginning.ts";
import { writeDecision } from "./write-decision.ts";

/**
 * Starts every scheduled rollout whose hour has come, also one whose hour passed while nobody looked. Several gateways may ask at once: each
 * is started under its row's lock. One that fails does not hold up the others.
 * @returns when the next one is due; null: none is scheduled
 */
export async function startDueRollouts(ctx: ServiceContext): Promise<Date | null> {
  const scheduled = await ctx.db.query<{ id: string; startAt: Date }>(
    `SELECT "id"::text, "startAt" FROM "rollout" WHERE "state" = 'SCHEDULED' AND "startAt" IS NOT NULL ORDER BY "startAt", "id"`,
  );
  const now = ctx.clock();
  for (const { id } of scheduled.filter(({ startAt }) => startAt <= now)) {
    try {
      await startDue(ctx, id);
    } catch (error) {
      if (error instanceof FlotillaError) await refuseStart(ctx, id, error);
      else ctx.logger.error({ err: error, rolloutId: id }, "a scheduled rollout could not be started; it is tried again");
    }
  }
  return scheduled.find(({ startAt }) => startAt > now)?.startAt ?? null;
}

async function startDue(ctx: ServiceContext, id: string): Promise<void> {
  await ctx.db.rawTransaction(async (tx) => {
    const due = await readBeginning(tx, id, null, true);
    const now = ctx.clock();
    if (due.state !== "SCHEDULED" || due.startAt === null || due.startAt > now) return;
    const { organisationId } = due;
    if (planBeginning(due, now) === "ask") {
      await setState(tx, id, "AWAITING_APPROVAL");
      return writeDecision(tx, { organisationId, rolloutId: id }, decideApprovalVoid(), { at: now, actor: CONTROLLER });
    }
    return goOn(tx, due, due, now, { organisationId, name: CONTROLLER });
  });
}

/** What a person would have been told: an empty group, a release that is not ready. Asking again every moment would not help. */
async function refuseStart(ctx: ServiceContext, id: string, { code, message }: FlotillaError): Promise<void> {
  await ctx.db.rawTransaction(async (tx) => {
    const due = await readBeginning(tx, id, null, true);
    if (due.state !== "SCHEDULED") return;
    await toDraft(tx, id);
    const by = { at: ctx.clock(), actor: CONTROLLER };
    await writeDecision(tx, { organisationId: due.organisationId, rolloutId: id }, decideStartRefused(code, message), by);
  });
}
