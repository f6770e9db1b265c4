import { expect, type Page, test } from "@playwright/test";
import { type Device, startAgent, startByCommand } from "./support/agent.ts";
import { query } from "./support/api.ts";
import { becomeOwner, openPage } from "./support/pages.ts";
import { seed } from "./support/seed.ts";
import type { Stack } from "./support/stack.ts";

/** How a device comes into the fleet, is looked after, and leaves it: with the real agent, gateway and broker. */
const started: Device[] = [];
test.afterEach(async () => {
  await Promise.all(started.splice(0).map((device) => device.remove()));
});

test("a device without a token waits for a person, is accepted, renamed, tagged, grouped and revoked", async ({ page }) => {
  const stack = await becomeOwner(page);
  const device = await startAgent(stack, "edge-by-hand");
  started.push(device);
  await test.step("it appears by itself, with the fingerprint that it shows", () => acceptByFingerprint(page, stack, device));
  const row = page.getByRole("row").filter({ hasText: device.name });
  await expect(row).toContainText(/healthy/, { timeout: 30_000 });
  await row.getByRole("link", { name: device.name }).click();
  await test.step("it is renamed", () => rename(page, "edge-7"));
  await test.step("it gets a tag", () => tag(page, "site", "harbour"));
  await test.step("a filter becomes a dynamic group that holds it", () => groupByTag(page, stack));
  await test.step("a revoked device is refused and its page says so", () => revoke(page, stack, device));
});

test("the command of “Add devices” lets as many devices join as it says", async ({ page }) => {
  const stack = await becomeOwner(page);
  await openPage(page, `${stack.url}/devices?add=true`);
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("How many devices").fill("1");
  await dialog.getByRole("button", { name: "Make the command" }).click();
  const command = (await dialog.getByText(/curl -fsSO/).textContent()) ?? "";
  expect((await page.request.get(/curl -fsSO (\S+)/.exec(command)?.[1] ?? "")).headers()["content-type"]).toContain("javascript");
  const device = await startByCommand(command, "edge-by-token");
  started.push(device);
  await expect(dialog.getByText("1 of 1 have joined")).toBeVisible({ timeout: 30_000 });
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(page.getByRole("row").filter({ hasText: device.name })).toBeVisible();
  const late = await startByCommand(command, "edge-too-late");
  started.push(late);
  await expect.poll(late.log, { timeout: 20_000 }).toContain("was used 1 of 1 times");
});

test("an invited viewer sees everything and is offered no change; the server refuses one all the same", async ({ page, browser }) => {
  const stack = await becomeOwner(page);
  const email = `viewer-${Date.now()}@example.org`;
  const link = await invite(page, stack, email);
  const context = await browser.newContext({ locale: "en-GB" });
  const theirs = await context.newPage();
  try {
    await theirs.goto(link);
    await theirs.getByLabel("Your name").fill("Grace Hopper");
    if ((await theirs.getByLabel("E-mail").inputValue()) === "") await theirs.getByLabel("E-mail").fill(email);
    await theirs.getByLabel("Password", { exact: true }).fill("another long battery");
    await theirs.getByRole("button", { name: "Join" }).click();
    await expect(theirs).toHaveURL(`${stack.url}/`);
    for (const [room, button] of [
      ["/devices", "Add devices"],
      ["/groups", "New group"],
      ["/rollouts", "New rollout"],
      ["/models", "Upload a model"],
      ["/settings?tab=members", "Invite somebody"],
    ] as const) {
      await openPage(theirs, stack.url + room);
      await expect(theirs.getByRole("heading", { level: 1 })).toBeVisible();
      await expect(theirs.getByRole("button", { name: button }).or(theirs.getByRole("link", { name: button })), room).toHaveCount(0);
    }
    const { rolloutId } = await seed(page, stack);
    await test.step("what they may not do is not offered by its address either", () => refuseByAddress(theirs, stack, rolloutId));
    const refused = await theirs.request.post(`${stack.url}/api/trpc/groups.create`, {
      headers: { "content-type": "application/json" },
      data: JSON.stringify({ json: { name: "Mine", kind: "dynamic", filter: "" } }),
    });
    expect(refused.status()).toBe(403);
    expect(await refused.text()).toContain('The role \\"viewer\\" may not do this (group:write)');
    await test.step("another role is asked about before it is given, and holds at once", () => promote(page, theirs, stack));
  } finally {
    await context.close();
  }
});

async function refuseByAddress(page: Page, stack: Stack, rolloutId: string): Promise<void> {
  for (const address of ["/rollouts/new", "/settings?tab=tokens"]) {
    await openPage(page, stack.url + address);
    await expect(page.getByRole("heading", { name: "Your role may not see this" }), address).toBeVisible();
  }
  for (const address of ["/devices?add=true", "/groups?new=true", "/settings?tab=members&invite=true"]) {
    await openPage(page, stack.url + address);
    await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
    await expect(page.getByRole("dialog"), address).toHaveCount(0);
  }
  await openPage(page, `${stack.url}/rollouts/${rolloutId}`);
  await expect(page.getByRole("heading", { name: "Decision log" })).toBeVisible();
  await expect(page.locator("[data-action]")).toHaveCount(0);
}

async function promote(page: Page, theirs: Page, stack: Stack): Promise<void> {
  await openPage(page, `${stack.url}/settings?tab=members`);
  const role = page.getByLabel("Role of Grace Hopper");
  await role.selectOption("operator");
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("Grace Hopper: from Viewer to Operator?");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(role).toHaveValue("viewer");
  await role.selectOption("operator");
  await dialog.getByRole("button", { name: "Change to Operator" }).click();
  await expect(role).toHaveValue("operator");
  await openPage(theirs, `${stack.url}/groups`);
  await expect(theirs.getByRole("button", { name: "New group" })).toBeVisible();
}

async function acceptByFingerprint(page: Page, stack: Stack, device: Device): Promise<void> {
  await openPage(page, `${stack.url}/devices`);
  const request = page.getByRole("listitem").filter({ hasText: device.name });
  await expect(request).toBeVisible({ timeout: 30_000 });
  const fingerprint = (await request.locator("code").textContent()) ?? "";
  expect(fingerprint).toMatch(/^[0-9A-Z]{6,}$/);
  await expect.poll(device.log).toContain(fingerprint);
  await request.getByRole("button", { name: "Accept" }).click();
  await expect(request).toBeHidden();
}

async function act(page: Page, item: string) {
  await page.getByRole("button", { name: "Actions" }).click();
  await page.getByRole("menuitem", { name: item }).click();
  return page.getByRole("dialog");
}

async function rename(page: Page, name: string): Promise<void> {
  const dialog = await act(page, "Rename");
  await dialog.getByRole("textbox").fill(name);
  await page.keyboard.press("Enter");
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
}

async function tag(page: Page, key: string, value: string): Promise<void> {
  const dialog = await act(page, "Change tags");
  await dialog.getByRole("button", { name: "Add a tag" }).click();
  await dialog.getByRole("textbox").nth(0).fill(key);
  await dialog.getByRole("textbox").nth(1).fill(value);
  await page.keyboard.press("Enter");
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("banner").or(page.getByRole("main")).getByText(`${key}=${value}`).first()).toBeVisible();
}

async function groupByTag(page: Page, stack: Stack): Promise<void> {
  const device = page.url();
  await openPage(page, `${stack.url}/devices?tag=site%3Dharbour`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("1 of the devices");
  await page.getByRole("button", { name: "Save as group" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByText("1 device fits, 1 online")).toBeVisible();
  await dialog.getByLabel("Name", { exact: true }).fill("Harbour");
  await dialog.getByRole("button", { name: "Make the group" }).click();
  await expect(dialog).toBeHidden();
  const groups = await query(page, stack, "groups", "list", undefined);
  expect(groups.find((group) => group.name === "Harbour")).toMatchObject({
    kind: "dynamic",
    filter: 'site = "harbour"',
    deviceCount: 1,
  });
  await openPage(page, device);
}

async function revoke(page: Page, stack: Stack, device: Device): Promise<void> {
  const dialog = await act(page, "Revoke");
  const confirm = dialog.getByRole("button", { name: "Revoke" });
  await expect(confirm, "its name has to be typed first").toBeDisabled();
  await dialog.getByRole("textbox").fill("edge-7");
  await confirm.click();
  await expect(dialog).toBeHidden();
  await expect(page.getByText("This device is revoked")).toBeVisible();
  await expect.poll(device.log, { timeout: 20_000 }).toMatch(/Device \S+ is revoked/);
  await openPage(page, `${stack.url}/devices`);
  await expect(page.getByRole("row").filter({ hasText: "demo-1" })).toBeVisible();
  await expect(page.getByRole("row").filter({ hasText: "edge-7" })).toHaveCount(0);
  await openPage(page, `${stack.url}/devices?state=REVOKED`);
  await expect(page.getByRole("row").filter({ hasText: "edge-7" })).toContainText("revoked");
}

async function invite(page: Page, stack: Stack, email: string): Promise<string> {
  await openPage(page, `${stack.url}/settings?tab=members&invite=true`);
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("E-mail").fill(email);
  await dialog.getByRole("radio", { name: /Viewer/ }).check();
  await dialog.getByRole("button", { name: "Make the link" }).click();
  return (await dialog.getByText(/\/join\?token=/).textContent()) ?? "";
}
