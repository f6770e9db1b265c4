import type { Db } from "./create-db.ts";

const EVERY_MS = 60_000;

export interface DatabaseClock {
  now(): Date;
  stop(): void;
}

/**
 * The database's clock, for instants that several hosts write and compare: deadlines must not depend on whose clock is right. It is asked once a
 * minute, to within half a round trip; in between this process's own time runs on, whatever is done to the host's clock.
 *
 * @throws what the first question throws; a later one that fails leaves the clock as it is.
 */
export async function followDatabaseClock(db: Pick<Db, "query">, everyMs: number = EVERY_MS): Promise<DatabaseClock> {
  let offsetMs = await measure(db);
  const again = async (): Promise<void> => {
    offsetMs = await measure(db).catch(() => offsetMs);
  };
  const timer = setInterval(() => void again(), everyMs);
  timer.unref();
  return { now: () => new Date(performance.now() + offsetMs), stop: () => clearInterval(timer) };
}

/** What to add to this process's monotonic time, in ms. */
async function measure(db: Pick<Db, "query">): Promise<number> {
  const asked = performance.now();
  const [row] = await db.query<{ ms: number }>(`SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS "ms"`);
  const answered = performance.now();
  if (row === undefined) throw new Error("the database did not say what time it is");
  return row.ms - (asked + answered) / 2;
}
