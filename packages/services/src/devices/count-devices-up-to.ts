import type { DeviceListPage } from "@flotilla/contracts/views";
import type { Db } from "@flotilla/db";
import { DEVICE_STATUS_SQL } from "./device-sql.ts";
import { type Expected, MOST_COUNTED } from "./expect-matches.ts";

/** In Postgres' units (1 is a page read in order): from here on counting takes longer than a page may, ten milliseconds. */
const COSTLY = 700;

export type CountedDevices = Pick<DeviceListPage, "total" | "totalIs">;

export interface CountQuery {
  /** Over DEVICE_STATUS_SQL. */
  readonly where: string;
  readonly values: readonly unknown[];
  /** Null without a filter: then an index alone is counted, and that is never costly. */
  readonly expected: Expected | null;
}

/** How many devices a list has: counted as far as MOST_COUNTED, or as many as Postgres expects where its plan says that counting would be costly. */
export async function countDevicesUpTo(db: Pick<Db, "query">, { where, values, expected }: CountQuery): Promise<CountedDevices> {
  if (expected !== null && expected.cost > COSTLY) return { total: expected.rows, totalIs: "about" };
  const rows = `SELECT 1 ${DEVICE_STATUS_SQL} WHERE ${where}`;
  const [row] = await db.query<{ total: number }>(`SELECT count(*) AS "total" FROM (${rows} LIMIT ${MOST_COUNTED + 1}) counted`, values);
  return countOf(row?.total ?? 0);
}

/** What is said of a list of so many. */
export function countOf(total: number): CountedDevices {
  return total > MOST_COUNTED ? { total: MOST_COUNTED, totalIs: "more" } : { total, totalIs: "exact" };
}
