import { createAccessControl } from "better-auth/plugins/access";

/**
 * The auth library asks for an access control of its own. Flotilla's permissions are in `packages/domain`, so here only an owner may do
 * anything, and none of those paths is served.
 */
export const accessControl = createAccessControl({
  organization: ["update", "delete"],
  member: ["create", "update", "delete"],
  invitation: ["create", "cancel"],
});

const none = accessControl.newRole({});

export const accessRoles = {
  viewer: none,
  operator: none,
  engineer: none,
  owner: accessControl.newRole({ organization: ["update"], member: ["create", "update", "delete"], invitation: ["create", "cancel"] }),
};
