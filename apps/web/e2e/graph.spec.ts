import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { mutate, query } from "./support/api.ts";
import { becomeOwner, openPage } from "./support/pages.ts";
import type { Stack } from "./support/stack.ts";

/** What a graph looks like to somebody with a keyboard, and what an optimisation made of it. */
test("a graph is walked through, its int8 variant compared with it, and its lineage shown", { tag: "@long" }, async ({ page }) => {
  const stack = await becomeOwner(page);
  const { address, versionId } = await findSample(page, stack);

  await test.step("find a node by the keyboard and read its details", async () => {
    await openPage(page, `${stack.url}${address}?tab=graph`);
    const picture = page.getByRole("application", { name: /^Graph of mnist-cnn 1/ });
    await expect(picture.locator('[data-box^="node-"]').first()).toBeVisible({ timeout: 30_000 });
    await picture.focus();
    await page.keyboard.press("/");
    const search = page.getByRole("combobox", { name: "Search a node" });
    await expect(search).toBeFocused();
    await page.keyboard.type("maxpool");
    await expect(page.getByRole("option", { name: /maxpool/i })).toHaveCount(3);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await expect(picture).toBeFocused();
    const details = page.getByTestId("graph-details");
    await expect(details.getByRole("heading", { name: "MaxPool" })).toBeVisible();
    await expect(details).toContainText("kernel_shape");
    await page.keyboard.press("ArrowDown");
    await expect(details.getByRole("heading", { name: "Conv" })).toBeVisible();
    await expect(page).toHaveURL(/node=node-\d+/);
    await page.keyboard.press("Enter");
    await expect(details).toBeFocused();
    await page.keyboard.press("Escape");
    await expect(details).toBeHidden();
    await expect(picture).toBeFocused();
  });

  await test.step("zoom and show all by the keyboard", async () => {
    const picture = page.getByRole("application");
    const scale = async () => Number(await picture.getAttribute("data-scale"));
    const before = await scale();
    await page.keyboard.press("+");
    await expect.poll(scale).toBeGreaterThan(before);
    await page.keyboard.press("f");
    await expect.poll(scale).toBeLessThan(before);
  });

  await test.step("the same is in the table behind it, and axe finds nothing", async () => {
    await page.getByText("Show as table").click();
    await page.getByRole("region", { name: "Nodes of the graph" }).getByRole("button", { name: "Reshape" }).first().click();
    await expect(page.getByTestId("graph-details").getByRole("heading", { name: "Reshape" })).toBeVisible();
    expect(await findings(page)).toEqual([]);
  });

  await makeInt8(page, stack, versionId);

  await test.step("see what became of the graph", async () => {
    await openPage(page, `${stack.url}${address}/compare`);
    const diff = page.getByTestId("graph-diff");
    await expect(diff.getByTestId("diff-sentence")).toContainText("6 of 6 convolutions run in int8.", { timeout: 30_000 });
    await diff.getByRole("button", { name: "Next difference" }).click();
    await expect(diff.getByTestId("diff-details")).toContainText("float32 → runs in int8");
    await diff.getByRole("application", { name: "Graph of Original" }).focus();
    await page.keyboard.press("n");
    await expect(diff.getByTestId("diff-details")).toContainText("fused");
    await diff.getByText("Only what differs").click();
    await expect(page).toHaveURL(/differing=true/);
    expect(await findings(page)).toEqual([]);
  });

  await test.step("quantisation is at the edges, and as nodes on demand", async () => {
    const { variants } = await query(page, stack, "models", "version", { id: versionId });
    const variant = variants.find(({ name }) => name === "int8 for the graph");
    await openPage(page, `${stack.url}${address}?tab=graph&variant=${variant?.id}`);
    const picture = page.getByRole("application");
    await expect(picture.getByText("int8", { exact: true }).first()).toBeVisible({ timeout: 30_000 });
    await expect(picture.getByText("QuantizeLinear").first()).toBeHidden();
    await page.getByText("Quantisation as nodes").click();
    await expect(picture.getByText("QuantizeLinear").first()).toBeVisible();
  });

  await test.step("the lineage leads from the file to the variant", async () => {
    await openPage(page, `${stack.url}${address}?tab=lineage`);
    const picture = page.getByRole("region", { name: "How did it get to the devices?" }).first();
    await expect(picture.getByRole("link", { name: "mnist-cnn.onnx" })).toBeVisible();
    await picture.getByRole("link", { name: "int8 for the graph" }).click();
    await expect(page).toHaveURL(/tab=validation&variant=/);
    await expect(page.getByTestId("variant-warnings")).toContainText("8-bit weights saturate on x86 CPUs without VNNI");
  });
});

/** The sample model, uploaded unless an earlier file has left it. */
async function findSample(page: Page, stack: Stack): Promise<{ address: string; versionId: string }> {
  const find = async () =>
    (await query(page, stack, "models", "list", { search: "mnist-cnn" })).items.find(({ name }) => name === "mnist-cnn");
  if ((await find()) === undefined) await mutate(page, stack, "uploads", "useSample", { sample: "mnist-cnn" });
  await expect.poll(async () => (await find()) !== undefined, { timeout: 30_000 }).toBe(true);
  const id = (await find())?.id ?? "";
  const { versions } = await query(page, stack, "models", "get", { id });
  const versionId = versions.find(({ version }) => version === 1)?.id ?? "";
  return { address: `/models/${id}/versions/${versionId}`, versionId };
}

/** A static int8 variant, calibrated on the sample's images. It is not measured: that takes its time, and a graph has no speed. */
async function makeInt8(page: Page, stack: Stack, modelVersionId: string): Promise<void> {
  const sets = async () => query(page, stack, "dataSets", "list", undefined);
  const find = async () => (await sets()).find(({ name }) => name.startsWith("mnist-calibration"));
  if ((await find()) === undefined) await mutate(page, stack, "uploads", "useSample", { sample: "mnist-calibration" });
  await expect.poll(async () => (await find()) !== undefined, { timeout: 30_000 }).toBe(true);
  const { jobIds } = await mutate(page, stack, "jobs", "optimise", {
    modelVersionId,
    recipes: [
      {
        schemaVersion: 1,
        name: "int8 for the graph",
        passes: [
          { pass: "simplify" },
          {
            pass: "int8-static",
            perChannel: true,
            observer: "min-max",
            activations: "uint8",
            reduceRange: false,
            calibrationSamples: 16,
            exclude: [],
          },
        ],
      },
    ],
    calibrationDataSetId: (await find())?.id ?? null,
    testDataSetId: null,
    gates: [],
  });
  const state = async () => (await query(page, stack, "jobs", "get", { id: jobIds[0] ?? "" })).state;
  await expect.poll(state, { timeout: 60_000 }).toBe("SUCCEEDED");
}

async function findings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).exclude("[data-base-ui-focus-guard]").analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)}`));
}
