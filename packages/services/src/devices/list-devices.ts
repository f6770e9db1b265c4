import { deviceFilterSchema, deviceStates } from "@flotilla/contracts";
import type { DeviceListPage } from "@flotilla/contracts/views";
import { z } from "zod";
import type { Actor, ServiceContext } from "../context.ts";
import { encodeCursor } from "../views/cursor.ts";
import { readPosition } from "../views/read-position.ts";
import { DEVICE_COLUMNS_SQL, type DeviceRow, toDeviceListItem } from "./device-rows.ts";
import { DEVICE_FROM_SQL, filterSql, HEALTH_RANK_SQL, Params } from "./device-sql.ts";

export const listDevicesInput = z.object({
  filter: deviceFilterSchema,
  /** Only these; absent: pending and active ones. */
  state: z.enum(deviceStates).optional(),
  sort: z.object({ by: z.enum(["name", "lastSeen", "health"]), desc: z.boolean() }).optional(),
  cursor: z.string().nullish(),
  /** Rows of a page, 50 when absent. */
  limit: z.number().int().min(1).max(500).optional(),
});
export type ListDevicesInput = z.infer<typeof listDevicesInput>;

/** Sort expressions without null, so that a keyset can compare them; milliseconds, because a cursor carries no microseconds. */
const SORT_SQL = {
  name: { sql: `d."name"`, type: "text", value: z.string() },
  lastSeen: {
    sql: `COALESCE(floor(extract(epoch FROM s."lastSeenAt") * 1000), 0)::float8`,
    type: "float8",
    value: z.number(),
  },
  health: { sql: `${HEALTH_RANK_SQL}::int`, type: "int", value: z.int32() },
} as const;

/** A keyset page of the organisation's devices, pending ones included, revoked ones not. Throws INVALID_INPUT for a foreign cursor. */
export async function listDevices(ctx: ServiceContext, actor: Actor, input: ListDevicesInput): Promise<DeviceListPage> {
  const limit = input.limit ?? 50;
  const sort = SORT_SQL[input.sort?.by ?? "name"];
  const direction = input.sort?.desc === true ? "DESC" : "ASC";
  const params = new Params();
  const where = `d."organisationId" = ${params.add(actor.organisationId)} AND ${input.state === undefined ? `d."state" <> 'REVOKED'` : `d."state" = ${params.add(input.state)}`} AND ${filterSql(input.filter, params)}`;
  const whereValues = [...params.values];
  // A position belongs to one order: of another list its value could fit, and the page would be any.
  const order = `${input.sort?.by ?? "name"} ${direction}`;
  let after = "";
  if (input.cursor !== undefined && input.cursor !== null) {
    const position = z.tuple([z.literal(order), sort.value, z.uuid()]);
    const [, value, id] = readPosition<readonly [string, string | number, string]>(input.cursor, position, 3);
    after = `AND (${sort.sql}, d."id") ${direction === "ASC" ? ">" : "<"} (${params.add(value)}::${sort.type}, ${params.add(id)}::uuid)`;
  }
  const [rows, [count]] = await Promise.all([
    ctx.db.query<DeviceRow & { sortValue: string | number }>(
      `SELECT ${DEVICE_COLUMNS_SQL}, ${sort.sql} AS "sortValue" ${DEVICE_FROM_SQL} WHERE ${where} ${after}
       ORDER BY ${sort.sql} ${direction}, d."id" ${direction} LIMIT ${params.add(limit + 1)}`,
      params.values,
    ),
    ctx.db.query<{ total: number }>(`SELECT count(*) AS "total" ${DEVICE_FROM_SQL} WHERE ${where}`, whereValues),
  ]);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map(toDeviceListItem),
    nextCursor: rows.length > limit && last !== undefined ? encodeCursor([order, last.sortValue, last.id]) : null,
    total: count?.total ?? 0,
  };
}
