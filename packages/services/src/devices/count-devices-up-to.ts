import type { DeviceListPage } from "@flotilla/contracts/views";
import type { Db } from "@flotilla/db";
import { DEVICE_STATUS_SQL } from "./device-sql.ts";

/** A list is counted as far as this; behind it "more than" is said. Counting to the end would read every row for a number that nobody needs exactly. */
export const MOST_COUNTED = 10_000;

/** In Postgres' units (1 is a page read in order): from here on counting takes longer than a page may, ten milliseconds. */
const COSTLY = 1_500;

export type CountedDevices = Pick<DeviceListPage, "total" | "totalIs">;

export interface CountQuery {
  /** Over DEVICE_STATUS_SQL. */
  readonly where: string;
  readonly values: readonly unknown[];
  /** Without a filter an index alone is counted: that is never costly. */
  readonly filtered: boolean;
}

/** How many devices a list has: counted as far as MOST_COUNTED, or as many as Postgres expects where its plan says that counting would be costly. */
export async function countDevicesUpTo(db: Pick<Db, "query">, { where, values, filtered }: CountQuery): Promise<CountedDevices> {
  const rows = `SELECT 1 ${DEVICE_STATUS_SQL} WHERE ${where}`;
  if (filtered) {
    const plan = await explain(db, rows, values);
    if (plan["Total Cost"] * Math.min(1, MOST_COUNTED / plan["Plan Rows"]) > COSTLY) return { total: plan["Plan Rows"], totalIs: "about" };
  }
  const [row] = await db.query<{ total: number }>(`SELECT count(*) AS "total" FROM (${rows} LIMIT ${MOST_COUNTED + 1}) counted`, values);
  const total = row?.total ?? 0;
  return total > MOST_COUNTED ? { total: MOST_COUNTED, totalIs: "more" } : { total, totalIs: "exact" };
}

interface Plan {
  readonly "Total Cost": number;
  readonly "Plan Rows": number;
}

async function explain(db: Pick<Db, "query">, sql: string, values: readonly unknown[]): Promise<Plan> {
  const [row] = await db.query<{ "QUERY PLAN": readonly [{ Plan: Plan }] }>(`EXPLAIN (FORMAT JSON) ${sql}`, values);
  const [top] = row?.["QUERY PLAN"] ?? [];
  if (top === undefined) throw new Error("Postgres explained nothing");
  return top.Plan;
}
