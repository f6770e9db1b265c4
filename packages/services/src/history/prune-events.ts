import type { Db, RawTx } from "@flotilla/db";
import { takeTurn } from "./take-turn.ts";

/** Rows that one transaction looks at: short enough that nobody waits for it. */
const BATCH = 5_000;

interface Line {
  organisationId: string;
  kind: string;
}

interface Position {
  at: Date;
  id: string;
}

/** Each organisation's kinds of events, one index entry read for each of them. */
const LINES = `
WITH RECURSIVE line AS (
  (SELECT "organisationId", "kind" FROM "device_event" ORDER BY 1, 2 LIMIT 1)
  UNION ALL
  SELECT next.* FROM line CROSS JOIN LATERAL (
    SELECT "organisationId", "kind" FROM "device_event" WHERE ("organisationId", "kind") > (line."organisationId", line."kind") ORDER BY 1, 2 LIMIT 1
  ) next
)
SELECT * FROM line`;

// What a device runs is replayed from its reports: the last one that says so stays, however old.
const PRUNE = `
WITH old AS (
  SELECT e."deviceId", e."id", e."at", e."kind" = 'state' AND e."phase" = 'ACTIVE' AND e."releaseId" IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM "device_event" l WHERE l."deviceId" = e."deviceId" AND l."at" > e."at" AND l."kind" = 'state' AND l."phase" = 'ACTIVE'
      AND l."releaseId" IS NOT NULL
  ) AS "kept"
  FROM "device_event" e
  WHERE e."organisationId" = $1 AND e."kind" = $2 AND e."at" < $3 AND (e."at", e."id") > ($4::timestamptz, $5::uuid)
  ORDER BY e."at", e."id" LIMIT ${BATCH}
), gone AS (
  DELETE FROM "device_event" e USING old
  WHERE e."deviceId" = old."deviceId" AND e."at" = old."at" AND e."id" = old."id" AND NOT old."kept" RETURNING 1
)
SELECT (SELECT count(*) FROM gone) AS "gone", old."at", old."id"::text FROM old ORDER BY old."at" DESC, old."id" DESC LIMIT 1`;

const BEGINNING: Position = { at: new Date(-1e13), id: "00000000-0000-0000-0000-000000000000" };

/** Deletes events from before `keptSince` in short transactions; answers with how many. Stops where another process is at it. */
export async function pruneEvents(db: Pick<Db, "query" | "rawTransaction">, keptSince: Date): Promise<number> {
  let count = 0;
  for (const line of await db.query<Line>(LINES)) {
    let position: Position | null = BEGINNING;
    while (position !== null) {
      const from: Position = position;
      const batch = await db.rawTransaction(async (tx) => await pruneBatch(tx, line, keptSince, from));
      count += batch?.gone ?? 0;
      position = batch;
    }
  }
  return count;
}

async function pruneBatch(tx: RawTx, { organisationId, kind }: Line, keptSince: Date, from: Position) {
  if (!(await takeTurn(tx))) return null;
  const [last] = await tx.$queryRawUnsafe<(Position & { gone: number })[]>(PRUNE, organisationId, kind, keptSince, from.at, from.id);
  return last ?? null;
}
