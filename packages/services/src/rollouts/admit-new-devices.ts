import { randomUUID } from "node:crypto";
import type { RawTx } from "@flotilla/db";
import { decideJoined, DEFAULT_OPTIONS } from "@flotilla/domain";
import { joinDevices } from "./enlist-devices.ts";
import type { LoadedRollout } from "./load-rollout.ts";

/** How often a rollout looks for new devices of its group. */
const EVERY_MS = 10_000;

const letsJoin = ({ snapshot }: Pick<LoadedRollout, "snapshot">): boolean =>
  snapshot.state === "RUNNING" && (snapshot.options ?? DEFAULT_OPTIONS).joinNewDevices;

const isDue = ({ row, now }: LoadedRollout): boolean => row.joinedAt === null || now.getTime() - row.joinedAt.getTime() >= EVERY_MS;

/** When a rollout that was just looked at looks for new devices next; null: it never does. */
export function nextJoinAt(loaded: LoadedRollout): Date | null {
  if (!letsJoin(loaded)) return null;
  const last = isDue(loaded) || loaded.row.joinedAt === null ? loaded.now : loaded.row.joinedAt;
  return new Date(last.getTime() + EVERY_MS);
}

/**
 * Takes devices that came into the group since the start into the stage at work, and says so in the log.
 * @returns whether any came: then the rollout has to be loaded again
 */
export async function admitNewDevices(tx: RawTx, loaded: LoadedRollout, actor: string): Promise<boolean> {
  const { row, snapshot, now } = loaded;
  const stage = snapshot.stages.find(({ state }) => state !== "PASSED");
  if (!letsJoin(loaded) || !isDue(loaded) || stage === undefined) return false;
  await tx.$executeRawUnsafe(`UPDATE "rollout" SET "joinedAt" = $2::timestamptz WHERE "id" = $1::uuid`, row.id, now);
  const devices = await joinDevices(tx, { ...row, options: snapshot.options ?? DEFAULT_OPTIONS }, stage.index, now);
  if (devices === 0) return false;
  const { kind, message, params } = decideJoined(stage.spec.name, devices);
  await tx.$executeRawUnsafe(
    `INSERT INTO "decision" ("id", "organisationId", "rolloutId", "at", "actor", "kind", "message", "params")
     VALUES ($1::uuid, $2, $3::uuid, $4::timestamptz, $5, $6, $7, $8::jsonb)`,
    ...[randomUUID(), row.organisationId, row.id, now, actor, kind, message, JSON.stringify(params)],
  );
  return true;
}
