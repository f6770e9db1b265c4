import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import type { RouterInputs, RouterOutputs } from "@flotilla/api";
import type { DeviceGates } from "@flotilla/contracts";
import { expect, type Locator, type Page, test } from "@playwright/test";
import { startAgent } from "./support/agent.ts";
import { mutate, query } from "./support/api.ts";
import { devicesOf, untilRollout } from "./support/fleet.ts";
import { becomeOwner, openPage } from "./support/pages.ts";
import { seed } from "./support/seed.ts";
import type { Stack } from "./support/stack.ts";

/** What a rollout can be told besides its stages, and what follows on real devices: windows, pace, statistics, the way back, and who cannot take it. */
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const HOUR_MS = 3_600_000;
const NO_GATES: DeviceGates = {
  goldenAgreementMin: null,
  latencyP95MaxMs: null,
  latencyP95MaxRatio: null,
  memoryMaxBytes: null,
  memoryMaxRatio: null,
};
const dialogOf = (page: Page) => page.getByRole("alertdialog").or(page.getByRole("dialog"));
const rolloutIdOf = (page: Page) => /rollouts\/([0-9a-f-]{36})/.exec(page.url())?.[1] ?? "";

test("devices wait for their maintenance window, the page says until when, and they go on once it is open where they are", {
  tag: "@long",
}, async ({ page }) => {
  const stack = await becomeOwner(page);
  const { releaseId, groupId } = await freshRelease(page, stack);
  const names = await memberNames(page, stack);
  await openPage(page, `${stack.url}/rollouts/new?release=${releaseId}&group=${groupId}`);
  const section = page.locator('[data-section="options"]');
  await test.step("the section opens by keyboard", async () => {
    await section.locator("summary").focus();
    await page.keyboard.press("Enter");
    await expect(section.getByRole("combobox", { name: "Pace", exact: true })).toBeVisible();
    expect((await new AxeBuilder({ page }).withTags(TAGS).analyze()).violations).toEqual([]);
  });
  await test.step("what is wrong is said at its field, which has the focus, also when the section was shut", async () => {
    await section.getByRole("combobox", { name: "Pace", exact: true }).selectOption("constant");
    const rate = section.getByLabel("Devices a minute");
    await rate.fill("");
    await section.locator("summary").click();
    await page.getByRole("button", { name: "Start rollout" }).click();
    await expect(rate).toBeFocused();
    await expect(rate).toHaveAccessibleDescription("A whole number from 1 to 1,000,000.");
    await rate.fill("60");
    await expect(rate).toHaveAccessibleDescription("");
  });
  const [from, to] = [2, 3].map((hours) => new Date(Date.now() + hours * HOUR_MS).toISOString().slice(11, 16));
  await section.getByRole("button", { name: "Add a window" }).click();
  await section.getByLabel("From", { exact: true }).fill(from ?? "");
  await section.getByLabel("To", { exact: true }).fill(to ?? "");
  await expect(section.locator("summary")).toContainText("60 devices a minute");
  await chooseOneStage(page);
  await start(page);
  const id = rolloutIdOf(page);
  await expect(page.getByTestId("chosen-options")).toContainText("60 devices a minute");
  await expect(page.locator('[data-waiting="window"]')).toContainText(
    new RegExp(`^${names.length} devices wait for a maintenance window; the first opens in 1 hr? 5\\d min`),
  );
  expect((await new AxeBuilder({ page }).withTags(TAGS).analyze()).violations).toEqual([]);
  const before = await query(page, stack, "rollouts", "get", { id });
  expect((await devicesOf(page, stack, id)).map(({ state, bytesFetched }) => [state, bytesFetched])).toEqual(
    names.map(() => ["QUEUED", 0]),
  );
  expect(before.decisions[0]?.kind).toBe("awaiting-window");
  await expect(page.locator('[data-decision="awaiting-window"]')).toContainText(/The first opens at \w+ \d+, 20\d\d, \d+:\d\d/);
  try {
    // Two hours east of UTC the hour of the window has come.
    await inTimeZone(page, stack, names.slice(0, 1), "Etc/GMT-2");
    await expect.poll(async () => await statesOf(page, stack, id), { timeout: 30_000 }).toMatchObject({ [names[0] ?? ""]: "SUCCEEDED" });
    await expect(page.locator('[data-waiting="window"]')).toContainText(`${names.length - 1} devices wait`);
    await inTimeZone(page, stack, names, "Etc/GMT-2");
    await untilRollout(page, stack, id, "COMPLETED", 40_000);
    await expect(page.locator("[data-waiting]")).toHaveCount(0);
  } finally {
    await inTimeZone(page, stack, names, null);
  }
});

test("failures halt a rollout once statistics say so, and not before", { tag: "@long" }, async ({ page }) => {
  const stack = await becomeOwner(page);
  // No device can keep it: each one tries it, measures, and rolls back.
  const { releaseId, groupId } = await freshRelease(page, stack, { ...NO_GATES, memoryMaxBytes: 1 });
  const names = await memberNames(page, stack);
  await openPage(page, `${stack.url}/rollouts/new?release=${releaseId}&group=${groupId}`);
  await chooseOneStage(page);
  await page.getByLabel("Failed devices, at most").fill("50");
  await page.getByLabel("Judge after").fill("2");
  // Three at once, and the fourth a third of a minute later.
  const section = page.locator('[data-section="options"]');
  await section.locator("summary").click();
  await section.getByRole("combobox", { name: "Pace", exact: true }).selectOption("constant");
  await section.getByLabel("Devices a minute").fill("3");
  await start(page);
  const id = rolloutIdOf(page);
  try {
    await expect.poll(async () => await countIn(page, stack, id, "ROLLED_BACK"), { timeout: 30_000 }).toBe(3);
    await expect(
      page.getByText("of 3 devices with an outcome; 95% interval 43.9% to 100%"),
      "three of three are not yet half of a fleet",
    ).toBeVisible();
    await expect(page.locator('[data-waiting="pace"]')).toContainText("as the pace allows");
    expect((await query(page, stack, "rollouts", "get", { id })).state).toBe("RUNNING");
    const { why, readings } = await untilRollout(page, stack, id, "HALTED", 120_000);
    const devices = await devicesOf(page, stack, id);
    expect(why).toMatchObject({ kind: "halted-failure-rate", params: { failed: 4, sample: 4 } });
    // 4 of 4 are at least 51 % with 95 % confidence; 3 of 3 would be 44 %.
    expect(readings.find(({ gate }) => gate === "failure-rate")?.interval?.[0]).toBeCloseTo(0.51, 2);
    expect(devices.filter(({ state }) => state === "QUEUED")).toHaveLength(names.length - 4);
    const sentence = /^Halted: 4 of 4 devices failed \(100%, 95% interval 51% to 100%\), limit 50%\. Most often: .*memory/;
    await expect(page.getByText(sentence).first()).toBeVisible();
    await expect(page.locator('[data-decision="halted-failure-rate"]')).toContainText("4 of 4 devices failed");
    await expect(page.getByRole("heading", { name: "Why did 4 devices fail?" })).toBeVisible();
  } finally {
    await mutate(page, stack, "rollouts", "cancel", { id, mode: "revert" });
  }
});

test("a person's revert says its stages and pace first, and goes back by them", { tag: "@long" }, async ({ page }) => {
  const stack = await becomeOwner(page);
  const { releaseId, groupId } = await freshRelease(page, stack);
  const names = await memberNames(page, stack);
  const stage = { soakSeconds: 0, deadlineSeconds: 120, manual: false };
  const id = await create(page, stack, {
    ...{ releaseId, groupId },
    stages: [
      { ...stage, name: "Canary", target: { kind: "count", count: 1 } },
      { ...stage, name: "Everybody", target: { kind: "percent", percent: 100 } },
    ],
    options: { revertPace: { kind: "constant", perMinute: names.length - 1 } },
  });
  await untilRollout(page, stack, id, "COMPLETED", 90_000);
  await openPage(page, `${stack.url}/rollouts/${id}`);
  await page.locator('[data-action="revert"]').click();
  const plan = dialogOf(page).getByTestId("revert-plan");
  await expect(plan).toContainText(`Stage by stage, each once the one before is back: ${names.length - 1} devices a minute.`);
  await expect(plan.getByRole("listitem")).toHaveText(["Canary, 1 device", `Everybody, ${names.length - 1} devices`]);
  await dialogOf(page).getByRole("button").last().click();
  await expect(page.locator('[data-waiting="pace"]')).toContainText("1 device waits for its turn", { timeout: 30_000 });
  expect(await countIn(page, stack, id, "SUCCEEDED"), "the last one still runs it").toBe(1);
  const { decisions } = await untilRollout(page, stack, id, "REVERTED", 90_000);
  const devices = await devicesOf(page, stack, id);
  expect(new Set(devices.map(({ state }) => state))).toEqual(new Set(["REVERTED"]));
  expect(decisions.find(({ kind }) => kind === "reverting")?.actor).toBe("Ada Lovelace");
  const backAt = (stageIndex: number) =>
    devices.filter((device) => device.stageIndex === stageIndex).map(({ updatedAt }) => updatedAt.getTime());
  expect(Math.max(...backAt(0)), "the canary is back before the others are sent").toBeLessThanOrEqual(Math.min(...backAt(1)));
  await expect(page.locator('[data-decision="reverted"]')).toContainText(`Reverted: ${names.length} devices run the release before again`);
});

test("preflight names the device that cannot take the release, and why, before anything starts", { tag: "@long" }, async ({ page }) => {
  const stack = await becomeOwner(page);
  const { releaseId } = await freshRelease(page, stack);
  const members = (await demoDevices(page, stack)).slice(0, 2);
  const name = `edge-old-${Date.now()}`;
  const group = await mutate(page, stack, "groups", "create", {
    ...{ name: `With ${name}`, kind: "static", filter: "" },
    deviceIds: members.map(({ id }) => id),
  });
  const { token } = await mutate(page, stack, "tokens", "create", { name, groupId: group.id, maxUses: 1, expiresInDays: 1 });
  // A real agent whose runtime, as it once found out and wrote down, knows operators up to set 7 only.
  const agent = await startAgent(stack, name, ["--token", token], rememberOldRuntime);
  try {
    await expect.poll(async () => (await findDevice(page, stack, name))?.online, { timeout: 30_000 }).toBe(true);
    await openPage(page, `${stack.url}/rollouts/new?release=${releaseId}&group=${group.id}`);
    const refusal = page.getByRole("main").getByText("1 device cannot take it");
    await expect(refusal).toBeVisible();
    await expect(page.getByText(/uses opset \d+; onnxruntime [\d.]+ on the device knows up to 7\./)).toBeVisible();
    await expect(page.getByRole("link", { name, exact: true })).toBeVisible();
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "All of them as CSV" }).click();
    const csv = await readFile(await (await download).path(), "utf8");
    expect(csv).toContain(`${name},`);
    expect(csv).toContain("OPSET_TOO_NEW");
    await chooseOneStage(page);
    await start(page);
    await untilRollout(page, stack, rolloutIdOf(page), "COMPLETED", 90_000);
    const devices = await devicesOf(page, stack, rolloutIdOf(page));
    expect(Object.fromEntries(devices.map((device) => [device.name, device.state]))).toEqual({
      [members[0]?.name ?? ""]: "SUCCEEDED",
      [members[1]?.name ?? ""]: "SUCCEEDED",
      [name]: "REFUSED",
    });
    expect(devices.find((device) => device.name === name)).toMatchObject({ bytesFetched: 0, reason: { code: "OPSET_TOO_NEW" } });
    await expect(page.locator('[data-decision="device-refused"]')).toContainText(name);
  } finally {
    const device = await findDevice(page, stack, name);
    if (device !== undefined) await mutate(page, stack, "devices", "revoke", { id: device.id });
    await agent.remove();
    await mutate(page, stack, "groups", "delete", { id: group.id });
  }
});

/** A signed release that no device has. */
async function freshRelease(page: Page, stack: Stack, gates = NO_GATES): Promise<{ releaseId: string; groupId: string }> {
  const { versionId, dataSetId } = await seed(page, stack);
  const { variants } = await query(page, stack, "models", "version", { id: versionId });
  const { releaseId } = await mutate(page, stack, "releases", "create", {
    modelVersionId: versionId,
    variantIds: variants.slice(0, 1).map(({ id }) => id),
    name: `options ${Date.now()}`,
    goldenDataSetId: dataSetId,
    goldenCount: 8,
    gates,
    acceptFailedGates: true,
  });
  await expect.poll(async () => (await query(page, stack, "releases", "get", { id: releaseId })).state, { timeout: 30_000 }).toBe("READY");
  const groups = await query(page, stack, "groups", "list", undefined);
  return { releaseId, groupId: groups.find((group) => group.name === "Demo devices")?.id ?? "" };
}

type Device = RouterOutputs["devices"]["list"]["items"][number];

async function demoDevices(page: Page, stack: Stack): Promise<Device[]> {
  const { items } = await query(page, stack, "devices", "list", { filter: '"demo-"' });
  return items.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

async function memberNames(page: Page, stack: Stack): Promise<string[]> {
  return (await demoDevices(page, stack)).map(({ name }) => name);
}

async function findDevice(page: Page, stack: Stack, name: string): Promise<Device | undefined> {
  return (await query(page, stack, "devices", "list", { filter: JSON.stringify(name) })).items.find((device) => device.name === name);
}

/** Tags devices with where they are; null: takes the tag away. */
async function inTimeZone(page: Page, stack: Stack, names: readonly string[], timeZone: string | null): Promise<void> {
  for (const { id, name } of await demoDevices(page, stack)) {
    if (!names.includes(name)) continue;
    const { timeZone: _before, ...tags } = (await query(page, stack, "devices", "get", { id })).tags;
    await mutate(page, stack, "devices", "setTags", { id, tags: timeZone === null ? tags : { ...tags, timeZone } });
  }
}

async function statesOf(page: Page, stack: Stack, id: string): Promise<Record<string, string>> {
  const devices = await devicesOf(page, stack, id);
  return Object.fromEntries(devices.map(({ name, state }) => [name, state]));
}

async function countIn(page: Page, stack: Stack, id: string, wanted: string): Promise<number> {
  return Object.values(await statesOf(page, stack, id)).filter((state) => state === wanted).length;
}

/** Of the template's three stages, the last: everybody. */
async function chooseOneStage(page: Page): Promise<void> {
  // What a probe measures on a machine that runs a browser and five devices besides is not what these tests are about.
  for (const gate of ["p95 latency grows by, at most", "Memory grows by, at most"]) await page.getByLabel(gate).fill("");
  const remove: Locator = page.getByRole("button", { name: /^Remove stage/ });
  for (const left of [2, 1]) {
    await remove.first().click();
    await expect(remove).toHaveCount(left);
  }
}

async function start(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Start rollout" }).click();
  await dialogOf(page).getByRole("button", { name: "Start rollout" }).click();
  await expect(page).toHaveURL(/rollouts\/[0-9a-f]{8}-[0-9a-f-]{27}/);
}

type Plan = Omit<RouterInputs["rollouts"]["create"], "name" | "gates" | "start">;

async function create(page: Page, stack: Stack, plan: Plan): Promise<string> {
  const gates = { failureRateMax: 1, minimumSample: 1, goldenAgreementMin: null, latencyP95MaxRatio: null, memoryMaxRatio: null };
  return (await mutate(page, stack, "rollouts", "create", { ...plan, name: "There and back", gates, start: true })).id;
}

/** What the agent wrote down of its runtime, as if it had been an old one. */
async function rememberOldRuntime(directory: string): Promise<void> {
  const packages = new URL("../../agent/node_modules/", import.meta.url);
  const installed = await readFile(new URL("onnxruntime-node/package.json", packages), "utf8");
  const { version } = JSON.parse(installed) as { version: string };
  const runtime = { name: "onnxruntime", version, providers: ["cpu"], maxOpset: 7, formats: ["onnx", "ort"] };
  await writeFile(path.join(directory, "runtime-profile.json"), JSON.stringify([runtime]));
}
