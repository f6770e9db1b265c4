import { roles } from "@flotilla/contracts";
import { expect, test } from "vitest";
import { can, type Permission, permissions, permissionsOf } from "./permissions.ts";

test.each<[Permission, string[]]>([
  ["rollout:read", ["viewer", "operator", "engineer", "owner"]],
  ["device:write", ["operator", "engineer", "owner"]],
  ["rollout:write", ["operator", "engineer", "owner"]],
  // A token enrols devices: not for everybody who may look.
  ["token:read", ["operator", "engineer", "owner"]],
  ["model:write", ["engineer", "owner"]],
  ["release:write", ["engineer", "owner"]],
  ["demo:write", ["operator", "engineer", "owner"]],
  ["member:write", ["owner"]],
  ["settings:write", ["owner"]],
])("%s is held by %j", (permission, holders) => {
  expect(roles.filter((role) => can(role, permission))).toEqual(holders);
});

test("each role holds everything that the one before it holds, and an owner everything", () => {
  const held = roles.map((role) => new Set(permissionsOf(role)));
  for (const [at, set] of held.entries()) for (const permission of held[at - 1] ?? []) expect(set).toContain(permission);
  expect(held.at(-1)).toEqual(new Set(permissions));
});
