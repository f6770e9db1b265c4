import type { DeviceFilter } from "@flotilla/contracts";
import type { GroupView } from "@flotilla/contracts/views";
import type { Group } from "@flotilla/db";
import type { Actor, ServiceContext } from "../context.ts";
import { DEVICE_FROM_SQL, filterSql, Params } from "../devices/device-sql.ts";
import { notFound } from "../views/not-found.ts";
import { memberSql } from "./group-sql.ts";

/** Every group with the number of devices that belong to it now, and how many it shares with each other one. */
export async function listGroups(ctx: ServiceContext, actor: Actor): Promise<GroupView[]> {
  const groups = await ctx.db.prisma.group.findMany({ where: { organisationId: actor.organisationId }, orderBy: { name: "asc" } });
  const members = await Promise.all(groups.map((group) => membersOf(ctx, actor, group)));
  return groups.map((group, index) => {
    const own = members[index] ?? new Map<string, boolean>();
    return {
      id: group.id,
      name: group.name,
      kind: group.kind as GroupView["kind"],
      filter: group.filter as DeviceFilter,
      deviceCount: own.size,
      onlineCount: [...own.values()].filter(Boolean).length,
      createdAt: group.createdAt,
      overlaps: groups.flatMap((other, at) => {
        if (other.id === group.id) return [];
        const shared = [...own.keys()].filter((id) => members[at]?.has(id) === true).length;
        return shared === 0 ? [] : [{ groupId: other.id, name: other.name, count: shared }];
      }),
    };
  });
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
  return [...(await membersOf(ctx, actor, group)).keys()];
}

/** How many active devices a filter finds now. */
export async function countDevices(ctx: ServiceContext, actor: Actor, filter: DeviceFilter): Promise<{ total: number; online: number }> {
  const params = new Params();
  const where = `d."organisationId" = ${params.add(actor.organisationId)} AND d."state" = 'ACTIVE' AND ${filterSql(filter, params)}`;
  const [counted] = await ctx.db.query<{ total: number; online: number }>(
    `SELECT count(*) AS "total", count(*) FILTER (WHERE s."online") AS "online" ${DEVICE_FROM_SQL} WHERE ${where}`,
    params.values,
  );
  return counted ?? { total: 0, online: 0 };
}

/** Ids of a group's devices, with whether each is online. */
async function membersOf(ctx: ServiceContext, actor: Actor, group: Group): Promise<Map<string, boolean>> {
  const params = new Params();
  const where = `d."organisationId" = ${params.add(actor.organisationId)} AND ${memberSql(group, params)}`;
  const rows = await ctx.db.query<{ id: string; online: boolean }>(
    `SELECT d."id"::text AS "id", COALESCE(s."online", false) AS "online" ${DEVICE_FROM_SQL} WHERE ${where}`,
    params.values,
  );
  return new Map(rows.map((row) => [row.id, row.online]));
}
