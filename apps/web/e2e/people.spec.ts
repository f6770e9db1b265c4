import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { mutate, query } from "./support/api.ts";
import { devicesOf, untilRollout } from "./support/fleet.ts";
import { joinAs } from "./support/people.ts";
import { becomeOwner, openPage } from "./support/pages.ts";
import { seed } from "./support/seed.ts";
import type { Stack } from "./support/stack.ts";

/** What people decide about rollouts: approval by a second person, an hour, a release that is bad. Leaves the organisation as it found it. */
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const dialogOf = (page: Page) => page.getByRole("alertdialog").or(page.getByRole("dialog"));
const rolloutIdOf = (page: Page) => /rollouts\/([0-9a-f-]{36})/.exec(page.url())?.[1] ?? "";

test("a rollout waits for a second person, who is not the one who asked, and starts with their yes", { tag: "@long" }, async ({
  page,
  browser,
}) => {
  const stack = await becomeOwner(page);
  const { releaseId, groupId } = await seed(page, stack);
  await openPage(page, `${stack.url}/settings`);
  await page.getByText("Rollouts need a second person’s approval").click();
  await dialogOf(page).getByRole("button", { name: "Ask for a second person" }).click();
  await expect(page.getByRole("switch", { name: /second person/ })).toBeChecked();
  const second = await joinAs(browser, page, stack, "Grace Second", "operator");
  try {
    await openPage(page, `${stack.url}/rollouts/new?release=${releaseId}&group=${groupId}`);
    await expect(page.getByText("somebody else has to approve this rollout")).toBeVisible();
    await page.getByRole("button", { name: "Ask for approval" }).click();
    await dialogOf(page).getByRole("button", { name: "Ask for approval" }).click();
    await expect(page).toHaveURL(/rollouts\/[0-9a-f-]{36}/);
    const id = rolloutIdOf(page);
    await expect(page.getByText("You made it or asked for it")).toBeVisible();
    await expect(page.locator('[data-action="approve"]')).toHaveCount(0);
    const { beginning } = await query(page, stack, "rollouts", "get", { id });
    await expect(mutate(page, stack, "rollouts", "approve", { id, planSha256: beginning.planSha256 })).rejects.toThrow(
      "APPROVAL_BY_SAME_PERSON",
    );

    await openPage(second, `${stack.url}/rollouts/${id}`);
    await expect(second.getByText("Waits for your approval")).toBeVisible();
    expect((await new AxeBuilder({ page: second }).withTags(TAGS).analyze()).violations).toEqual([]);
    await second.locator('[data-action="approve"]').click();
    await dialogOf(second).getByRole("button", { name: "Approve" }).click();
    await expect(second.locator('[data-verdict="approved"]')).toContainText("Approved by Grace Second");
    // The asker's page is live.
    await expect(page.locator('[data-decision="approved"]')).toContainText("Approved by Grace Second");
    const { decisions } = await untilRollout(page, stack, id, "COMPLETED");
    expect(decisions.find(({ kind }) => kind === "started")?.actor).toBe("Grace Second");
  } finally {
    await second.context().close();
    await mutate(page, stack, "settings", "setRolloutPolicy", { secondPerson: false });
  }
});

test("a scheduled rollout counts down, can be moved, and starts by itself", { tag: "@long" }, async ({ page }) => {
  const stack = await becomeOwner(page);
  const { releaseId, groupId } = await seed(page, stack);
  await openPage(page, `${stack.url}/rollouts/new?release=${releaseId}&group=${groupId}`);
  await page.getByText("At an hour").click();
  await page.getByRole("button", { name: "Schedule" }).click();
  await dialogOf(page).getByRole("button", { name: "Schedule" }).click();
  await expect(page).toHaveURL(/rollouts\/[0-9a-f-]{36}/);
  const id = rolloutIdOf(page);
  await expect(page.getByText(/^Starts in (1 h|60 min|59 min)/)).toBeVisible();
  expect((await new AxeBuilder({ page }).withTags(TAGS).analyze()).violations).toEqual([]);
  await page.locator('[data-action="schedule"]').click();
  await expect(dialogOf(page).getByLabel("Hour")).toBeVisible();
  await page.keyboard.press("Escape");
  const startAt = { at: new Date(Date.now() + 3000), timeZone: "Europe/Berlin" };
  await mutate(page, stack, "rollouts", "start", { id, startAt });
  await expect(page.locator('[data-decision="rescheduled"]')).toContainText("Europe/Berlin");
  const { startedAt, decisions } = await untilRollout(page, stack, id, "COMPLETED");
  expect((startedAt ?? new Date(0)).getTime()).toBeGreaterThanOrEqual(startAt.at.getTime());
  expect(decisions.find(({ kind }) => kind === "started")?.actor).toBe("controller");
});

test("a release that is marked as bad stops its rollout, says so everywhere, and goes nowhere again", { tag: "@long" }, async ({
  page,
}) => {
  const stack = await becomeOwner(page);
  const { versionId, dataSetId, groupId } = await seed(page, stack);
  const { releaseId, name } = await freshRelease(page, stack, versionId, dataSetId);
  const id = await startManual(page, stack, releaseId, groupId);
  await expect
    .poll(async () => (await query(page, stack, "rollouts", "get", { id })).why?.kind, { timeout: 60_000 })
    .toBe("awaiting-promotion");
  await openPage(page, `${stack.url}/releases`);
  const row = page.locator(`[data-release="${releaseId}"]`);
  await row.locator('[data-action="invalidate"]').click();
  await expect(dialogOf(page)).toContainText("1 rollout stops at once");
  await dialogOf(page).getByLabel("What is wrong with it?").fill("Sees sevens everywhere");
  await dialogOf(page).getByRole("button", { name: "Mark as bad" }).click();
  await expect(row).toHaveAttribute("data-state", "INVALIDATED");
  await expect(row).toContainText("Sees sevens everywhere.");
  await row.getByRole("link", { name: /^Take back the rollout/ }).click();
  await expect(page.getByText(/^Sees sevens everywhere\. Ada Lovelace/)).toBeVisible();
  await expect(page.getByText("halted", { exact: true }).first()).toBeVisible();
  await expect(page.locator('[data-action="resume"]')).toHaveCount(0);
  const devices = await devicesOf(page, stack, id);
  await openPage(page, `${stack.url}/devices/${devices.find(({ state }) => state === "SUCCEEDED")?.deviceId}`);
  await expect(page.getByTestId("invalidated").first()).toContainText("Sees sevens everywhere.");
  await expect(mutate(page, stack, "rollouts", "resume", { id })).rejects.toThrow("RELEASE_INVALIDATED");
  await expect(startManual(page, stack, releaseId, groupId)).rejects.toThrow("RELEASE_INVALIDATED");
  await openPage(page, `${stack.url}/rollouts/new?release=${releaseId}`);
  await expect(page.getByRole("option", { name })).toHaveCount(0);
  await openPage(page, `${stack.url}/rollouts/${id}`);
  await page.locator('[data-action="revert"]').click();
  await dialogOf(page).getByRole("button").last().click();
  await untilRollout(page, stack, id, "REVERTED");
});

async function freshRelease(page: Page, stack: Stack, versionId: string, dataSetId: string): Promise<{ releaseId: string; name: string }> {
  const { variants } = await query(page, stack, "models", "version", { id: versionId });
  const name = `soon bad ${Date.now()}`;
  const { releaseId } = await mutate(page, stack, "releases", "create", {
    modelVersionId: versionId,
    variantIds: variants.slice(0, 1).map(({ id }) => id),
    name,
    goldenDataSetId: dataSetId,
    goldenCount: 8,
    gates: { goldenAgreementMin: null, latencyP95MaxMs: null, latencyP95MaxRatio: null, memoryMaxBytes: null, memoryMaxRatio: null },
    acceptFailedGates: true,
  });
  await expect.poll(async () => (await query(page, stack, "releases", "get", { id: releaseId })).state, { timeout: 30_000 }).toBe("READY");
  return { releaseId, name };
}

/** One device, then a person must promote: it stays under way. */
async function startManual(page: Page, stack: Stack, releaseId: string, groupId: string): Promise<string> {
  const stage = { soakSeconds: 0, deadlineSeconds: 600 };
  const { id } = await mutate(page, stack, "rollouts", "create", {
    name: "To be stopped",
    releaseId,
    groupId,
    stages: [
      { ...stage, name: "One", target: { kind: "count", count: 1 }, manual: true },
      { ...stage, name: "All", target: { kind: "percent", percent: 100 }, manual: false },
    ],
    gates: { failureRateMax: 1, minimumSample: 1, goldenAgreementMin: null, latencyP95MaxRatio: null, memoryMaxRatio: null },
    start: true,
  });
  return id;
}
