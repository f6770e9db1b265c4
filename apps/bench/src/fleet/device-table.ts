import type { Db } from "@flotilla/db";
import { type Actor, listDevices, type ListDevicesInput } from "@flotilla/services";

/** Filters of the table's figures: what many devices fit, what few do, a part of a name, numbers and negation. */
export const TABLE_FILTERS = [
  "online",
  'site = "north" and memoryMb >= 512 and not tag:lab',
  "cam-00421",
  "health = failed",
  'room = "r77"',
  "not online and lastSeen > 1d",
  "opset >= 21 and arch = x64",
] as const;

const SORTS = ["name", "lastSeen", "health"] as const;
const PAGE = 50;

/** Milliseconds of one kind of page. */
export interface TableFigure {
  readonly what: string;
  readonly samples: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface DeviceTableFigures {
  /** Planning and execution of each page's statements, by Postgres' own clock. */
  readonly pages: readonly TableFigure[];
  /** The count that a first page comes with. */
  readonly counts: readonly TableFigure[];
  /** By the dashboard's HTTP API, one client, one request at a time; empty without `web`. */
  readonly http: readonly TableFigure[];
}

export interface DeviceTableOptions {
  readonly db: Db;
  readonly organisationId: string;
  /** Pages of each kind. */
  readonly rounds: number;
  /** A dashboard over the same database, in production mode, and the cookie of somebody signed in. */
  readonly web?: { readonly url: string; readonly cookie: string };
}

/** What pages of the device table cost: any order, both directions, from the first to the last, and filtered. The devices are `addTableDevices`'. */
export async function measureDeviceTable(options: DeviceTableOptions): Promise<DeviceTableFigures> {
  const pages: TableFigure[] = [];
  const counts: TableFigure[] = [];
  for (const input of tableInputs()) {
    const timed = await timePages(options, input);
    pages.push(summarise(nameOf(input), timed.pages));
    counts.push(summarise(nameOf(input), timed.counts));
  }
  const http = options.web === undefined ? [] : await measureHttp(options.web, options.rounds);
  return { pages, counts, http };
}

function tableInputs(): ListDevicesInput[] {
  const orders = SORTS.flatMap((by) => [false, true].map((desc) => ({ by, desc })));
  return [
    ...orders.map((sort): ListDevicesInput => ({ state: "ACTIVE", limit: PAGE, sort })),
    ...TABLE_FILTERS.flatMap((filter) =>
      SORTS.map((by): ListDevicesInput => ({ state: "ACTIVE", limit: PAGE, filter, sort: { by, desc: false } })),
    ),
  ];
}

function nameOf({ sort, filter }: ListDevicesInput): string {
  return `${filter ?? "all"}, by ${sort?.by ?? "name"}${sort?.desc === true ? " descending" : ""}`;
}

interface Statement {
  readonly sql: string;
  readonly params: readonly unknown[];
}

/** Walks the list, and times the statements of pages as far apart as they go. */
async function timePages(
  { db, organisationId, rounds }: DeviceTableOptions,
  input: ListDevicesInput,
): Promise<{ pages: number[]; counts: number[] }> {
  const actor: Actor = { userId: "bench", name: "bench", organisationId, role: "viewer" };
  const pages: number[] = [];
  const counts: number[] = [];
  const visit = async (cursor: string | null, limit: number): Promise<string | null> => {
    const asked: Statement[] = [];
    const recording: Db = {
      ...db,
      query: (sql, params = []) => {
        asked.push({ sql, params });
        return db.query(sql, params);
      },
    };
    const page = await listDevices({ db: recording, clock: () => new Date() }, actor, { ...input, limit, cursor });
    if (limit === PAGE) {
      for (const statement of asked) (statement.sql.includes(`"total"`) ? counts : pages).push(await explainMs(db, statement));
    }
    return page.nextCursor;
  };
  let cursor: string | null = null;
  for (let round = 0; round < rounds; round += 1) {
    await visit(cursor, PAGE);
    // A stride of the largest page, so that a few rounds reach the end of a long list.
    for (let stride = 0; stride < STRIDES; stride += 1) cursor = await visit(cursor, 500);
  }
  return { pages, counts };
}

const STRIDES = 4;

async function explainMs(db: Db, { sql, params }: Statement): Promise<number> {
  const [row] = await db.query<{ "QUERY PLAN": [{ "Planning Time": number; "Execution Time": number }] }>(
    `EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ${sql}`,
    params,
  );
  const [plan] = row?.["QUERY PLAN"] ?? [];
  if (plan === undefined) throw new Error("Postgres explained nothing");
  return plan["Planning Time"] + plan["Execution Time"];
}

async function measureHttp({ url, cookie }: { url: string; cookie: string }, rounds: number): Promise<TableFigure[]> {
  const figures: TableFigure[] = [];
  for (const filter of ["", ...TABLE_FILTERS]) {
    const samples: number[] = [];
    let cursor: string | null = null;
    for (let round = 0; round < rounds * 10 + WARM_UP; round += 1) {
      const input = encodeURIComponent(
        JSON.stringify({ json: { filter, state: "ACTIVE", limit: PAGE, ...(cursor === null ? {} : { cursor }) } }),
      );
      const started = performance.now();
      const response = await fetch(`${url}/api/trpc/devices.list?input=${input}`, { headers: { cookie } });
      const answer = (await response.json()) as { result: { data: { json: { nextCursor: string | null } } } };
      if (round >= WARM_UP) samples.push(performance.now() - started);
      if (!response.ok) throw new Error(`devices.list: ${response.status}`);
      cursor = filter === "" ? answer.result.data.json.nextCursor : null;
    }
    figures.push(summarise(filter === "" ? "page" : `filter ${filter}`, samples));
  }
  return figures;
}

const WARM_UP = 30;

function summarise(what: string, samples: readonly number[]): TableFigure {
  const sorted = samples.toSorted((left, right) => left - right);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
  return { what, samples: sorted.length, p50Ms: at(0.5), p99Ms: at(0.99) };
}
