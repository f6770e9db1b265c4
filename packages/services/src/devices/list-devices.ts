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
  name: { sql: `d."name"`, type: "text", position: z.tuple([z.string(), z.uuid()]) },
  lastSeen: {
    sql: `COALESCE(floor(extract(epoch FROM s."lastSeenAt") * 1000), 0)::float8`,
    type: "float8",
    position: z.tuple([z.number(), z.uuid()]),
  },
  health: { sql: `${HEALTH_RANK_SQL}::int`, type: "int", position: z.tuple([z.int32(), z.uuid()]) },
} as const;

/** A keyset page of the organisation's devices, pending ones included, revoked ones not. Throws INVALID_INPUT for a foreign cursor. */
export async function listDevices(ctx: ServiceContext, actor: Actor, input: ListDevicesInput): Promise<DeviceListPage> {
  const limit = input.limit ?? 50;
  const sort = SORT_SQL[input.sort?.by ?? "name"];
  const direction = input.sort?.desc === true ? "DESC" : "ASC";
  const params = new Params();
  const where = `d."organisationId" = ${params.add(actor.organisationId)} AND ${input.state === undefined ? `d."state" <> 'REVOKED'` : `d."state" = ${params.add(input.state)}`} AND ${filterSql(input.filter, params)}`;
  const counted = ctx.db.query<{ total: number }>(`SELECT count(*) AS "total" ${DEVICE_FROM_SQL} WHERE ${where}`, [...params.values]);
  let after = "";
  if (input.cursor !== undefined && input.cursor !== null) {
    const [value, id] = readPosition<[string | number, string]>(input.cursor, sort.position);
    after = `AND (${sort.sql}, d."id") ${direction === "ASC" ? ">" : "<"} (${params.add(value)}::${sort.type}, ${params.add(id)}::uuid)`;
  }
  const rows = await ctx.db.query<DeviceRow & { sortValue: string | number }>(
    `SELECT ${DEVICE_COLUMNS_SQL}, ${sort.sql} AS "sortValue" ${DEVICE_FROM_SQL} WHERE ${where} ${after}
     ORDER BY ${sort.sql} ${direction}, d."id" ${direction} LIMIT ${params.add(limit + 1)}`,
    params.values,
  );
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const [count] = await counted;
  return {
    items: page.map(toDeviceListItem),
    nextCursor: rows.length > limit && last !== undefined ? encodeCursor([last.sortValue, last.id]) : null,
    total: count?.total ?? 0,
  };
}
