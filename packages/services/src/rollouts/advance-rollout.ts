import { stepRollout } from "@flotilla/domain";
import type { ServiceContext } from "../context.ts";
import { loadRollout } from "./load-rollout.ts";
import { persistStep } from "./persist-step.ts";

/** What the decision log calls the controller. */
export const CONTROLLER = "controller";

/**
 * Lets one rollout go on from everything known now: load under its lock, decide, write, in one transaction. Two callers at once do
 * the work once.
 * @returns whether anything followed
 */
export async function advanceRollout(ctx: ServiceContext, input: { rolloutId: string }): Promise<boolean> {
  const now = ctx.clock();
  return ctx.db.transaction(async (tx) => {
    const loaded = await loadRollout(tx, input.rolloutId, { organisationId: null, lock: true });
    return persistStep(tx, loaded, stepRollout(loaded.snapshot, now), now, CONTROLLER);
  });
}

/** Rollouts for which time or a report can change something. */
export async function listLiveRollouts(ctx: ServiceContext): Promise<string[]> {
  const rows = await ctx.db.query<{ id: string }>(
    `SELECT "id" FROM "rollout" WHERE "state" IN ('RUNNING', 'PAUSED', 'HALTED', 'REVERTING') ORDER BY "createdAt"`,
  );
  return rows.map(({ id }) => id);
}
