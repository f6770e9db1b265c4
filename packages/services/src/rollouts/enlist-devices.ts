import { FlotillaError, type RolloutOptions, type StageSpec } from "@flotilla/contracts";
import type { RawTx } from "@flotilla/db";
import { assignStages } from "@flotilla/domain";
import { DEVICE_STATUS_SQL, Params } from "../devices/device-sql.ts";
import { type GroupRow, memberSql } from "../groups/group-sql.ts";
import { notFound } from "../views/not-found.ts";
import { chooseVariants, type DeviceKind, kindSql } from "./choose-variants.ts";

export interface Enlisting {
  id: string;
  organisationId: string;
  releaseId: string;
  groupId: string;
  options: Pick<RolloutOptions, "takesExclusiveDevices">;
}

interface Member {
  deviceId: string;
  /** "true": a test device. */
  test: string | null;
}

// The order of devices within a stage is the order in which stages are filled: `unnest` counts them, so a number for each need not travel.
const INSERT_SQL = `
INSERT INTO "rollout_device" ("rolloutId", "deviceId", "organisationId", "stageIndex", "state", "variantId", "refusalCode", "refusalMessage", "updatedAt")
SELECT $1::uuid, m."deviceId", $2, $6::int + width_bucket(m."position", $4::bigint[]), 'QUEUED', k."variantId", k."code", k."message", $5::timestamptz
FROM unnest($3::uuid[]) WITH ORDINALITY AS m("deviceId", "position")
JOIN "device" d ON d."id" = m."deviceId"
LEFT JOIN unnest($7::bigint[], $8::uuid[], $9::text[], $10::text[]) AS k("kind", "variantId", "code", "message") ON k."kind" = ${kindSql("d")}`;

/**
 * Chooses, once, which devices of the group the rollout goes to, in which stage, and each one's variant.
 * @throws FlotillaError CONFLICT where the group has no active device
 */
export async function enlistDevices(tx: RawTx, rollout: Enlisting, stages: readonly StageSpec[], now: Date): Promise<void> {
  const found = await findMembers(tx, rollout, false, now);
  if (found.members.length === 0)
    throw new FlotillaError("CONFLICT", "The group has no active device. Enrol devices, or choose another group.");
  const { deviceIds, ends } = inStages(rollout.id, stages, found.members);
  await insertMembers(tx, rollout, { deviceIds, ends, firstStage: 0, kinds: found.kinds }, now);
}

/**
 * Devices that came into the group since join a stage of the rollout.
 * @returns how many
 */
export async function joinDevices(tx: RawTx, rollout: Enlisting, stageIndex: number, now: Date): Promise<number> {
  const { members, kinds } = await findMembers(tx, rollout, true, now);
  if (members.length === 0) return 0;
  const deviceIds = members.map(({ deviceId }) => deviceId);
  await insertMembers(tx, rollout, { deviceIds, ends: [], firstStage: stageIndex, kinds }, now);
  return members.length;
}

/** Of a device `d`: no rollout has to say that it takes it. */
export const NOT_EXCLUSIVE_SQL = `d."tags"->>'exclusive' IS DISTINCT FROM 'true'`;

/** The devices of the group that the rollout may take, and one of each kind. */
async function findMembers(
  tx: RawTx,
  { id, organisationId, groupId, options }: Enlisting,
  onlyNew: boolean,
  now: Date,
): Promise<{ members: Member[]; kinds: DeviceKind[] }> {
  const [group] = await tx.$queryRawUnsafe<GroupRow[]>(
    `SELECT "id"::text, "kind", "filter" FROM "group" WHERE "id" = $1::uuid AND "organisationId" = $2`,
    groupId,
    organisationId,
  );
  if (group === undefined) throw notFound("group");
  const params = new Params();
  const conditions = [memberSql(group, params, { organisationId, now })];
  if (!options.takesExclusiveDevices) conditions.push(NOT_EXCLUSIVE_SQL);
  if (onlyNew) {
    const enlisted = `SELECT 1 FROM "rollout_device" rd WHERE rd."rolloutId" = ${params.add(id)}::uuid AND rd."deviceId" = d."id"`;
    conditions.push(`NOT EXISTS (${enlisted})`);
  }
  const from = `${DEVICE_STATUS_SQL} WHERE ${conditions.map((condition) => `(${condition})`).join(" AND ")}`;
  const members = await tx.$queryRawUnsafe<Member[]>(
    `SELECT d."id"::text AS "deviceId", d."tags"->>'test' AS "test" ${from}`,
    ...params.values,
  );
  if (members.length === 0) return { members, kinds: [] };
  const kinds = await tx.$queryRawUnsafe<DeviceKind[]>(
    `SELECT k."kind"::text AS "kind", d."profile" FROM (SELECT ${kindSql("d")} AS "kind", min(d."id"::text) AS "id" ${from} GROUP BY 1) k
     JOIN "device" d ON d."id" = k."id"::uuid`,
    ...params.values,
  );
  return { members, kinds };
}

interface Batch {
  deviceIds: readonly string[];
  /** The position at which each stage after the first one begins. */
  ends: readonly number[];
  firstStage: number;
  kinds: readonly DeviceKind[];
}

async function insertMembers(tx: RawTx, { id, organisationId, releaseId }: Enlisting, batch: Batch, now: Date): Promise<void> {
  const choices = await chooseVariants(tx, releaseId, batch.kinds);
  await tx.$executeRawUnsafe(
    INSERT_SQL,
    ...[id, organisationId, batch.deviceIds, batch.ends, now, batch.firstStage],
    ...[choices.kinds, choices.variantIds, choices.refusalCodes, choices.refusalMessages],
  );
}

/** Devices by stage, and the position at which each later stage begins. */
function inStages(rolloutId: string, stages: readonly StageSpec[], members: readonly Member[]): { deviceIds: string[]; ends: number[] } {
  const candidates = members.map(({ deviceId, test }) => ({ deviceId, tags: test === null ? {} : { test } }));
  const stageOf = assignStages(rolloutId, stages, candidates);
  const lists: string[][] = stages.map(() => []);
  for (const [deviceId, stage] of stageOf) lists[stage]?.push(deviceId);
  let end = 1;
  const ends = lists.slice(0, -1).map(({ length }) => (end += length));
  return { deviceIds: lists.flat(), ends };
}
