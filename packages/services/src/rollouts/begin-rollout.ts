import { FlotillaError } from "@flotilla/contracts";
import type { RawTx } from "@flotilla/db";
import {
  decideApprovalRequested,
  decideBackToDraft,
  decideScheduled,
  decideStartedLate,
  hasNotBegun,
  LATE_AFTER_MS,
  planBeginning,
} from "@flotilla/domain";
import { z } from "zod";
import type { Actor, ServiceContext } from "../context.ts";
import { changeRolloutIn } from "./change-rollout.ts";
import { checkReady } from "./check-ready.ts";
import { type BeginningRow, chosenStart, readBeginning } from "./read-beginning.ts";
import { writeDecision } from "./write-decision.ts";

/** A browser sends plain JSON, in which a date is a text. */
const instant = z.union([z.date(), z.iso.datetime({ offset: true }).transform((text) => new Date(text))]);

/** An instant with the time zone in which a person chose it, an IANA name: shown beside it, and it decides nothing. */
export const startAtInput = z.object({ at: instant, timeZone: z.string().max(64).refine(isTimeZone, "is not a time zone") });
export const beginRolloutInput = z.object({ id: z.uuid(), startAt: startAtInput.nullish() });
export type BeginRolloutInput = z.infer<typeof beginRolloutInput>;

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

/**
 * A person wants it to start, at once or at an hour: it starts, waits for its hour, or first for a second person. Asked again before the
 * start it takes the new hour, and an approval for another one is void.
 * @throws FlotillaError NOT_FOUND; INVALID_TRANSITION once it has begun; INVALID_INPUT for an hour that is over; CONFLICT for a release that
 * is not ready or a group without devices; RELEASE_INVALIDATED
 */
export async function beginRollout(ctx: ServiceContext, actor: Actor, input: BeginRolloutInput): Promise<void> {
  await ctx.db.rawTransaction((tx) => beginRolloutIn(tx, actor, input, ctx.clock()));
}

/** `beginRollout` within a transaction of the caller's. */
export async function beginRolloutIn(tx: RawTx, actor: Actor, input: BeginRolloutInput, now: Date): Promise<void> {
  const before = await readBeginning(tx, input.id, actor.organisationId, true);
  if (!hasNotBegun(before.state)) return changeRolloutIn(tx, actor, { id: input.id, action: { kind: "start" } }, () => now);
  const start = input.startAt ?? null;
  if (start !== null && now.getTime() - start.at.getTime() > LATE_AFTER_MS)
    throw new FlotillaError("INVALID_INPUT", "That hour is over. Choose a later one, or start at once.");
  await checkReady(tx, before.releaseId);
  await tx.$executeRawUnsafe(
    `UPDATE "rollout" SET "startAt" = $2::timestamptz, "timeZone" = $3 WHERE "id" = $1::uuid`,
    ...[before.id, start?.at ?? null, start?.timeZone ?? null],
  );
  const after = await readBeginning(tx, input.id, actor.organisationId, false);
  if (!after.approved) {
    await tx.$executeRawUnsafe(
      `UPDATE "rollout" SET "requestedBy" = $2, "requestedAt" = $3::timestamptz WHERE "id" = $1::uuid`,
      ...[before.id, actor.userId, now],
    );
  }
  await goOn(tx, after, before, now, actor);
}

/** Takes the next step towards the start: asks, schedules or starts. `before`: as it was, to say what changed. */
export async function goOn(
  tx: RawTx,
  beginning: BeginningRow,
  before: BeginningRow,
  now: Date,
  actor: Pick<Actor, "organisationId" | "name">,
): Promise<void> {
  const { id, organisationId } = beginning;
  const start = chosenStart(beginning);
  const scope = { organisationId, rolloutId: id };
  const by = { at: now, actor: actor.name };
  const step = planBeginning(beginning, now);
  if (step === "ask") {
    await setState(tx, id, "AWAITING_APPROVAL");
    return writeDecision(tx, scope, decideApprovalRequested(start), by);
  }
  if (step === "schedule" && start !== null) {
    await setState(tx, id, "SCHEDULED");
    return writeDecision(tx, scope, decideScheduled(start, before.state === "SCHEDULED"), by);
  }
  if (start !== null && now.getTime() - start.at.getTime() > LATE_AFTER_MS)
    await writeDecision(tx, scope, decideStartedLate(start, now), { ...by, at: new Date(now.getTime() - 1) });
  return changeRolloutIn(tx, actor, { id, action: { kind: "start" } }, () => now);
}

/**
 * Takes back a start that has not happened: no hour and no approval any more.
 * @throws FlotillaError NOT_FOUND; INVALID_TRANSITION for one that neither waits nor is scheduled
 */
export async function takeBackToDraft(ctx: ServiceContext, actor: Actor, id: string): Promise<void> {
  await ctx.db.rawTransaction(async (tx) => {
    const beginning = await readBeginning(tx, id, actor.organisationId, true);
    if (!hasNotBegun(beginning.state) || beginning.state === "DRAFT") {
      throw new FlotillaError("INVALID_TRANSITION", `This rollout is ${beginning.state.toLowerCase()}: there is no start to take back.`);
    }
    await toDraft(tx, id);
    await writeDecision(tx, { organisationId: actor.organisationId, rolloutId: id }, decideBackToDraft(), {
      at: ctx.clock(),
      actor: actor.name,
    });
  });
}

/** No hour, nobody who asked: as it was made. */
export async function toDraft(tx: RawTx, id: string): Promise<void> {
  await tx.$executeRawUnsafe(
    `UPDATE "rollout" SET "state" = 'DRAFT', "startAt" = NULL, "timeZone" = NULL, "requestedBy" = NULL, "requestedAt" = NULL WHERE "id" = $1::uuid`,
    id,
  );
}

/** Before the start a state is all that changes. */
export async function setState(tx: RawTx, id: string, state: "AWAITING_APPROVAL" | "SCHEDULED"): Promise<void> {
  await tx.$executeRawUnsafe(`UPDATE "rollout" SET "state" = $2 WHERE "id" = $1::uuid`, id, state);
}
