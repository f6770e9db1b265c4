import { FlotillaError, type RolloutState } from "@flotilla/contracts";
import { notifyLive, type RawTx } from "@flotilla/db";
import { decideReleaseInvalidated } from "@flotilla/domain";
import { z } from "zod";
import type { Actor, ServiceContext } from "../context.ts";
import { changeRolloutIn } from "../rollouts/change-rollout.ts";
import { withdrawPending } from "../rollouts/withdraw-pending.ts";
import { writeDecision } from "../rollouts/write-decision.ts";
import { notFound } from "../views/not-found.ts";

export const invalidateReleaseInput = z.object({ id: z.uuid(), reason: z.string().trim().min(1).max(500) });

/**
 * A person found the release to be bad. In one transaction: every rollout that brings it to devices halts, one that waits to start ends,
 * devices that were told about it and have not begun are told to keep what they run (also those that an ended rollout left behind), and
 * from then on nothing assigns it: no rollout, start, retry, resume, approval, or way back. Devices that run it go on until their rollout is
 * reverted or another release comes. There is no way back: sign a new release. To retire a release that is only not wanted any more, see
 * `withdrawRelease`.
 * @throws FlotillaError NOT_FOUND; CONFLICT for one that is not built yet; RELEASE_INVALIDATED for one that is marked already
 */
export async function invalidateRelease(ctx: ServiceContext, actor: Actor, input: z.infer<typeof invalidateReleaseInput>): Promise<void> {
  const { organisationId } = actor;
  const reason = /[.!?。！？]$/.test(input.reason) ? input.reason : `${input.reason}.`;
  await ctx.db.rawTransaction(async (tx) => {
    // Rollouts first, as every action on one locks: it, then its release.
    await lockRollouts(tx, organisationId, input.id);
    const name = await lockRelease(tx, organisationId, input.id);
    const now = ctx.clock();
    await tx.$executeRawUnsafe(
      `UPDATE "release" SET "state" = 'INVALIDATED', "invalidatedAt" = $2::timestamptz, "invalidatedBy" = $3, "invalidReason" = $4 WHERE "id" = $1::uuid`,
      ...[input.id, now, actor.userId, reason],
    );
    // Again: one may have been made before the release was locked.
    for (const rollout of await lockRollouts(tx, organisationId, input.id)) await stop(tx, actor, rollout, { release: name, reason }, now);
    await withdrawPending(tx, organisationId, input.id, now);
    await notifyLive(tx, { organisationId, topic: "release", id: input.id });
  });
}

interface RolloutRow {
  id: string;
  state: RolloutState;
}

const lockRollouts = (tx: RawTx, organisationId: string, releaseId: string): Promise<RolloutRow[]> =>
  tx.$queryRawUnsafe<RolloutRow[]>(
    `SELECT "id"::text, "state" FROM "rollout" WHERE "releaseId" = $1::uuid AND "organisationId" = $2 ORDER BY "id" FOR NO KEY UPDATE`,
    releaseId,
    organisationId,
  );

async function lockRelease(tx: RawTx, organisationId: string, id: string): Promise<string> {
  const [release] = await tx.$queryRawUnsafe<{ name: string; state: string }[]>(
    `SELECT "name", "state" FROM "release" WHERE "id" = $1::uuid AND "organisationId" = $2 FOR UPDATE`,
    id,
    organisationId,
  );
  if (release === undefined) throw notFound("release");
  const { name, state } = release;
  if (state === "INVALIDATED") throw new FlotillaError("RELEASE_INVALIDATED", `Release “${name}” is marked as bad already.`);
  if (state !== "READY" && state !== "WITHDRAWN")
    throw new FlotillaError("CONFLICT", `Release “${name}” is ${state.toLowerCase()}: it never reached a device.`);
  return name;
}

/** What the mark does to one rollout, by its state. */
async function stop(
  tx: RawTx,
  actor: Actor,
  { id, state }: RolloutRow,
  bad: { release: string; reason: string },
  now: Date,
): Promise<void> {
  if (state === "RUNNING" || state === "PAUSED")
    return changeRolloutIn(tx, actor, { id, action: { kind: "halt", invalidated: bad } }, () => now);
  const ends = state === "AWAITING_APPROVAL" || state === "SCHEDULED";
  // One that is on its way back goes on: that takes the release off the devices.
  if (ends) await changeRolloutIn(tx, actor, { id, action: { kind: "cancel", mode: "keep" } }, () => now);
  const by = { at: new Date(now.getTime() + (ends ? 1 : 0)), actor: actor.name, aside: state === "REVERTING" || state === "REVERTED" };
  await writeDecision(tx, { organisationId: actor.organisationId, rolloutId: id }, decideReleaseInvalidated(bad.release, bad.reason), by);
}
