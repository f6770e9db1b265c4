import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { type Envelope, type ReleaseManifest, topicFor } from "@flotilla/contracts";
import type { Db } from "@flotilla/db";
import { loadOrCreateSigner } from "@flotilla/trust/sign";
import { expect, type Page, test } from "@playwright/test";
import { mutate, query } from "./support/api.ts";
import { devicesOf, rollOutTo, untilRollout } from "./support/fleet.ts";
import { becomeOwner, openPage } from "./support/pages.ts";
import { seed, type Seeded } from "./support/seed.ts";
import type { Stack } from "./support/stack.ts";
import { askGateway, openDatabase, publishAs, stealIdentity } from "./support/tamper.ts";

/**
 * What an attacker does to the running stack, with its real agents, gateway and broker: each is refused, and the operator sees on the screen
 * who refused what, and why.
 */
test.describe.configure({ mode: "serial" });

const GROUP = "Demo devices";
const STAGES = [
  { name: "Canary", count: 1 },
  { name: "All", count: 1000 },
];

let stack: Stack;
let seeded: Seeded;
let db: Db;
let folder: string;
/** Signed as it should be, and never taken by anybody: older than what every device runs in the end. */
let older: Signed;

interface Signed {
  id: string;
  manifest: ReleaseManifest;
  envelope: Envelope;
}

test.beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "flotilla-refusals-"));
});
test.afterAll(async () => {
  // Absent where the first test did not get that far.
  await (db as Db | undefined)?.close();
  await rm(folder, { recursive: true });
});

test("a flipped byte in an artifact", async ({ page }) => {
  stack = await becomeOwner(page);
  seeded = await seed(page, stack);
  db = await openDatabase(stack);
  older = await releaseWith(page, 3);
  const file = blobOf(older.manifest.golden.inputs[0]?.sha256 ?? "");
  const bytes = await readFile(file);
  await writeFile(
    file,
    bytes.map((byte, index) => (index === bytes.length - 1 ? byte ^ 1 : byte)),
  );
  const { sentence, device } = await expectHalt(page, older.id, "DIGEST_MISMATCH");
  expect(sentence).toMatch(/digest|sha-?256/i);
  await expectOnDevice(page, device, sentence);
  await writeFile(file, bytes);
});

test("a release that is signed by another key", async ({ page }) => {
  await becomeOwner(page);
  const { id, envelope } = await releaseWith(page, 4);
  const stranger = await loadOrCreateSigner(folder);
  const forged = stranger.sign(envelope.payloadType, Buffer.from(envelope.payload, "base64"));
  await db.prisma.release.update({ where: { id }, data: { envelope: { ...forged } } });
  const { sentence, device } = await expectHalt(page, id, "SIGNED_BY_UNKNOWN_KEY");
  expect(sentence).toContain(`signed by key ${stranger.keyid.slice(0, 12)}`);
  await expectOnDevice(page, device, sentence);
});

test("an older release that is replayed as the newest assignment", async ({ page }) => {
  await becomeOwner(page);
  const newest = await releaseWith(page, 5);
  await untilRollout(page, stack, await rollOutTo(page, stack, newest.id, GROUP), "COMPLETED");
  const device = await deviceNamed(page, "demo-1");
  const variantId = older.manifest.variants[0]?.id ?? "";
  await assign(device.id, { releaseId: older.id, variantId });
  const sentence = `Release ${older.manifest.counter} of ${older.manifest.modelName} is older than release ${newest.manifest.counter}, which this device has confirmed.`;
  await expectOnDevice(page, device.name, sentence);
  expect((await deviceNamed(page, "demo-1")).running?.releaseId, "it runs what it ran").toBe(newest.id);
});

test("a device that asks for another's artifact", async ({ page }) => {
  await becomeOwner(page);
  // demo-1 is meant to have it since the replay; demo-2 is not.
  const { sha256 } = older.manifest.golden.inputs[0] ?? { sha256: "" };
  const answer = await askGateway(stack, await stealIdentity(stack, "demo-2"), `/device/v1/artifacts/${sha256}`);
  expect([answer.status, JSON.parse(answer.body)]).toEqual([404, expect.objectContaining({ code: "NOT_ASSIGNED" })]);
  expect((await askGateway(stack, await stealIdentity(stack, "demo-1"), `/device/v1/artifacts/${sha256}`)).status).toBe(200);
  await expectOnDevice(page, "demo-2", `It asked for the artifact ${sha256.slice(0, 12)}…, which is not assigned to it.`);
});

test("a device that publishes on another's topic", async ({ page }) => {
  await becomeOwner(page);
  const victim = await deviceNamed(page, "demo-4");
  const thief = await stealIdentity(stack, "demo-3");
  // The agent takes its connection back at once: what it cuts off before the broker has looked at it is tried again.
  await expect(async () => {
    expect(await publishAs(thief, victim.id)).toBe("refused");
    const told = () => db.prisma.deviceEvent.count({ where: { deviceId: thief.deviceId, kind: "security" } });
    await expect.poll(told, { timeout: 2_000 }).toBeGreaterThan(0);
  }).toPass({ timeout: 30_000 });
  const topic = topicFor("presence", victim.id);
  await expectOnDevice(page, "demo-3", `It tried to publish on ${topic}, which is not its own topic; the broker refused it.`);
  expect((await deviceNamed(page, "demo-4")).online, "nobody believed it").toBe(true);
});

const blobOf = (sha256: string): string => path.join(stack.dataDirectory, "blobs", sha256.slice(0, 2), sha256.slice(2, 4), sha256);

/** A signed release of the sample model, with a golden set that no other release has. */
async function releaseWith(page: Page, goldenCount: number): Promise<Signed> {
  const { variants } = await query(page, stack, "models", "version", { id: seeded.versionId });
  const { releaseId: id } = await mutate(page, stack, "releases", "create", {
    modelVersionId: seeded.versionId,
    variantIds: variants.slice(0, 1).map((variant) => variant.id),
    goldenDataSetId: seeded.dataSetId,
    goldenCount,
    gates: { goldenAgreementMin: 0.9, latencyP95MaxMs: null, latencyP95MaxRatio: null, memoryMaxBytes: null, memoryMaxRatio: null },
    acceptFailedGates: true,
  });
  await expect.poll(async () => (await query(page, stack, "releases", "get", { id })).state, { timeout: 30_000 }).toBe("READY");
  const { manifest, envelope } = await db.prisma.release.findUniqueOrThrow({ where: { id } });
  return { id, manifest: manifest as unknown as ReleaseManifest, envelope: envelope as unknown as Envelope };
}

/** Rolls out to one device and then to all: the first one stops it, and its page says why. Takes it back afterwards. */
async function expectHalt(page: Page, releaseId: string, code: string): Promise<{ sentence: string; device: string }> {
  const { id } = await untilRollout(page, stack, await rollOutTo(page, stack, releaseId, GROUP, STAGES), "HALTED");
  const [canary, ...others] = await devicesOf(page, stack, id);
  expect(canary).toMatchObject({ state: "FAILED", reason: { code } });
  expect(others.map(({ state, bytesFetched }) => [state, bytesFetched])).toEqual(others.map(() => ["QUEUED", 0]));
  const sentence = canary?.reason?.message ?? "";
  await openPage(page, `${stack.url}/rollouts/${id}`);
  // Why the rollout stands still, and the cause among the failures.
  await expect(page.getByText(sentence.replace(/\.$/, ""), { exact: false }).first()).toBeVisible();
  await expect(page.getByRole("table").filter({ hasText: sentence })).toBeVisible();
  await mutate(page, stack, "rollouts", "cancel", { id, mode: "revert" });
  return { sentence, device: canary?.name ?? "" };
}

/** The operator sees it where he looks: on the overview, and in the device's history. */
async function expectOnDevice(page: Page, name: string, sentence: string): Promise<void> {
  await openPage(page, `${stack.url}/`);
  const attention = page.locator('[data-attention="security"]').filter({ hasText: sentence });
  await expect(attention).toBeVisible();
  await attention.getByRole("link", { name, exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  const refused = page.getByRole("listitem").filter({ hasText: "Refused for safety" });
  await expect(refused.first()).toContainText(sentence);
}

async function deviceNamed(page: Page, name: string) {
  const { items } = await query(page, stack, "devices", "list", { filter: JSON.stringify(name) });
  const found = items.find((device) => device.name === name);
  if (found === undefined) throw new Error(`There is no device ${name}.`);
  return found;
}

/** Changes the row that says what a device should run, as nobody but an intruder does, and tells the device to look. */
async function assign(deviceId: string, release: { releaseId: string; variantId: string }): Promise<void> {
  const { seq, organisationId } = await db.prisma.assignment.update({
    where: { deviceId },
    data: { ...release, rolloutId: null, seq: { increment: 1 } },
  });
  await db.prisma.outbox.create({ data: { organisationId, deviceId, topic: "hint", payload: { seq, spreadSeconds: 0 } } });
}
