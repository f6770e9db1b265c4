import { randomBytes } from "node:crypto";
import { copyFile, readFile, writeFile } from "node:fs/promises";
import { AxeBuilder } from "@axe-core/playwright";
import { samples } from "@flotilla/samples";
import { type BrowserContext, expect, type Locator, type Page, test } from "@playwright/test";
import { query } from "./support/api.ts";
import { largeModel } from "./support/models.ts";
import { becomeOwner, chooseFile, openPage, uploadCard } from "./support/pages.ts";
import type { Stack } from "./support/stack.ts";
import { dropFile, openConnection, unfinishedOnDisk, watchParts } from "./support/uploads.ts";

/** Files on their way from a browser tab: slow, interrupted, repeated, dropped, cancelled, by keyboard, and wrong. */
const MEGABYTE = 1e6;
const SLOW = 4 * MEGABYTE;
const OFTEN = { intervals: [100] };
/** As it is hashed, and then as it is sent: "Uploading 42% · 12.6 MB of 20 MB · 3.9 MB/s · 3 sec left". */
const PROGRESS = /Uploading\s+\d+% · [\d.]+ MB of 20(\.\d)? MB · [\d.]+ MB\/s · \d+ sec left/;

test("a large model shows how far it is, outlives its tab and its connection, and is there at once the next time", async ({
  page,
  context,
}) => {
  const stack = await becomeOwner(page);
  const file = test.info().outputPath("large.onnx");
  const content = await largeModel(20 * MEGABYTE);
  await writeFile(file, content);
  const received = await test.step("it is hashed in a worker and sent with speed and time left; its tab is closed half way", () =>
    sendPart(page, stack, file));
  const second = await context.newPage();
  const parts = watchParts(second);
  await test.step("a new tab says what is missing; chosen again, the file goes on from there", async () => {
    await openPage(second, `${stack.url}/models`);
    const card = uploadCard(second, "large.onnx");
    await expect(card).toContainText(/Unfinished: [\d.]+ MB of 20(\.\d)? MB arrived/);
    await expectAccessible(second);
    const connection = await openConnection(second);
    await connection.slow(SLOW);
    await chooseFile(second, "Continue: choose the same file again", file);
    await expect(card).toContainText("continued where it stopped");
    await expect.poll(() => percentOf(card), OFTEN).toBeGreaterThan(50);
    expect(parts[0]?.from).toBe(received);
    await test.step("without a connection it waits, and goes on by itself", async () => {
      await connection.cut();
      await expect(card).toContainText("The connection is lost");
      await expectAccessible(second);
      await expect(card).toContainText("The upload goes on by itself");
      await connection.slow(-1);
    });
    await expect(card).toHaveAttribute("data-state", "READY", { timeout: 30_000 });
    await expect(card).toContainText("Opset");
  });
  const arrived = parts.reduce((bytes, { from, to }) => bytes + (to === null ? 0 : to - from), 0);
  expect(parts.at(-1)?.to).toBe(content.length);
  expect(arrived, "what arrived in the first tab is not sent again").toBeLessThanOrEqual(content.length - received);
  expect(
    parts.some(({ to }) => to === null),
    "the part on which the connection was cut",
  ).toBe(true);
  expect(await unfinishedOnDisk(stack)).toEqual({});
  await test.step("the same file again sends nothing", () => sendAgain(context, stack, file));
});

/** @returns how many bytes the server has when the tab is closed */
async function sendPart(page: Page, stack: Stack, file: string): Promise<number> {
  await openPage(page, `${stack.url}/models`);
  const connection = await openConnection(page);
  await connection.slow(SLOW);
  const worker = page.waitForEvent("worker");
  await chooseFile(page, "Upload a model", file);
  await worker;
  const card = uploadCard(page, "large.onnx");
  await expect.poll(async () => PROGRESS.test(await card.innerText()), { ...OFTEN, message: "percent, speed and time left" }).toBe(true);
  await expect.poll(() => percentOf(card), OFTEN).toBeGreaterThan(20);
  await page.close();
  // What was on its way still arrives.
  let bytes = 0;
  const settled = async () => {
    const before = bytes;
    [bytes = 0] = Object.values(await unfinishedOnDisk(stack));
    return bytes > 0 && bytes === before;
  };
  await expect.poll(settled, { intervals: [500] }).toBe(true);
  expect(bytes).toBeLessThan(20 * MEGABYTE);
  return bytes;
}

async function sendAgain(context: BrowserContext, stack: Stack, file: string): Promise<void> {
  const page = await context.newPage();
  await openPage(page, `${stack.url}/models`);
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  await chooseFile(page, "Upload a model", file);
  const card = uploadCard(page, "large.onnx");
  await expect(card).toHaveAttribute("data-state", "READY");
  await expect(card).toContainText("the store has these bytes already, nothing was sent");
  expect(asked.filter((url) => url.includes("/api/upload"))).toEqual([]);
  await page.close();
}

test("a file is dropped onto the page: a model, a data set, and the same data set again", async ({ page }) => {
  const stack = await becomeOwner(page);
  const [model, zip] = [test.info().outputPath("dropped.onnx"), test.info().outputPath("dropped.zip")];
  await copyFile(samples.mnistCnn, model);
  await openPage(page, `${stack.url}/models`);
  await dropFile(page, model);
  await expect(uploadCard(page, "dropped.onnx")).toHaveAttribute("data-state", "READY");

  await writeFile(zip, withComment(await readFile(samples.mnistCalibrationZip), randomBytes(16)));
  await openPage(page, `${stack.url}/data-sets`);
  await dropFile(page, zip);
  const first = uploadCard(page, "dropped.zip");
  await expect(first).toHaveAttribute("data-state", "READY", { timeout: 30_000 });
  const before = await query(page, stack, "dataSets", "list", undefined);
  await first.getByRole("button", { name: "Put dropped.zip away" }).click();
  await expect(first).toBeHidden();

  const parts = watchParts(page);
  await dropFile(page, zip);
  const again = uploadCard(page, "dropped.zip");
  await expect(again).toContainText("This file is here already: it is the data set");
  await again.getByRole("link", { name: "Open the data set" }).click();
  await expect(page).toHaveURL(/\/data-sets\/[0-9a-f-]{36}$/);
  expect(parts).toEqual([]);
  expect(await query(page, stack, "dataSets", "list", undefined)).toEqual(before);
});

test("cancelled half way, an upload and its bytes are gone", async ({ page }) => {
  const stack = await becomeOwner(page);
  const file = test.info().outputPath("unwanted.onnx");
  await writeFile(file, await largeModel(20 * MEGABYTE));
  await openPage(page, `${stack.url}/models`);
  await (await openConnection(page)).slow(SLOW);
  await chooseFile(page, "Upload a model", file);
  const card = uploadCard(page, "unwanted.onnx");
  await expect.poll(async () => Object.values(await unfinishedOnDisk(stack))[0] ?? 0).toBeGreaterThan(MEGABYTE);
  await card.getByRole("button", { name: "Cancel the upload of unwanted.onnx" }).click();
  await expect(card).toBeHidden();
  await expect.poll(() => unfinishedOnDisk(stack)).toEqual({});
  await page.reload();
  await expect(page.getByRole("main").getByRole("button", { name: "Upload a model" }).first()).toBeVisible();
  await expect(card).toBeHidden();
});

test("without a mouse: choose, see it judged, put it away, choose again, open it", async ({ page }) => {
  const stack = await becomeOwner(page);
  const file = test.info().outputPath("by-keyboard.onnx");
  await copyFile(samples.mnistCnn, file);
  await openPage(page, `${stack.url}/models`);
  const choose = async () => {
    const chooser = page.waitForEvent("filechooser");
    await pressOn(page, page.getByRole("main").getByRole("button", { name: "Upload a model" }).first());
    await (await chooser).setFiles(file);
    await expect(uploadCard(page, "by-keyboard.onnx")).toHaveAttribute("data-state", "READY");
  };
  await choose();
  await pressOn(page, page.getByRole("button", { name: "Put by-keyboard.onnx away" }));
  await expect(uploadCard(page, "by-keyboard.onnx")).toBeHidden();
  await choose();
  await pressOn(page, uploadCard(page, "by-keyboard.onnx").getByRole("link", { name: "Open the model" }));
  await expect(page).toHaveURL(/\/models\/[0-9a-f-]{36}\/versions\/[0-9a-f-]{36}/);
});

test("a wrong file says what is wrong with it and what to do", async ({ page }) => {
  const stack = await becomeOwner(page);
  await openPage(page, `${stack.url}/models`);
  const wrong: [string, Buffer, RegExp][] = [
    ["notes.onnx", Buffer.from("Dear diary, today I trained a model.\n".repeat(20)), /This file cannot be used.*not a model/is],
    ["empty.onnx", Buffer.alloc(0), /The upload stopped.*is empty: 0 bytes\. Export it again/s],
    ["model.h5", Buffer.concat([Buffer.from("894844460d0a1a0a", "hex"), Buffer.alloc(600)]), /This file cannot be used.*Keras/s],
  ];
  for (const [name, content, sentence] of wrong) {
    const file = test.info().outputPath(name);
    await writeFile(file, content);
    await chooseFile(page, "Upload a model", file);
    await expect(uploadCard(page, name)).toContainText(sentence);
  }
  await expectAccessible(page);
  expect(await unfinishedOnDisk(stack)).toEqual({});
});

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).include("main").analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
}

/** A zip with a comment at its end: the same archive, and another file. */
function withComment(archive: Buffer, comment: Buffer): Buffer {
  const commented = Buffer.concat([archive, comment]);
  commented.writeUInt16LE(comment.length, archive.length - 2);
  return commented;
}

async function percentOf(card: Locator): Promise<number> {
  return Number(/Uploading\s+(\d+)%/.exec(await card.innerText())?.[1] ?? 0);
}

/** Reaches a control by Tab alone, and presses Enter on it. */
async function pressOn(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeVisible();
  const isFocused = () => target.evaluate((element) => element === document.activeElement);
  for (let stop = 0; stop < 80 && !(await isFocused()); stop += 1) await page.keyboard.press("Tab");
  await expect(target).toBeFocused();
  await page.keyboard.press("Enter");
}
