import path from "node:path";
import { samples } from "@flotilla/samples";
import { expect, type Locator, type Page, test } from "@playwright/test";
import { mutate, query } from "./support/api.ts";
import { callInference, readHostInfo, testImages } from "./support/devices.ts";
import { becomeOwner, chooseFile, openPage, uploadCard } from "./support/pages.ts";
import type { Stack } from "./support/stack.ts";

const MOST_BYTES = 70_000;
const SEARCHED = { timeout: 90_000 };

/** From a goal to a device, the goal given without a mouse. */
test("a goal is given by keyboard, a variant is found for it, proved, released, and runs", { tag: "@long" }, async ({ page }) => {
  const stack = await becomeOwner(page);
  const versionUrl = await test.step("a model and data to search with", () => bringSamples(page, stack));
  await test.step("the goal is typed, and what is wrong is said at its field", () => giveGoal(page));
  await test.step("candidates appear, and one is recommended with a sentence of why", () => watchSearch(page));
  await test.step("what became of its graph is shown", () => seeGraph(page));
  await test.step("the samples on which the two disagree are shown", () => seeProof(page));
  const sha256 = await test.step("it is released", () => release(page, stack, versionUrl));
  await test.step("a demo device runs it", () => runOnDevice(page, stack, sha256));
});

/** @returns the address of the model's version */
async function bringSamples(page: Page, stack: Stack): Promise<string> {
  for (const sample of ["mnist-test", "mnist-calibration"] as const) await mutate(page, stack, "uploads", "useSample", { sample });
  await expect.poll(async () => (await query(page, stack, "dataSets", "list", undefined)).length, SEARCHED).toBeGreaterThanOrEqual(2);
  await openPage(page, `${stack.url}/models`);
  await chooseFile(page, "Upload a model", samples.mnistMobilenet);
  const card = uploadCard(page, path.basename(samples.mnistMobilenet));
  await expect(card).toHaveAttribute("data-state", "READY", { timeout: 30_000 });
  await card.getByRole("link", { name: "Open the model" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("mnist-mobilenet");
  return page.url();
}

async function giveGoal(page: Page): Promise<void> {
  const { keyboard } = page;
  await page.getByRole("button", { name: "Optimise…" }).first().focus();
  await keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await tabTo(page, dialog.getByRole("radio", { name: "By recipes" }));
  await keyboard.press("ArrowRight");
  await expect(dialog.getByRole("radio", { name: "By a goal" })).toBeChecked();
  const profile = dialog.getByLabel("For which kind of device?");
  await expect(profile).toBeVisible();
  await tabTo(page, profile);
  await keyboard.type("ARM");
  await expect(profile).toHaveValue("arm64-cpu");
  await tabTo(page, dialog.getByLabel("Size, at most"));
  await keyboard.type("0");
  await keyboard.press("Enter");
  await expect(dialog.getByRole("alert")).toHaveText("Give a number above 0, or leave it empty.");
  await expect(dialog.getByLabel("Size, at most")).toBeFocused();
  await keyboard.press("Control+a");
  await keyboard.type(String(MOST_BYTES / 1000));
  await expect(dialog.getByRole("alert")).toHaveCount(0);
  await tabTo(page, dialog.getByLabel("Agreement, at least"));
  await keyboard.press("Control+a");
  await keyboard.type("98");
  await expect(dialog.getByTestId("goal-plan")).toContainText("Variants for ARM64 CPU are made one by one");
  await keyboard.press("Enter");
  await expect(dialog).toBeHidden();
}

async function tabTo(page: Page, target: Locator): Promise<void> {
  await expect(async () => {
    await page.keyboard.press("Tab");
    await expect(target).toBeFocused({ timeout: 100 });
  }).toPass({ intervals: [0], timeout: 15_000 });
}

async function watchSearch(page: Page): Promise<void> {
  const search = page.locator("[data-search]");
  await expect(search).toContainText("at most 70 kB · agreement at least 98%");
  await expect(search.locator("[data-candidate]").first()).toBeVisible(SEARCHED);
  const verdict = search.getByTestId("search-verdict");
  await expect(verdict).toHaveAttribute("data-outcome", "recommended", SEARCHED);
  // Static int8 meets it as well, at 46 kB with its scales.
  await expect(verdict).toContainText(/The smallest that meets the goal is weights in 8 bits: 40\.\d kB, 32% of the original/);
  await expect(search).toHaveAttribute("data-state", "SUCCEEDED", SEARCHED);
  const recommended = search.locator('tr[data-meets="true"]').filter({ hasText: "recommended" });
  await expect(recommended).toHaveCount(1);
  const download = page.waitForEvent("download");
  await search.getByRole("button", { name: "What was tried? as CSV" }).click();
  expect((await download).suggestedFilename()).toBe("mnist-mobilenet-1-candidates.csv");
  await page.screenshot({ path: test.info().outputPath("search.png"), fullPage: true });
}

async function seeGraph(page: Page): Promise<void> {
  await page.getByRole("link", { name: "Compare with the original" }).click();
  await expect(page.getByTestId("diff-sentence")).toContainText("convolutions store their weights in int8", { timeout: 30_000 });
  await page.goBack();
}

async function seeProof(page: Page): Promise<void> {
  await page.getByRole("link", { name: "See the proof" }).click();
  const card = page.locator("section").filter({ has: page.getByRole("heading", { name: "Where do they disagree?" }) });
  await expect(card).toBeVisible();
  const pictures = card.getByRole("img");
  const none = card.getByText("Original and variant give the same class on every sample.");
  await expect(pictures.first().or(none)).toBeVisible();
  for (const picture of await pictures.all()) {
    await picture.scrollIntoViewIfNeeded();
    await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(0);
  }
  await page.goBack();
}

/** @returns the digest of the variant's file */
async function release(page: Page, stack: Stack, versionUrl: string): Promise<string> {
  await page.getByRole("button", { name: "Release it…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Release", exact: true }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("row").filter({ hasText: "mnist-mobilenet 1" })).toContainText("ready", { timeout: 30_000 });
  const id = /versions\/([0-9a-f-]{36})/.exec(versionUrl)?.[1] ?? "";
  const { variants } = await query(page, stack, "models", "version", { id });
  const made = variants.find(({ isSource }) => !isSource);
  expect(made?.sizeBytes).toBeLessThanOrEqual(MOST_BYTES);
  expect(
    made?.gates.map(({ metric }) => metric),
    "the goal travels as gates",
  ).toEqual(["size-bytes", "agreement"]);
  return made?.sha256 ?? "";
}

async function runOnDevice(page: Page, stack: Stack, sha256: string): Promise<void> {
  const releases = await query(page, stack, "releases", "list", {});
  const released = releases.find(({ modelName }) => modelName === "mnist-mobilenet");
  const group = (await query(page, stack, "groups", "list", undefined)).find(({ name }) => name === "Demo devices");
  const { id } = await mutate(page, stack, "rollouts", "create", {
    name: "What the search found",
    releaseId: released?.id ?? "",
    groupId: group?.id ?? "",
    stages: [{ name: "All", target: { kind: "percent", percent: 100 }, soakSeconds: 0, deadlineSeconds: 600, manual: false }],
    gates: { failureRateMax: 0.05, minimumSample: 1, goldenAgreementMin: null, latencyP95MaxRatio: null, memoryMaxRatio: null },
    start: true,
  });
  await expect.poll(async () => (await query(page, stack, "rollouts", "get", { id })).state, SEARCHED).toBe("COMPLETED");
  const host = await readHostInfo(path.join(stack.dataDirectory, "devices", "demo-1"));
  const metadata = await (await fetch(`${host.url}/v2/models/mnist-mobilenet`)).json();
  expect(metadata).toMatchObject({ parameters: { variant_sha256: sha256 } });
  const { images, labels } = await testImages(50);
  const classes = await callInference(host.url, "mnist-mobilenet", images);
  expect(classes.filter((value, at) => value === labels[at]).length).toBeGreaterThanOrEqual(47);
}
