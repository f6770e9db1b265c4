import type { DeviceFilter } from "@flotilla/contracts";
import { filterSql, type Params } from "../devices/device-sql.ts";

export interface GroupRow {
  id: string;
  kind: string;
  filter: unknown;
}

/** Condition over DEVICE_FROM_SQL: an active device that belongs to the group now. */
export function memberSql(group: GroupRow, params: Params): string {
  const member =
    group.kind === "static"
      ? `EXISTS (SELECT 1 FROM "group_member" gm WHERE gm."groupId" = ${params.add(group.id)}::uuid AND gm."deviceId" = d."id")`
      : filterSql(group.filter as DeviceFilter, params);
  return `d."state" = 'ACTIVE' AND ${member}`;
}
