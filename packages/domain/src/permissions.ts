import type { Role } from "@flotilla/contracts";

/**
 * What a person may do, in words of the product. A procedure declares exactly one; a role holds a set.
 */
export const permissions = [
  "model:read",
  "model:write",
  "data-set:read",
  "data-set:write",
  "job:read",
  "job:write",
  "release:read",
  "release:write",
  "device:read",
  "device:write",
  "token:read",
  "token:write",
  "group:read",
  "group:write",
  "rollout:read",
  "rollout:write",
  "rollout:approve",
  "overview:read",
  "settings:read",
  "settings:write",
  "member:read",
  "member:write",
  "live:read",
  "demo:read",
  "demo:write",
] as const;
export type Permission = (typeof permissions)[number];

const viewer = [
  "model:read",
  "data-set:read",
  "job:read",
  "release:read",
  "device:read",
  "group:read",
  "rollout:read",
  "overview:read",
  "settings:read",
  "member:read",
  "live:read",
  "demo:read",
] as const satisfies readonly Permission[];

/** Runs the fleet: devices, groups, rollouts. Makes no models. */
const operator = [
  ...viewer,
  "device:write",
  "token:read",
  "token:write",
  "group:write",
  "rollout:write",
  "rollout:approve",
  "demo:write",
] as const satisfies readonly Permission[];

/** Makes models and releases, and may run the fleet too. */
const engineer = [...operator, "model:write", "data-set:write", "job:write", "release:write"] as const satisfies readonly Permission[];

const granted: Readonly<Record<Role, ReadonlySet<Permission>>> = {
  viewer: new Set(viewer),
  operator: new Set(operator),
  engineer: new Set(engineer),
  owner: new Set(permissions),
};

/** Whether a role holds a permission. */
export function can(role: Role, permission: Permission): boolean {
  return granted[role].has(permission);
}

/** The permissions of a role, in the order of `permissions`; what the dashboard uses to leave out what it may not offer. */
export function permissionsOf(role: Role): readonly Permission[] {
  return permissions.filter((permission) => can(role, permission));
}
