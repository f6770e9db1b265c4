import type { Db } from "@flotilla/db";
import { DEVICE_STATUS_SQL } from "./device-sql.ts";

/** A list is counted as far as this; behind it "more than" is said. Counting to the end would read every row for a number that nobody needs exactly. */
export const MOST_COUNTED = 10_000;

/** What Postgres expects of a condition. */
export interface Expected {
  readonly rows: number;
  /** Of reading as many as are counted, in Postgres' units: 1 is a page read in order. */
  readonly cost: number;
}

/**
 * What Postgres expects of the devices that a condition over DEVICE_STATUS_SQL finds; planned and not run. In no order: with an order that begins at the
 * status, reading the status of all devices would be in the cost, though there it is only read once an index has found a match.
 */
export async function expectMatches(db: Pick<Db, "query">, where: string, values: readonly unknown[]): Promise<Expected> {
  const [row] = await db.query<{ "QUERY PLAN": readonly [{ Plan: Plan }] }>(
    `EXPLAIN (FORMAT JSON) SELECT 1 ${DEVICE_STATUS_SQL} WHERE ${where} LIMIT ${MOST_COUNTED + 1}`,
    values,
  );
  const limit = row?.["QUERY PLAN"][0].Plan;
  const [all] = limit?.Plans ?? [];
  if (limit === undefined || all === undefined) throw new Error("Postgres explained nothing");
  return { rows: all["Plan Rows"], cost: limit["Total Cost"] };
}

interface Plan {
  readonly "Total Cost": number;
  readonly "Plan Rows": number;
  readonly Plans?: readonly Plan[];
}
