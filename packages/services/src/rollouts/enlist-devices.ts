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

/** Devices of one kind, and either test devices or not. */
interface Members {
  kind: string;
  /** "true": test devices. */
  test: string | null;
  ids: string;
}

/** Devices of one stage and one kind. */
interface Crew {
  stage: number;
  kind: string;
  deviceIds: string[];
}

// In the order in which waves and looks go through the rows, so that each of them finds its rows side by side.
const INSERT_SQL = `
INSERT INTO "rollout_device" ("rolloutId", "deviceId", "organisationId", "stageIndex", "state", "variantId", "refusalCode", "refusalMessage", "updatedAt")
SELECT $1::uuid, m."id"::uuid, $2, c."stage", 'QUEUED', k."variantId", k."code", k."message", $3::timestamptz
FROM unnest($4::int[], $5::bigint[], $6::text[]) AS c("stage", "kind", "deviceIds") CROSS JOIN unnest(string_to_array(c."deviceIds", ' ')) AS m("id")
LEFT JOIN unnest($7::bigint[], $8::uuid[], $9::text[], $10::text[]) AS k("kind", "variantId", "code", "message") ON k."kind" = c."kind"
ORDER BY c."stage", m."id"::uuid`;

/**
 * Chooses, once, which devices of the group the rollout goes to, in which stage, and each one's variant.
 * @throws FlotillaError CONFLICT where the group has no active device
 */
export async function enlistDevices(tx: RawTx, rollout: Enlisting, stages: readonly StageSpec[], now: Date): Promise<void> {
  const found = await findMembers(tx, rollout, false, now);
  if (found.length === 0) throw new FlotillaError("CONFLICT", "The group has no active device. Enrol devices, or choose another group.");
  await insertCrews(tx, rollout, inStages(rollout.id, stages, found), now);
}

/**
 * Devices that came into the group since join a stage of the rollout.
 * @returns how many
 */
export async function joinDevices(tx: RawTx, rollout: Enlisting, stageIndex: number, now: Date): Promise<number> {
  const found = await findMembers(tx, rollout, true, now);
  const crews = found.map(({ kind, ids }) => ({ stage: stageIndex, kind, deviceIds: idsOf(ids) }));
  if (crews.length > 0) await insertCrews(tx, rollout, crews, now);
  return crews.reduce((count, { deviceIds }) => count + deviceIds.length, 0);
}

/** Of a device `d`: no rollout has to say that it takes it. */
export const NOT_EXCLUSIVE_SQL = `d."tags"->>'exclusive' IS DISTINCT FROM 'true'`;

/** The devices of the group that the rollout may take. One text of ids a kind: of 100,000 rows each would cost more than its contents. */
async function findMembers(
  tx: RawTx,
  { id, organisationId, groupId, options }: Enlisting,
  onlyNew: boolean,
  now: Date,
): Promise<Members[]> {
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
  return tx.$queryRawUnsafe<Members[]>(
    `SELECT ${kindSql("d")}::text AS "kind", d."tags"->>'test' AS "test", string_agg(d."id"::text, ' ') AS "ids" ${DEVICE_STATUS_SQL}
     WHERE ${conditions.map((condition) => `(${condition})`).join(" AND ")} GROUP BY 1, 2`,
    ...params.values,
  );
}

const idsOf = (ids: string): string[] => ids.split(" ");

async function insertCrews(tx: RawTx, { id, organisationId, releaseId }: Enlisting, crews: readonly Crew[], now: Date): Promise<void> {
  const choices = await chooseVariants(tx, releaseId, await readKinds(tx, crews));
  await tx.$executeRawUnsafe(
    INSERT_SQL,
    ...[id, organisationId, now, crews.map(({ stage }) => stage), crews.map(({ kind }) => kind)],
    crews.map(({ deviceIds }) => deviceIds.join(" ")),
    ...[choices.kinds, choices.variantIds, choices.refusalCodes, choices.refusalMessages],
  );
}

/** The kinds of the crews, each with the profile of one of its devices. */
async function readKinds(tx: RawTx, crews: readonly Crew[]): Promise<DeviceKind[]> {
  const oneOf = new Map(crews.map(({ kind, deviceIds }) => [kind, deviceIds[0]]));
  return tx.$queryRawUnsafe<DeviceKind[]>(
    `SELECT k."kind", d."profile" FROM unnest($1::text[], $2::uuid[]) AS k("kind", "deviceId") JOIN "device" d ON d."id" = k."deviceId"`,
    [...oneOf.keys()],
    [...oneOf.values()],
  );
}

function inStages(rolloutId: string, stages: readonly StageSpec[], found: readonly Members[]): Crew[] {
  const candidates = found.flatMap(({ kind, test, ids }) => {
    const tags: Record<string, string> = test === null ? {} : { test };
    return idsOf(ids).map((deviceId) => ({ deviceId, tags, kind }));
  });
  const stageOf = assignStages(rolloutId, stages, candidates);
  const crews = new Map<string, Crew>();
  candidates.forEach(({ deviceId, kind }, n) => {
    const stage = stageOf[n] ?? 0;
    const crew = crews.get(`${stage} ${kind}`);
    if (crew === undefined) crews.set(`${stage} ${kind}`, { stage, kind, deviceIds: [deviceId] });
    else crew.deviceIds.push(deviceId);
  });
  return [...crews.values()];
}
