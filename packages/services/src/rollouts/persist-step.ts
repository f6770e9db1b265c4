import { randomUUID } from "node:crypto";
import type { Reason } from "@flotilla/contracts";
import { notifyLive, type RawTx } from "@flotilla/db";
import { type RolloutEffect, type RolloutSnapshot, type RolloutStep, staysSettled } from "@flotilla/domain";
import { Params } from "../devices/device-sql.ts";
import { factsSql, sameRowSql, scopeOf, selectorSql } from "./facts-sql.ts";
import { foldCounts } from "./load-cohorts.ts";
import type { LoadedRollout } from "./load-rollout.ts";
import { assignDevices, lockSql, type RolloutScope, sendDevicesBack, withdrawDevices } from "./write-assignments.ts";

/**
 * Writes what domain decided: effects, stages, the rollout, its decisions, and a notification. Nothing at all where nothing follows.
 * @param at of the decisions, where the log shall show them later than the facts
 * @returns whether anything was written
 */
export async function persistStep(
  tx: RawTx,
  loaded: LoadedRollout,
  step: RolloutStep,
  actor: string,
  at: Date = loaded.now,
): Promise<boolean> {
  const { row, snapshot, seen, countRows } = loaded;
  await foldCounts(tx, row.id, countRows);
  if (!hasChanged(snapshot, step)) return false;
  const { id: rolloutId, organisationId } = row;
  const scope: RolloutScope = { ...scopeOf(row, snapshot, at), organisationId, seen };
  const touched = await executeAll(tx, scope, step.effects);
  await writeStages(tx, rolloutId, snapshot, step.next);
  const whyDecisionId = await writeDecisions(tx, scope, step, actor);
  await tx.$executeRawUnsafe(
    `UPDATE "rollout" SET "state" = $2, "readings" = $3::jsonb, "startedAt" = $4::timestamptz, "finishedAt" = $5::timestamptz,
       "whyDecisionId" = COALESCE($6::uuid, "whyDecisionId"), "pacedFrom" = $7::timestamptz, "pacedAt" = $8::timestamptz WHERE "id" = $1::uuid`,
    ...[rolloutId, step.next.state, JSON.stringify(step.next.readings), step.next.startedAt, step.next.finishedAt, whyDecisionId],
    ...[step.next.pacedFrom ?? null, step.next.pacedAt ?? null],
  );
  for (const id of [rolloutId, ...touched]) await notifyLive(tx, { organisationId, topic: "rollout", id });
  return true;
}

/** Carries effects out, one after the other. Answers with other rollouts that changed. */
export async function executeAll(tx: RawTx, scope: RolloutScope, effects: readonly RolloutEffect[]): Promise<Set<string>> {
  await lockDevices(tx, scope, effects);
  const touched = new Set<string>();
  for (const effect of effects) for (const other of await execute(tx, scope, effect)) touched.add(other);
  return touched;
}

const ASSIGNING: ReadonlySet<RolloutEffect["kind"]> = new Set(["assign", "send-back", "withdraw"]);

/**
 * Locks every row that the effects touch, another rollout's included, in ingest's order: neither ever waits for the other in a circle. What an
 * effect touches, it or one before it selects already now. An organisation's assignments are written by one rollout at a time: two would give
 * one number to one device. A wave that comes alone locks its own rows.
 */
async function lockDevices(tx: RawTx, scope: RolloutScope, effects: readonly RolloutEffect[]): Promise<void> {
  if (effects.length === 0) return;
  if (effects.some(({ kind }) => ASSIGNING.has(kind)))
    await tx.$queryRawUnsafe(`SELECT pg_advisory_xact_lock(hashtextextended('assign ' || $1, 0))::text`, scope.organisationId);
  if (effects.length === 1 && effects[0]?.kind === "assign") return;
  const params = new Params();
  const facts = factsSql(scope, params);
  const chosen = effects.map((effect) => {
    const limit = "limit" in effect ? `ORDER BY f."stageIndex", f."deviceId" LIMIT ${effect.limit}` : "";
    return `(SELECT f."deviceId" FROM (${facts}) f WHERE ${selectorSql(effect.who, params)} ${limit})`;
  });
  const locked = lockSql(`(${chosen.join(" UNION ")})`, scope.rolloutId, params);
  await tx.$queryRawUnsafe(`SELECT count(*)::int FROM (${locked}) locked`, ...params.values);
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
async function execute(tx: RawTx, scope: RolloutScope, effect: RolloutEffect): Promise<string[]> {
  switch (effect.kind) {
    case "assign":
      return assignDevices(tx, scope, effect);
    case "withdraw":
      await withdrawDevices(tx, scope, effect);
      return [];
    case "send-back":
      await sendDevicesBack(tx, scope, effect);
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

/** Only rows of which what was decided upon is still true. */
async function setDevices(tx: RawTx, scope: RolloutScope, effect: Extract<RolloutEffect, { kind: "set-devices" }>): Promise<void> {
  const { to, reason, again } = effect;
  const params = new Params();
  const says = (column: string, own: string, given: string | null) =>
    `"${column}" = ${reason === "refusal" ? `rd."${own}"` : given === null ? `rd."${column}"` : `${params.add(given)}::text`}`;
  const reasons = (given: Reason | null) =>
    `${says("reasonCode", "refusalCode", given?.code ?? null)}, ${says("reasonMessage", "refusalMessage", given?.message ?? null)}`;
  const forgotten = `"reasonCode" = NULL, "reasonMessage" = NULL, "progress" = NULL, "probe" = NULL, "assignedAt" = NULL`;
  await tx.$executeRawUnsafe(
    `UPDATE "rollout_device" rd SET "state" = ${params.add(to)}, "updatedAt" = ${params.add(scope.now)}::timestamptz,
       "settled" = ${staysSettled(true, to) ? `rd."settled"` : "false"}, ${again ? forgotten : reasons(reason === "refusal" ? null : reason)}
     FROM (${factsSql(scope, params)}) f
     WHERE ${sameRowSql("f")} AND ${selectorSql(effect.who, params)}`,
    ...params.values,
  );
}

/** Only rows that the decision saw, or that this step wrote: what a device reported meanwhile was not judged, and must not be accepted. */
async function settleDevices(tx: RawTx, scope: RolloutScope, effect: Extract<RolloutEffect, { kind: "settle" }>): Promise<void> {
  const params = new Params();
  await tx.$executeRawUnsafe(
    `UPDATE "rollout_device" rd SET "settled" = true FROM (${factsSql(scope, params)}) f
     WHERE ${sameRowSql("f")} AND ${selectorSql(effect.who, params)}
       AND (rd.xmin = pg_current_xact_id()::xid OR "is_seen"(rd.xmin, ${params.add(scope.seen)}::pg_snapshot))`,
    ...params.values,
  );
}

async function writeStages(tx: RawTx, rolloutId: string, before: RolloutSnapshot, next: RolloutSnapshot): Promise<void> {
  for (const [position, stage] of next.stages.entries()) {
    if (stage === before.stages[position]) continue;
    const { index, state, startedAt, soakUntil, deadlineAt, finishedAt } = stage;
    await tx.$executeRawUnsafe(
      `UPDATE "rollout_stage" SET "state" = $3, "startedAt" = $4::timestamptz, "soakUntil" = $5::timestamptz, "deadlineAt" = $6::timestamptz,
         "finishedAt" = $7::timestamptz WHERE "rolloutId" = $1::uuid AND "index" = $2::int`,
      ...[rolloutId, index, state, startedAt, soakUntil, deadlineAt, finishedAt],
    );
  }
}

async function writeDecisions(tx: RawTx, scope: RolloutScope, { next, decisions }: RolloutStep, actor: string): Promise<string | null> {
  let whyId: string | null = null;
  const rows = decisions.map((decision, position) => {
    const id = randomUUID();
    if (decision.message === next.why?.message) whyId = id;
    // One step's decisions keep their order: a millisecond apart.
    return { ...decision, id, at: new Date(scope.now.getTime() + position) };
  });
  if (rows.length === 0) return null;
  await tx.$executeRawUnsafe(
    `INSERT INTO "decision" ("id", "organisationId", "rolloutId", "at", "actor", "kind", "message", "params", "deviceId")
     SELECT d."id", $1, $2::uuid, d."at", $3, d."kind", d."message", d."params", d."deviceId" FROM jsonb_to_recordset($4::jsonb)
       AS d("id" uuid, "at" timestamptz, "kind" text, "message" text, "params" jsonb, "deviceId" uuid)`,
    ...[scope.organisationId, scope.rolloutId, actor, JSON.stringify(rows)],
  );
  return whyId;
}
