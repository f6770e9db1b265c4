import { type FilterScope, filterSql } from "../devices/filter-sql.ts";
import type { Params } from "../devices/device-sql.ts";
import { readFilter } from "../devices/read-filter.ts";

export interface GroupRow {
  id: string;
  kind: string;
  filter: string;
}

/** Condition over DEVICE_STATUS_SQL: an active device of the organisation that belongs to the group now. */
export function memberSql(group: GroupRow, params: Params, scope: FilterScope): string {
  const member =
    group.kind === "static"
      ? `EXISTS (SELECT 1 FROM "group_member" gm WHERE gm."groupId" = ${params.add(group.id)}::uuid AND gm."deviceId" = d."id")`
      : filterSql(readFilter(group.filter), params, { ...scope, withoutRevoked: true });
  return `d."organisationId" = ${params.add(scope.organisationId)} AND d."state" = 'ACTIVE' AND ${member}`;
}
