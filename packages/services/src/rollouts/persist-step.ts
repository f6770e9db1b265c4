import { randomUUID } from "node:crypto";
import { notifyLive, type Tx } from "@flotilla/db";
import { IN_FLIGHT_STATES, type RolloutEffect, type RolloutSnapshot, type RolloutStep, staysSettled } from "@flotilla/domain";
import { toJson } from "../to-json.ts";
import type { LoadedRollout } from "./load-rollout.ts";
import { assignDevices, type RolloutScope, sendDevicesBack, withdrawDevices } from "./write-assignments.ts";

/**
 * Writes what domain decided: effects, stages, the rollout, its decisions, and a notification. Nothing at all where nothing follows.
 * @returns whether anything was written
 */
export async function persistStep(tx: Tx, { row, snapshot }: LoadedRollout, step: RolloutStep, now: Date, actor: string): Promise<boolean> {
  if (!hasChanged(snapshot, step)) return false;
  const scope: RolloutScope = { rolloutId: row.id, organisationId: row.organisationId, releaseId: row.releaseId, now };
  const touched = new Set([row.id]);
  await lockDevices(tx, row.id, step.effects);
  for (const effect of step.effects) for (const other of await execute(tx, scope, effect)) touched.add(other);
  await writeStages(tx, row.id, snapshot, step.next);
  const whyDecisionId = await writeDecisions(tx, scope, step, actor);
  await tx.rollout.update({
    where: { id: row.id },
    data: {
      state: step.next.state,
      readings: toJson(step.next.readings),
      startedAt: step.next.startedAt,
      finishedAt: step.next.finishedAt,
      ...(whyDecisionId === null ? {} : { whyDecisionId }),
    },
  });
  for (const id of touched) await notifyLive(tx, { organisationId: row.organisationId, topic: "rollout", id });
  return true;
}

/** Every row that the effects touch, another rollout's included, in ingest's order: neither ever waits for the other in a circle. */
async function lockDevices(tx: Tx, rolloutId: string, effects: readonly RolloutEffect[]): Promise<void> {
  const deviceIds = new Set(effects.flatMap((effect) => effect.deviceIds));
  if (deviceIds.size === 0) return;
  await tx.$queryRawUnsafe(
    `SELECT 1 FROM "rollout_device" WHERE "deviceId" = ANY($2::uuid[]) AND ("rolloutId" = $1::uuid OR "state" = ANY($3::text[]))
     ORDER BY "deviceId", "rolloutId" FOR NO KEY UPDATE`,
    rolloutId,
    [...deviceIds],
    ["QUEUED", "UNREACHED", ...IN_FLIGHT_STATES],
  );
}

function hasChanged(before: RolloutSnapshot, { next, effects, decisions }: RolloutStep): boolean {
  if (effects.length > 0 || decisions.length > 0 || before.state !== next.state) return true;
  if (before.stages.some((stage, index) => stage !== next.stages[index])) return true;
  // jsonb forgets the order of keys.
  return (
    next.readings.length !== before.readings.length || next.readings.some((reading, index) => !sameReading(reading, before.readings[index]))
  );
}

function sameReading(a: RolloutSnapshot["readings"][number], b: RolloutSnapshot["readings"][number] | undefined): boolean {
  if (b === undefined) return false;
  const key = ({ gate, verdict, value, interval, limit, sampleCount, neededCount }: typeof a) =>
    JSON.stringify([gate, verdict, value, interval, limit, sampleCount, neededCount]);
  return key(a) === key(b);
}

/** A new kind of effect does not compile until it has an executor. Answers with other rollouts that changed. */
async function execute(tx: Tx, scope: RolloutScope, effect: RolloutEffect): Promise<string[]> {
  switch (effect.kind) {
    case "assign":
      return assignDevices(tx, scope, effect.deviceIds);
    case "withdraw":
      await withdrawDevices(tx, scope, effect.deviceIds, effect.to);
      return [];
    case "send-back":
      await sendDevicesBack(tx, scope, effect.deviceIds, effect.settled);
      return [];
    case "set-devices":
      await setDevices(tx, scope, effect);
      return [];
    case "settle":
      await settleDevices(tx, scope, effect);
      return [];
    default:
      return effect satisfies never;
  }
}

/** Only rows that still have the state decided upon: a report that came meanwhile wins. */
async function setDevices(tx: Tx, scope: RolloutScope, effect: Extract<RolloutEffect, { kind: "set-devices" }>): Promise<void> {
  await tx.$executeRawUnsafe(
    `WITH turn AS (
       SELECT "deviceId" FROM "rollout_device" WHERE "rolloutId" = $1::uuid AND "deviceId" = ANY($2::uuid[]) AND "state" = ANY($3::text[])
       ORDER BY "deviceId" FOR UPDATE
     )
     UPDATE "rollout_device" rd SET "state" = $4, "updatedAt" = $5::timestamptz,
       "reasonCode" = CASE WHEN $8 THEN NULL ELSE COALESCE($6, rd."reasonCode") END,
       "reasonMessage" = CASE WHEN $8 THEN NULL ELSE COALESCE($7, rd."reasonMessage") END,
       "progress" = CASE WHEN $8 THEN NULL ELSE rd."progress" END,
       "probe" = CASE WHEN $8 THEN NULL ELSE rd."probe" END,
       "assignedAt" = CASE WHEN $8 THEN NULL ELSE rd."assignedAt" END,
       "settled" = rd."settled" AND NOT $9
     FROM turn WHERE rd."rolloutId" = $1::uuid AND rd."deviceId" = turn."deviceId"`,
    scope.rolloutId,
    effect.deviceIds,
    effect.from,
    effect.to,
    scope.now,
    effect.reason?.code ?? null,
    effect.reason?.message ?? null,
    effect.again,
    !staysSettled(true, effect.to),
  );
}

/** As `setDevices`: what has moved on meanwhile is not what was accepted. */
async function settleDevices(tx: Tx, scope: RolloutScope, effect: Extract<RolloutEffect, { kind: "settle" }>): Promise<void> {
  await tx.$executeRawUnsafe(
    `UPDATE "rollout_device" SET "settled" = true WHERE "rolloutId" = $1::uuid AND "deviceId" = ANY($2::uuid[]) AND "state" = $3`,
    scope.rolloutId,
    effect.deviceIds,
    effect.from,
  );
}

async function writeStages(tx: Tx, rolloutId: string, before: RolloutSnapshot, next: RolloutSnapshot): Promise<void> {
  for (const [position, stage] of next.stages.entries()) {
    if (stage === before.stages[position]) continue;
    const { index, state, startedAt, soakUntil, deadlineAt, finishedAt } = stage;
    await tx.rolloutStage.update({
      where: { rolloutId_index: { rolloutId, index } },
      data: { state, startedAt, soakUntil, deadlineAt, finishedAt },
    });
  }
}

async function writeDecisions(tx: Tx, scope: RolloutScope, { next, decisions }: RolloutStep, actor: string): Promise<string | null> {
  let whyId: string | null = null;
  const data = decisions.map((decision, position) => {
    const id = randomUUID();
    if (decision.message === next.why?.message) whyId = id;
    // One step's decisions keep their order: a millisecond apart.
    const at = new Date(scope.now.getTime() + position);
    return {
      id,
      organisationId: scope.organisationId,
      rolloutId: scope.rolloutId,
      at,
      actor,
      kind: decision.kind,
      message: decision.message,
      params: toJson(decision.params),
      deviceId: decision.deviceId,
    };
  });
  if (data.length > 0) await tx.decision.createMany({ data });
  return whyId;
}
