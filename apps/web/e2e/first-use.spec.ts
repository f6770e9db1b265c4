import { access, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, type Locator, type Page, test } from "@playwright/test";
import { decodeQR } from "qr/decode.js";
import { type Device, startAgent, startByCommand } from "./support/agent.ts";
import { mutate, query } from "./support/api.ts";
import { browserOptions } from "./support/browser.ts";
import { becomeOwner, openPage } from "./support/pages.ts";
import type { Stack } from "./support/stack.ts";

/** What somebody meets who has no device at hand, only a phone, or a device that is not well. */
const started: Device[] = [];
test.afterEach(async () => {
  await Promise.all(started.splice(0).map((device) => device.remove()));
});

test("five devices are simulated when somebody asks, enrol by themselves, and are taken away again", async ({ page }) => {
  const stack = await becomeOwner(page);
  await openPage(page, `${stack.url}/devices?add=true`);
  await page.getByRole("dialog").getByRole("button", { name: "Simulate five" }).click();
  await expect(page.getByText("5 devices are simulated on this machine")).toBeVisible({ timeout: 30_000 });
  for (let n = 1; n <= 5; n += 1) await expect(rowOf(page, `sim-${n}`)).toContainText("healthy", { timeout: 15_000 });
  expect(Object.keys(await processes(stack))).toEqual(expect.arrayContaining(["device-sim-1", "device-sim-5"]));
  const fleet = await query(page, stack, "devices", "list", { filter: "simulated = yes" });
  expect(new Set(fleet.items.map((device) => device.fingerprint)).size, "each has a key of its own").toBe(5);
  await page.getByRole("button", { name: "Remove them…" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("Their 5 processes stop");
  await dialog.getByRole("button", { name: "Remove" }).click();
  await expect(rowOf(page, "sim-1")).toHaveCount(0, { timeout: 20_000 });
  await expect(page.getByText(/simulated/)).toHaveCount(0);
  await expect.poll(async () => Object.keys(await processes(stack)).filter((name) => name.includes("sim"))).toEqual([]);
  await expect(access(path.join(stack.dataDirectory, "devices", "sim-1"))).rejects.toThrow("ENOENT");
});

test("a phone that scans the code gets the command, and the device that runs it joins", async ({ playwright }) => {
  // A name for this machine that is not its own: at localhost no phone could follow.
  const { launchOptions } = await browserOptions();
  const args = [...launchOptions.args, "--host-resolver-rules=MAP fleet.test 127.0.0.1"];
  const browser = await playwright.chromium.launch({ ...launchOptions, args });
  try {
    const page = await (await browser.newContext({ locale: "en-GB" })).newPage();
    const stack = await becomeOwner(page);
    const cookies = await page.context().cookies();
    const elsewhere = { ...stack, url: stack.url.replace("localhost", "fleet.test") };
    await page.context().addCookies(cookies.map((cookie) => ({ ...cookie, domain: "fleet.test" })));
    await openPage(page, `${elsewhere.url}/devices?add=true`);
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("How many devices").fill("1");
    await dialog.getByRole("button", { name: "Make the command" }).click();
    const link = await scan(dialog.getByRole("img", { name: /QR code/ }));
    expect(link).toMatch(new RegExp(`^${elsewhere.url}/enrol#[\\w-]+$`));
    const phone = await (await browser.newContext({ locale: "en-GB", viewport: { width: 390, height: 844 } })).newPage();
    await phone.goto(link);
    const command = (await phone.getByLabel("the command").textContent()) ?? "";
    expect(command).toContain("--server https://fleet.test:");
    expect(await phone.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    started.push(await startByCommand(command.replace("https://fleet.test", "https://localhost"), "edge-by-phone"));
    await expect(dialog.getByText("1 of 1 have joined")).toBeVisible({ timeout: 30_000 });
    await phone.goto(`${elsewhere.url}/enrol`);
    await expect(phone.getByText("This link is not complete")).toBeVisible();
  } finally {
    await browser.close();
  }
});

test("at localhost there is no code that leads nowhere, but what to do for one", async ({ page }) => {
  const stack = await becomeOwner(page);
  await openPage(page, `${stack.url}/devices?add=true`);
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByLabel("Name of the token"), "the first field has the focus").toBeFocused();
  await dialog.getByRole("button", { name: "Make the command" }).click();
  await expect(dialog.getByText(/Only this machine reaches the dashboard/)).toBeVisible();
  await expect(dialog.getByRole("img", { name: /QR code/ })).toHaveCount(0);
});

test("a device's page shows what its agent's log warns of, and the overview who waits, in one row", async ({ page }) => {
  const stack = await becomeOwner(page);
  const torn = async (directory: string) => {
    await writeFile(path.join(directory, "journal.json"), "{");
  };
  started.push(await startAgent(stack, "edge-torn", [], torn), await startAgent(stack, "edge-waits"));
  await openPage(page, `${stack.url}/`);
  const waiting = page.locator('[data-attention="devices-pending"]');
  await expect(waiting).toHaveCount(1, { timeout: 30_000 });
  for (const name of ["edge-torn", "edge-waits"]) await expect(waiting.getByRole("link", { name })).toBeVisible({ timeout: 30_000 });
  const { items } = await query(page, stack, "devices", "list", { filter: '"edge-torn"', state: "PENDING" });
  const id = items[0]?.id ?? "";
  await mutate(page, stack, "devices", "accept", { ids: [id] });
  await openPage(page, `${stack.url}/devices/${id}`);
  await expect(page.getByRole("region", { name: "What does its log warn of?" })).toContainText(
    "the journal could not be read: it is put aside and rebuilt from the slots",
    { timeout: 30_000 },
  );
});

function rowOf(page: Page, name: string): Locator {
  return page.getByRole("row").filter({ hasText: name });
}

async function processes(stack: Stack): Promise<Record<string, number>> {
  return JSON.parse(await readFile(path.join(stack.dataDirectory, "logs", "processes.json"), "utf8")) as Record<string, number>;
}

/** Reads the code as a camera does: from its pixels. */
async function scan(code: Locator): Promise<string> {
  await expect(code).toBeVisible();
  const size = 400;
  const pixels = await code.evaluate(async (element, side) => {
    const picture = new Image();
    picture.src = `data:image/svg+xml;utf8,${encodeURIComponent(new XMLSerializer().serializeToString(element))}`;
    await picture.decode();
    const canvas = document.createElement("canvas");
    canvas.width = side;
    canvas.height = side;
    const context = canvas.getContext("2d");
    context?.drawImage(picture, 0, 0, side, side);
    return [...(context?.getImageData(0, 0, side, side).data ?? [])];
  }, size);
  return decodeQR({ width: size, height: size, data: Uint8ClampedArray.from(pixels) });
}
