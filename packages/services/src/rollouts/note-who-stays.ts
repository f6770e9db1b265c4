import type { Db, RawTx } from "@flotilla/db";
import { decideCannotGoBack } from "@flotilla/domain";
import { writeDecision } from "./write-decision.ts";

const NAMES_SAID = 5;
const NAMES_SHOWN = 100;

/** Devices whose rollout could be taken back, were it not that what ran before is marked as bad. */
const STAYING_SQL = `
SELECT d."id"::text AS "deviceId", d."name", p."name" AS "releaseName", count(*) OVER ()::int AS "total"
FROM "rollout_device" rd
JOIN "rollout" r ON r."id" = rd."rolloutId"
JOIN "device" d ON d."id" = rd."deviceId" AND d."state" <> 'REVOKED'
JOIN "release" p ON p."id" = rd."previousReleaseId" AND p."state" = 'INVALIDATED'
JOIN "assignment" a ON a."deviceId" = rd."deviceId" AND a."seq" = rd."seq" AND a."releaseId" = r."releaseId"
WHERE rd."rolloutId" = $1::uuid ORDER BY d."name", d."id" LIMIT ${NAMES_SHOWN}`;

export interface StayingDevices {
  total: number;
  /** The first of them. */
  devices: { deviceId: string; name: string; releaseName: string }[];
}

/** Who keeps this rollout's release when it is reverted, because going back to a release that is marked as bad is refused. */
export async function readWhoStays(query: (sql: string, id: string) => Promise<StayingRow[]>, rolloutId: string): Promise<StayingDevices> {
  const rows = await query(STAYING_SQL, rolloutId);
  return {
    total: rows[0]?.total ?? 0,
    devices: rows.map(({ deviceId, name, releaseName }) => ({ deviceId, name, releaseName })),
  };
}

interface StayingRow {
  deviceId: string;
  name: string;
  releaseName: string;
  total: number;
}

export const queryWith = (db: Db) => (sql: string, id: string) => db.query<StayingRow>(sql, [id]);

/** Says in the log whom a revert leaves alone. Nothing where it leaves nobody. */
export async function noteWhoStays(
  tx: RawTx,
  rollout: { organisationId: string; rolloutId: string },
  now: Date,
  actor: string,
): Promise<void> {
  const { total, devices } = await readWhoStays((sql, id) => tx.$queryRawUnsafe<StayingRow[]>(sql, id), rollout.rolloutId);
  if (total === 0) return;
  const names = devices.slice(0, NAMES_SAID).map(({ name }) => name);
  await writeDecision(tx, rollout, decideCannotGoBack(names, total), { at: new Date(now.getTime() + 5), actor, aside: true });
}
