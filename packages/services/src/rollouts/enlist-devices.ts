import { FlotillaError, type StageSpec } from "@flotilla/contracts";
import type { RawTx } from "@flotilla/db";
import { assignStages } from "@flotilla/domain";
import { DEVICE_STATUS_SQL, Params } from "../devices/device-sql.ts";
import { type GroupRow, memberSql } from "../groups/group-sql.ts";
import { notFound } from "../views/not-found.ts";
import { chooseVariants, type DeviceKind, kindSql } from "./choose-variants.ts";

interface Enlisting {
  id: string;
  organisationId: string;
  releaseId: string;
  groupId: string;
}

interface Member {
  deviceId: string;
  /** "true": a test device. */
  test: string | null;
}

// The order of devices within a stage is the order in which stages are filled: `unnest` counts them, so a number for each need not travel.
const INSERT_SQL = `
INSERT INTO "rollout_device" ("rolloutId", "deviceId", "organisationId", "stageIndex", "state", "variantId", "refusalCode", "refusalMessage", "updatedAt")
SELECT $1::uuid, m."deviceId", $2, width_bucket(m."position", $4::bigint[]), 'QUEUED', k."variantId", k."code", k."message", $5::timestamptz
FROM unnest($3::uuid[]) WITH ORDINALITY AS m("deviceId", "position")
JOIN "device" d ON d."id" = m."deviceId"
LEFT JOIN unnest($6::bigint[], $7::uuid[], $8::text[], $9::text[]) AS k("kind", "variantId", "code", "message") ON k."kind" = ${kindSql("d")}`;

/**
 * Chooses, once, which devices of the group the rollout goes to, in which stage, and each one's variant.
 * @throws FlotillaError CONFLICT where the group has no active device
 */
export async function enlistDevices(tx: RawTx, rollout: Enlisting, stages: readonly StageSpec[], now: Date): Promise<void> {
  const [group] = await tx.$queryRawUnsafe<GroupRow[]>(
    `SELECT "id"::text, "kind", "filter" FROM "group" WHERE "id" = $1::uuid AND "organisationId" = $2`,
    rollout.groupId,
    rollout.organisationId,
  );
  if (group === undefined) throw notFound("group");
  const params = new Params();
  const { organisationId } = rollout;
  const from = `${DEVICE_STATUS_SQL} WHERE ${memberSql(group, params, { organisationId, now })}`;
  const members = await tx.$queryRawUnsafe<Member[]>(
    `SELECT d."id"::text AS "deviceId", d."tags"->>'test' AS "test" ${from}`,
    ...params.values,
  );
  if (members.length === 0) throw new FlotillaError("CONFLICT", "The group has no active device. Enrol devices, or choose another group.");
  const kinds = await tx.$queryRawUnsafe<DeviceKind[]>(
    `SELECT k."kind"::text AS "kind", d."profile" FROM (SELECT ${kindSql("d")} AS "kind", min(d."id"::text) AS "id" ${from} GROUP BY 1) k
     JOIN "device" d ON d."id" = k."id"::uuid`,
    ...params.values,
  );
  const choices = await chooseVariants(tx, rollout.releaseId, kinds);
  const { deviceIds, ends } = inStages(rollout.id, stages, members);
  await tx.$executeRawUnsafe(
    INSERT_SQL,
    ...[rollout.id, rollout.organisationId, deviceIds, ends, now],
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
