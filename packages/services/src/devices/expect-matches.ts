import type { Db } from "@flotilla/db";

/** A list is counted as far as this; behind it "more than" is said. Counting to the end would read every row for a number that nobody needs exactly. */
export const MOST_COUNTED = 10_000;

/** What Postgres expects of a condition. */
export interface Expected {
  readonly rows: number;
  /** Of reading as many as are counted, in Postgres' units: 1 is a page read in order. */
  readonly cost: number;
}

/** What Postgres expects of `rows`, a statement that selects them; it is planned and not run. */
export async function expectMatches(db: Pick<Db, "query">, rows: string, values: readonly unknown[]): Promise<Expected> {
  const [row] = await db.query<{ "QUERY PLAN": readonly [{ Plan: Plan }] }>(
    `EXPLAIN (FORMAT JSON) ${rows} LIMIT ${MOST_COUNTED + 1}`,
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
