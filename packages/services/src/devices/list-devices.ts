import { deviceStates, filterTextSchema } from "@flotilla/contracts";
import type { DeviceListPage } from "@flotilla/contracts/views";
import { z } from "zod";
import type { Actor, ServiceContext } from "../context.ts";
import { encodeCursor } from "../views/cursor.ts";
import { readPosition } from "../views/read-position.ts";
import { DEVICE_COLUMNS_SQL, type DeviceRow, toDeviceListItem } from "./device-rows.ts";
import { type CountedDevices, countDevicesUpTo, countOf } from "./count-devices-up-to.ts";
import { DEVICE_STATUS_SQL, pageFromSql, Params } from "./device-sql.ts";
import { type Expected, expectMatches } from "./expect-matches.ts";
import { filterSql } from "./filter-sql.ts";
import { readFilter } from "./read-filter.ts";

export const listDevicesInput = z.object({
  /** In the filter language; empty or absent: all. */
  filter: filterTextSchema.optional(),
  /** Only these; absent: pending and active ones. */
  state: z.enum(deviceStates).optional(),
  sort: z.object({ by: z.enum(["name", "lastSeen", "health"]), desc: z.boolean() }).optional(),
  cursor: z.string().nullish(),
  /** Rows of a page, 50 when absent. */
  limit: z.number().int().min(1).max(500).optional(),
});
export type ListDevicesInput = z.infer<typeof listDevicesInput>;

/**
 * Where an order begins to be read: its value and id are an index's columns behind the organisation, so that a page costs as much as its rows. What
 * changes all the time is no such column: the last sign of life counts by the minute (`lastSeenMinute`), in which devices follow one another by id.
 */
const SORTS = {
  name: { sql: `d."name"`, id: `d."id"`, type: "text", value: z.string(), from: DEVICE_STATUS_SQL },
  lastSeen: { sql: `s."lastSeenMinute"`, id: `s."deviceId"`, type: "int", value: z.int32(), from: byStatus() },
  health: { sql: `s."healthRank"`, id: `s."deviceId"`, type: "smallint", value: z.int32(), from: byStatus() },
} as const;

/** Every device has a status from its first request on. */
function byStatus(): string {
  return `FROM "device_status" s JOIN "device" d ON d."id" = s."deviceId" AND s."organisationId" = $1`;
}

/**
 * So few matches, found by an index (of a hundred thousand devices a read of all costs more), are all read and then put in order. Reading in the order until a page is full is quick only where matches are spread over it evenly:
 * devices that are offline are all at one end of the last signs of life.
 */
const FEW = { rows: 3_000, cost: 9_000 } as const;

/** A keyset page of the organisation's devices. Throws INVALID_INPUT for a foreign cursor, FILTER_INVALID. */
export async function listDevices(
  ctx: Pick<ServiceContext, "db" | "clock">,
  actor: Actor,
  input: ListDevicesInput,
): Promise<DeviceListPage> {
  const limit = input.limit ?? 50;
  const sort = SORTS[input.sort?.by ?? "name"];
  const direction = input.sort?.desc === true ? "DESC" : "ASC";
  const params = new Params();
  const where = whereSql(actor.organisationId, ctx.clock(), input, params);
  const whereValues = [...params.values];
  const position = readCursor(input);
  const after =
    position === null
      ? ""
      : `AND (${sort.sql}, ${sort.id}) ${direction === "ASC" ? ">" : "<"} (${params.add(position.value)}::${sort.type}, ${params.add(position.id)}::uuid)`;
  const matches = `SELECT d."id", ${sort.sql} AS "sortValue" ${sort.from} WHERE ${where} ${after}`;
  const isFiltered = (input.filter ?? "") !== "";
  const expected = isFiltered && position === null ? await expectMatches(ctx.db, where, whereValues) : null;
  const few = isFiltered && areFew(position?.count ?? expected);
  const page = few
    ? `WITH found AS MATERIALIZED (${matches}) SELECT *, count(*) OVER () AS "found" FROM found ORDER BY "sortValue" ${direction}, "id" ${direction} LIMIT ${limit + 1}`
    : `${matches} ORDER BY ${sort.sql} ${direction}, ${sort.id} ${direction} LIMIT ${limit + 1}`;
  const [rows, counted] = await Promise.all([
    ctx.db.query<DeviceRow & { sortValue: string | number; found: number }>(
      `SELECT ${DEVICE_COLUMNS_SQL}, p."sortValue", ${few ? `p."found"` : "0"} AS "found" ${pageFromSql(page)} ORDER BY p."sortValue" ${direction}, p."id" ${direction}`,
      params.values,
      isFiltered ? undefined : statementName(input, limit),
    ),
    position?.count ?? (few ? null : countDevicesUpTo(ctx.db, { where, values: whereValues, expected })),
  ]);
  const shown = rows.slice(0, limit);
  const whole = position === null && rows.length <= limit;
  const count = whole || counted === null ? countOf(rows[0]?.found || shown.length) : counted;
  const last = shown.at(-1);
  return {
    items: shown.map(toDeviceListItem),
    nextCursor:
      rows.length > limit && last !== undefined
        ? encodeCursor([orderOf(input), last.sortValue, last.id, count.total, count.totalIs])
        : null,
    ...count,
  };
}

/** Of a page's rows, those that are asked for by default and by the dashboard's table. */
const PLANNED_LIMITS: readonly number[] = [50, 200];

/**
 * Planning takes longer than reading a page of all devices, so a connection does it once for each such text. Undefined for other sizes than the usual: a
 * connection keeps every statement that has a name.
 */
function statementName(input: ListDevicesInput, limit: number): string | undefined {
  if (!PLANNED_LIMITS.includes(limit)) return undefined;
  const begins = input.cursor === undefined || input.cursor === null ? "first" : "after";
  return `devices ${orderOf(input)} ${begins} ${limit}${input.state === undefined ? "" : " in a state"}`;
}

/** By what Postgres expects of the first page, or by the count that a cursor brings from it. */
function areFew(of: Expected | CountedDevices | null): boolean {
  if (of === null) return false;
  return "cost" in of ? of.rows <= FEW.rows && of.cost <= FEW.cost : of.totalIs === "exact" && of.total <= FEW.rows;
}

/** `$1` is the organisation. */
function whereSql(organisationId: string, now: Date, { state, filter }: ListDevicesInput, params: Params): string {
  const mine = `d."organisationId" = ${params.add(organisationId)}`;
  const inState = state === undefined ? `d."state" <> 'REVOKED'` : `d."state" = ${params.add(state)}`;
  const scope = { organisationId, now, withoutRevoked: state !== "REVOKED" };
  return `${mine} AND ${inState} AND ${filterSql(readFilter(filter ?? ""), params, scope)}`;
}

/** A position belongs to one order: of another list its value could fit, and the page would be any. It carries the count of its first page. */
function readCursor(input: ListDevicesInput): { value: string | number; id: string; count: CountedDevices } | null {
  if (input.cursor === undefined || input.cursor === null) return null;
  const position = z.tuple([
    z.literal(orderOf(input)),
    SORTS[input.sort?.by ?? "name"].value,
    z.uuid(),
    z.int(),
    z.enum(["exact", "more", "about"]),
  ]);
  const [, value, id, total, totalIs] = readPosition<readonly [string, string | number, string, number, CountedDevices["totalIs"]]>(
    input.cursor,
    position,
    5,
  );
  return { value, id, count: { total, totalIs } };
}

function orderOf({ sort }: ListDevicesInput): string {
  return `${sort?.by ?? "name"} ${sort?.desc === true ? "DESC" : "ASC"}`;
}
