import { randomUUID } from "node:crypto";
import { notifyLive, type RawTx } from "@flotilla/db";
import type { RolloutStep } from "@flotilla/domain";

/**
 * A line of the decision log that comes from a person or the clock rather than from a step; it becomes what explains the rollout's state,
 * unless `aside`.
 */
export async function writeDecision(
  tx: RawTx,
  rollout: { organisationId: string; rolloutId: string },
  decision: RolloutStep["decisions"][number],
  by: { at: Date; actor: string; aside?: boolean },
): Promise<void> {
  const { organisationId, rolloutId } = rollout;
  const { kind, message, params, deviceId } = decision;
  const id = randomUUID();
  const { at, actor } = by;
  await tx.$executeRawUnsafe(
    `INSERT INTO "decision" ("id", "organisationId", "rolloutId", "at", "actor", "kind", "message", "params", "deviceId")
     VALUES ($1::uuid, $2, $3::uuid, $4::timestamptz, $5, $6, $7, $8::jsonb, $9::uuid)`,
    ...[id, organisationId, rolloutId, at, actor, kind, message, JSON.stringify(params), deviceId],
  );
  if (by.aside !== true) await tx.$executeRawUnsafe(`UPDATE "rollout" SET "whyDecisionId" = $2::uuid WHERE "id" = $1::uuid`, rolloutId, id);
  await notifyLive(tx, { organisationId, topic: "rollout", id: rolloutId });
}
