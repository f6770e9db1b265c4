import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { mutate, query } from "./support/api.ts";
import { devicesOf, rollOutTo, untilRollout } from "./support/fleet.ts";
import { becomeOwner, openPage } from "./support/pages.ts";
import { seed } from "./support/seed.ts";
import type { Stack } from "./support/stack.ts";

/** The filter language where a person meets it, with the real devices of the stack. */
test("a filter is typed with completion, corrected, saved as a group, and a rollout reaches exactly its devices", async ({ page }) => {
  const stack = await becomeOwner(page);
  const { releaseId } = await seed(page, stack);
  const chosen = await tagTwo(page, stack);
  await openPage(page, `${stack.url}/devices`);
  const field = page.getByRole("combobox", { name: "Filter the devices" });
  await test.step("completion offers what the fleet has, by keyboard alone", () => typeByCompletion(page));
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("2 of the devices");
  await expect(page).toHaveURL(/filter=/);
  await test.step("an error points at its character and says what to do", () => pointAtError(page));
  await field.fill('ring = "canary" and online');
  await field.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("2 of the devices");
  await test.step("it becomes a group, with the devices that it would hold", () => saveAsGroup(page, chosen));
  const rolloutId = await rollOutTo(page, stack, releaseId, "Canaries");
  await untilRollout(page, stack, rolloutId, "COMPLETED");
  expect((await devicesOf(page, stack, rolloutId)).map(({ name }) => name).toSorted()).toEqual(chosen);
});

async function tagTwo(page: Page, stack: Stack): Promise<string[]> {
  const { items } = await query(page, stack, "devices", "list", { filter: "name ~ demo-* and online", state: "ACTIVE", limit: 2 });
  expect(items).toHaveLength(2);
  for (const { id, tags } of items) await mutate(page, stack, "devices", "setTags", { id, tags: { ...tags, ring: "canary" } });
  return items.map(({ name }) => name).toSorted();
}

async function typeByCompletion(page: Page): Promise<void> {
  const field = page.getByRole("combobox", { name: "Filter the devices" });
  await field.click();
  await expect(page.getByRole("option", { name: "example" }).first()).toBeVisible();
  await field.pressSequentially("rin");
  await expect(page.getByRole("option", { name: /^ring/ })).toBeVisible();
  await field.press("Tab");
  await expect(field).toHaveValue("ring ");
  await field.pressSequentially("= ");
  await field.press("ArrowDown");
  await expect(page.getByRole("option", { selected: true })).toContainText("canary");
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  await field.press("Enter");
  await expect(field).toHaveValue('ring = "canary" ');
  await field.press("Escape");
  await expect(page.getByRole("listbox")).toBeHidden();
}

async function pointAtError(page: Page): Promise<void> {
  const field = page.getByRole("combobox", { name: "Filter the devices" });
  await field.fill("online and memroyMb >= 512");
  await field.press("Enter");
  await expect(
    page.getByRole("alert").filter({ hasText: "At character 12: there is no field memroyMb. Did you mean memoryMb?" }),
  ).toBeVisible();
  await expect(page.locator("code .decoration-wavy")).toHaveText("memroyMb");
  await expect(field).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByRole("heading", { level: 1 }), "the table keeps what could be read").toHaveText("2 of the devices");
}

async function saveAsGroup(page: Page, chosen: readonly string[]): Promise<void> {
  await page.getByRole("button", { name: "Save as group" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByText("2 devices fit, 2 online")).toBeVisible();
  await expect(dialog.getByText(chosen.join(", "))).toBeVisible();
  await dialog.getByLabel("Name", { exact: true }).fill("Canaries");
  await dialog.getByRole("button", { name: "Make the group" }).click();
  await expect(dialog).toBeHidden();
}
