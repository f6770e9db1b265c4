import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestContext, type TestContext, type TestOrganisation } from "../testing/index.ts";
import { acceptInvitation, joinOrganisation } from "./accept-invitation.ts";
import { inviteMember } from "./invite-member.ts";
import { listMembers } from "./list-members.ts";
import { removeMember } from "./remove-member.ts";
import { setMemberRole } from "./set-member-role.ts";

let world: TestContext;
let mine: TestOrganisation;
let counter = 0;
beforeAll(async () => {
  world = await createTestContext();
});
afterAll(() => world.close());
beforeEach(async () => {
  world.setNow(new Date("2026-01-01T00:00:00Z"));
  mine = await world.addOrganisation();
  counter += 1;
});

const email = () => `new-${counter}@example.com`;
const owner = () => mine.actor.owner;
const account = (token: string) => ({ token, email: email(), name: "New", password: "correct horse battery" });

async function invite(role: "viewer" | "owner" = "viewer"): Promise<string> {
  const { link } = await inviteMember(world.ctx, owner(), { email: email(), role });
  return new URL(link, "http://localhost").searchParams.get("token") ?? "";
}

const roleOf = async (address: string) => (await listMembers(world.ctx, owner())).find((member) => member.email === address)?.role;

describe("invitation", () => {
  test("makes an account with the invited role, once", async () => {
    const token = await invite();
    await acceptInvitation(world.ctx, account(token));
    expect(await roleOf(email())).toBe("viewer");
    await expect(acceptInvitation(world.ctx, account(token))).rejects.toMatchObject({ code: "TOKEN_USED_UP" });
    await expect(inviteMember(world.ctx, owner(), { email: email(), role: "owner" })).rejects.toMatchObject({ code: "CONFLICT" });
  });

  test("is only for the invited address, ends after seven days, and is replaced by a newer one", async () => {
    const token = await invite();
    await expect(acceptInvitation(world.ctx, { ...account(token), email: "eve@example.com" })).rejects.toMatchObject({ code: "FORBIDDEN" });
    const newer = await invite("owner");
    await expect(acceptInvitation(world.ctx, account(token))).rejects.toMatchObject({ code: "TOKEN_INVALID" });
    world.setNow(new Date("2026-01-08T00:00:01Z"));
    await expect(acceptInvitation(world.ctx, account(newer))).rejects.toMatchObject({ code: "TOKEN_EXPIRED" });
  });

  test("the link cannot be read out of the database", async () => {
    const token = await invite();
    expect(JSON.stringify(await world.ctx.db.prisma.invitation.findMany())).not.toContain(token);
    await expect(acceptInvitation(world.ctx, account("a guess"))).rejects.toMatchObject({ code: "TOKEN_INVALID" });
  });

  test("whoever has an account already joins with it", async () => {
    await acceptInvitation(world.ctx, account(await invite()));
    const user = await world.ctx.db.prisma.user.findUniqueOrThrow({ where: { email: email() } });
    const second = await world.addOrganisation("second");
    const { link } = await inviteMember(world.ctx, second.actor.owner, { email: email(), role: "engineer" });
    const token = new URL(link, "http://localhost").searchParams.get("token") ?? "";
    await expect(acceptInvitation(world.ctx, account(token))).rejects.toMatchObject({ code: "CONFLICT" });
    await expect(joinOrganisation(world.ctx, { userId: "x", email: "eve@example.com" }, { token })).rejects.toMatchObject({
      code: "FORBIDDEN",
    });
    expect(await joinOrganisation(world.ctx, { userId: user.id, email: email() }, { token })).toEqual({
      organisationId: second.organisationId,
    });
  });
});

describe("the last owner", () => {
  test("can be neither demoted nor removed", async () => {
    const { userId } = owner();
    await expect(setMemberRole(world.ctx, owner(), { userId, role: "viewer" })).rejects.toMatchObject({ code: "CONFLICT" });
    await expect(removeMember(world.ctx, owner(), { userId })).rejects.toMatchObject({ code: "CONFLICT" });
  });

  test("two owners who remove each other at the same moment: one stays", async () => {
    const second = mine.actor.engineer;
    await setMemberRole(world.ctx, owner(), { userId: second.userId, role: "owner" });
    const tries = await Promise.allSettled([
      removeMember(world.ctx, owner(), { userId: second.userId }),
      removeMember(world.ctx, second, { userId: owner().userId }),
    ]);
    expect(tries.filter((result) => result.status === "fulfilled")).toHaveLength(1);
    expect((await listMembers(world.ctx, owner())).filter((member) => member.role === "owner")).toHaveLength(1);
  });
});

test("a removed member's sessions end; a member of another organisation cannot be touched", async () => {
  const { userId } = mine.actor.viewer;
  const now = new Date();
  await world.ctx.db.prisma.session.create({
    data: { id: userId, token: userId, userId, expiresAt: new Date(now.getTime() + 1e6), createdAt: now, updatedAt: now },
  });
  const other = await world.addOrganisation();
  await expect(removeMember(world.ctx, other.actor.owner, { userId })).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(setMemberRole(world.ctx, other.actor.owner, { userId, role: "owner" })).rejects.toMatchObject({ code: "NOT_FOUND" });
  await removeMember(world.ctx, owner(), { userId });
  expect(await world.ctx.db.prisma.session.count({ where: { userId } })).toBe(0);
});
