import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { addDevice, createTestContext, type TestContext, type TestOrganisation } from "../testing/index.ts";
import { createToken } from "../tokens/create-token.ts";
import { listTokens } from "../tokens/list-tokens.ts";
import { revokeToken } from "../tokens/revoke-token.ts";
import { deleteGroup } from "./delete-group.ts";
import { getGroup, listGroups } from "./list-groups.ts";
import { createGroup, updateGroup } from "./save-group.ts";

let world: TestContext;
let mine: TestOrganisation;
let other: TestOrganisation;
beforeAll(async () => {
  world = await createTestContext();
});
afterAll(() => world.close());
beforeEach(async () => {
  [mine, other] = await Promise.all([world.addOrganisation(), world.addOrganisation()]);
});

const addMine = (name: string, tags: Record<string, string> = {}, online = true) =>
  addDevice(world.ctx, mine.organisationId, { name, tags, status: { online } });
const create = (input: Omit<Parameters<typeof createGroup>[2], "filter"> & Partial<Parameters<typeof createGroup>[2]>) =>
  createGroup(world.ctx, mine.actor.operator, { filter: "", ...input });

test("a dynamic group follows its filter, a static one its list, and both say what they share", async () => {
  const [one, two, three] = [await addMine("one", { site: "kiel" }), await addMine("two", { site: "kiel" }, false), await addMine("three")];
  await addDevice(world.ctx, mine.organisationId, { name: "waits", state: "PENDING", tags: { site: "kiel" } });
  const kiel = await create({ name: "Kiel", kind: "dynamic", filter: " site = kiel" });
  const picked = await create({ name: "Picked", kind: "static", deviceIds: [two.id, three.id, two.id] });
  expect(await listGroups(world.ctx, mine.actor.viewer)).toMatchObject([
    { id: kiel.id, name: "Kiel", deviceCount: 2, onlineCount: 1, overlaps: [{ groupId: picked.id, count: 1 }] },
    { id: picked.id, name: "Picked", deviceCount: 2, onlineCount: 1, overlaps: [{ groupId: kiel.id, count: 1 }] },
  ]);
  await updateGroup(world.ctx, mine.actor.operator, { id: picked.id, name: "Few", filter: "online", deviceIds: [one.id] });
  expect(await getGroup(world.ctx, mine.actor.viewer, picked.id)).toMatchObject({
    name: "Few",
    kind: "static",
    filter: "",
    deviceCount: 1,
  });
});

test("a group refuses a taken name, another organisation's device, and other people", async () => {
  const theirs = await addDevice(world.ctx, other.organisationId);
  const { id } = await create({ name: "Kiel", kind: "dynamic" });
  await expect(create({ name: "Kiel", kind: "dynamic" })).rejects.toMatchObject({ code: "CONFLICT" });
  await expect(create({ name: "X", kind: "static", deviceIds: [theirs.id] })).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(create({ name: "Y", kind: "dynamic", filter: "site =" })).rejects.toMatchObject({ code: "FILTER_INVALID" });
  expect(await listGroups(world.ctx, mine.actor.viewer)).toHaveLength(1);
  const strange = { id, name: "mine now", filter: "" };
  await expect(updateGroup(world.ctx, other.actor.owner, strange)).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(deleteGroup(world.ctx, other.actor.owner, id)).rejects.toMatchObject({ code: "NOT_FOUND" });
  expect(await listGroups(world.ctx, other.actor.owner)).toEqual([]);
});

test("a deleted group leaves its devices, and a token without a group", async () => {
  const device = await addMine("one");
  const { id: groupId } = await create({ name: "Kiel", kind: "static", deviceIds: [device.id] });
  await createToken(world.ctx, mine.actor.operator, { name: "hall", groupId, maxUses: 2, expiresInDays: 1 });
  expect(await listTokens(world.ctx, mine.actor.operator)).toMatchObject([{ groupName: "Kiel" }]);
  await deleteGroup(world.ctx, mine.actor.operator, groupId);
  expect(await listTokens(world.ctx, mine.actor.operator)).toMatchObject([{ groupId: null, groupName: null }]);
  expect(await world.ctx.db.prisma.device.count({ where: { id: device.id } })).toBe(1);
});

test("a token is told once, kept as a digest, and ends when it is revoked", async () => {
  const now = new Date("2026-03-01T12:00:00Z");
  world.setNow(now);
  const ctx = { ...world.ctx, enrolment: { webUrl: "http://here:3000", gatewayUrl: "https://here:8443", caFingerprint: "ab".repeat(32) } };
  const { id, token, command } = await createToken(ctx, mine.actor.operator, { name: "hall", maxUses: 3, expiresInDays: 7 });
  expect(command).toContain(`AGENT_TOKEN=${token} node agent.js --server https://here:8443 --ca-fingerprint ${"ab".repeat(32)} --data`);
  const listed = await listTokens(ctx, mine.actor.operator);
  expect(listed).toMatchObject([{ id, uses: 0, maxUses: 3, expiresAt: new Date("2026-03-08T12:00:00Z"), revokedAt: null }]);
  const row = await ctx.db.prisma.enrolmentToken.findUniqueOrThrow({ where: { id } });
  expect(JSON.stringify([row, listed])).not.toContain(token);
  await expect(revokeToken(ctx, other.actor.owner, id)).rejects.toMatchObject({ code: "NOT_FOUND" });
  await revokeToken(ctx, mine.actor.operator, id);
  world.setNow(new Date(now.getTime() + 1000));
  await revokeToken(ctx, mine.actor.operator, id);
  expect(await listTokens(ctx, mine.actor.operator)).toMatchObject([{ revokedAt: now }]);
  const { id: groupId } = await createGroup(ctx, other.actor.operator, { name: "theirs", kind: "static", filter: "" });
  const stolen = createToken(ctx, mine.actor.operator, { name: "x", groupId, maxUses: 1, expiresInDays: 1 });
  await expect(stolen).rejects.toMatchObject({ code: "NOT_FOUND" });
});
