import type { RawTx } from "@flotilla/db";

const DAY_MS = 86_400_000;
/** A gateway that is away for so long finds its days made when it comes back. */
const DAYS_AHEAD = 3;
const PREFIX = "device_metric_";

/** The UTC day as its partition is named: `20260301`. */
const nameOf = (day: Date): string => `${PREFIX}${day.toISOString().slice(0, 10).replaceAll("-", "")}`;

/** The UTC day that a partition is of, null for a name that is no day's: the default partition. */
function dayOf(name: string): Date | null {
  const match = /^device_metric_(\d{4})(\d{2})(\d{2})$/.exec(name);
  return match === null ? null : new Date(`${match[1]}-${match[2]}-${match[3]}T00:00:00Z`);
}

async function listPartitions(tx: RawTx): Promise<string[]> {
  const rows = await tx.$queryRawUnsafe<{ name: string }[]>(
    `SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'device_metric'::regclass ORDER BY 1`,
  );
  return rows.map(({ name }) => name);
}

/** Makes the partitions of yesterday, today and the next days where they are missing; answers with their names. */
export async function makePartitions(tx: RawTx, now: Date): Promise<string[]> {
  const there = new Set(await listPartitions(tx));
  const today = Math.floor(now.getTime() / DAY_MS) * DAY_MS;
  const made: string[] = [];
  for (let ahead = -1; ahead <= DAYS_AHEAD; ahead += 1) {
    const day = new Date(today + ahead * DAY_MS);
    if (there.has(nameOf(day))) continue;
    await makePartition(tx, day);
    made.push(nameOf(day));
  }
  return made;
}

/** What already lies in the default partition and is of that day goes along: Postgres attaches no day that is there. Names and instants are ours, no input. */
async function makePartition(tx: RawTx, day: Date): Promise<void> {
  const table = `"history"."${nameOf(day)}"`;
  const [from, to] = [day.toISOString(), new Date(day.getTime() + DAY_MS).toISOString()];
  await tx.$executeRawUnsafe(`LOCK TABLE "history"."device_metric_default" IN ACCESS EXCLUSIVE MODE`);
  await tx.$executeRawUnsafe(`CREATE TABLE ${table} (LIKE "device_metric" INCLUDING DEFAULTS INCLUDING CONSTRAINTS)`);
  await tx.$executeRawUnsafe(
    `WITH moved AS (DELETE FROM "history"."device_metric_default" WHERE "at" >= $1 AND "at" < $2 RETURNING *) INSERT INTO ${table} SELECT * FROM moved`,
    from,
    to,
  );
  await tx.$executeRawUnsafe(`ALTER TABLE "device_metric" ATTACH PARTITION ${table} FOR VALUES FROM ('${from}') TO ('${to}')`);
}

/** Drops the days that ended before `keptSince` and empties the default partition of what is older; answers with the names of what it dropped. */
export async function dropPartitions(tx: RawTx, keptSince: Date): Promise<string[]> {
  const dropped = (await listPartitions(tx)).filter((name) => {
    const day = dayOf(name);
    return day !== null && day.getTime() + DAY_MS <= keptSince.getTime();
  });
  for (const name of dropped) await tx.$executeRawUnsafe(`DROP TABLE "history"."${name}"`);
  await tx.$executeRawUnsafe(`DELETE FROM "history"."device_metric_default" WHERE "at" < $1`, keptSince);
  return dropped;
}
