import { type Actor, createGroup, createToken, listGroups, type ServiceContext } from "@flotilla/services";

const GROUP_NAME = "Demo devices";

/**
 * The group of the demo devices, and a token for those that have not enrolled yet.
 *
 * @returns the token, or null where every device has its certificate
 */
export async function prepareDemoFleet(ctx: ServiceContext, options: { organisationId: string; missing: number }): Promise<string | null> {
  if (options.missing === 0) return null;
  const actor: Actor = { userId: "standalone", name: "npm start", organisationId: options.organisationId, role: "owner" };
  const groups = await listGroups(ctx, actor);
  const groupId =
    groups.find((group) => group.name === GROUP_NAME)?.id ??
    (await createGroup(ctx, actor, { name: GROUP_NAME, kind: "static", filter: "", deviceIds: [] })).id;
  const { token } = await createToken(ctx, actor, { name: GROUP_NAME, groupId, maxUses: options.missing, expiresInDays: 1 });
  return token;
}
