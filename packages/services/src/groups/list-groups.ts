import type { GroupView } from "@flotilla/contracts/views";
import type { Group } from "@flotilla/db";
import type { Actor, ServiceContext } from "../context.ts";
import { DEVICE_STATUS_SQL, Params } from "../devices/device-sql.ts";
import { type FilterScope, filterSql } from "../devices/filter-sql.ts";
import { readFilter } from "../devices/read-filter.ts";
import { notFound } from "../views/not-found.ts";
import { memberSql } from "./group-sql.ts";

/** Every group with the number of devices that belong to it now, and how many it shares with each other one. */
export async function listGroups(ctx: ServiceContext, actor: Actor): Promise<GroupView[]> {
  const groups = await ctx.db.prisma.group.findMany({ where: { organisationId: actor.organisationId }, orderBy: { name: "asc" } });
  const shares = await countShares(ctx, actor.organisationId, groups);
  return groups.map((group, index) => {
    const own = shares.get(`${index} ${index}`);
    return {
      id: group.id,
      name: group.name,
      kind: group.kind as GroupView["kind"],
      filter: group.filter,
      deviceCount: own?.total ?? 0,
      onlineCount: own?.online ?? 0,
      createdAt: group.createdAt,
      overlaps: groups.flatMap((other, at) => {
        const count = at === index ? 0 : (shares.get(`${index} ${at}`)?.total ?? 0);
        return count === 0 ? [] : [{ groupId: other.id, name: other.name, count }];
      }),
    };
  });
}

interface Share {
  left: number;
  right: number;
  total: number;
  online: number;
}

/** How many devices each two groups share, by their places in the list; a group shares all of its own with itself. One statement for all. */
async function countShares(ctx: ServiceContext, organisationId: string, groups: readonly Group[]): Promise<Map<string, Share>> {
  if (groups.length === 0) return new Map();
  const params = new Params();
  const scope = scopeOf(ctx, organisationId);
  const members = groups.map(
    (group, place) =>
      `SELECT ${place} AS "place", d."id", COALESCE(s."online", false) AS "online" ${DEVICE_STATUS_SQL} WHERE ${memberSql(group, params, scope)}`,
  );
  const rows = await ctx.db.query<Share>(
    `WITH member AS (${members.join(" UNION ALL ")})
     SELECT a."place" AS "left", b."place" AS "right", count(*) AS "total", count(*) FILTER (WHERE a."online") AS "online"
     FROM member a JOIN member b ON b."id" = a."id" GROUP BY 1, 2`,
    params.values,
  );
  return new Map(rows.map((row) => [`${row.left} ${row.right}`, row]));
}

/** Throws NOT_FOUND. */
export async function getGroup(ctx: ServiceContext, actor: Actor, id: string): Promise<GroupView> {
  const group = (await listGroups(ctx, actor)).find((one) => one.id === id);
  if (group === undefined) throw notFound("group");
  return group;
}

/** Ids of the devices that belong to a group now. Throws NOT_FOUND. */
export async function listGroupMemberIds(ctx: ServiceContext, actor: Actor, id: string): Promise<string[]> {
  const group = await ctx.db.prisma.group.findFirst({ where: { id, organisationId: actor.organisationId } });
  if (group === null) throw notFound("group");
  const params = new Params();
  const where = memberSql(group, params, scopeOf(ctx, actor.organisationId));
  const rows = await ctx.db.query<{ id: string }>(`SELECT d."id"::text AS "id" ${DEVICE_STATUS_SQL} WHERE ${where}`, params.values);
  return rows.map(({ id: deviceId }) => deviceId);
}

/** How many active devices a filter finds now. Throws FILTER_INVALID. */
export async function countDevices(ctx: ServiceContext, actor: Actor, filter: string): Promise<{ total: number; online: number }> {
  const params = new Params();
  const where = `d."organisationId" = ${params.add(actor.organisationId)} AND d."state" = 'ACTIVE' AND ${filterSql(readFilter(filter), params, { ...scopeOf(ctx, actor.organisationId), withoutRevoked: true })}`;
  const [counted] = await ctx.db.query<{ total: number; online: number }>(
    `SELECT count(*) AS "total", count(*) FILTER (WHERE s."online") AS "online" ${DEVICE_STATUS_SQL} WHERE ${where}`,
    params.values,
  );
  return counted ?? { total: 0, online: 0 };
}

function scopeOf(ctx: ServiceContext, organisationId: string): FilterScope {
  return { organisationId, now: ctx.clock() };
}
