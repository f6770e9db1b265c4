import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, type Locator, type Page } from "@playwright/test";
import { OWNER, readStack, type Stack } from "./stack.ts";

/** Signs in by hand, once per test: the session cookie then belongs to the page's context. */
export async function signIn(page: Page, stack: Stack): Promise<void> {
  await page.goto(`${stack.url}/sign-in`);
  await page.getByLabel("E-mail").fill(OWNER.email);
  await page.getByLabel("Password", { exact: true }).fill(OWNER.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(`${stack.url}/`);
}

/** Is the owner in this page: by the session of an earlier test, else by the one-time link, else by signing in. */
export async function becomeOwner(page: Page): Promise<Stack> {
  const stack = await readStack();
  // Signing in is limited to some attempts a minute, for tests too: one session serves them all.
  if (await resumeSession(page, stack)) return stack;
  await page.goto(stack.setupUrl);
  await page.getByLabel("Your name").fill(OWNER.name);
  await page.getByLabel("E-mail").fill(OWNER.email);
  await page.getByLabel("Password", { exact: true }).fill(OWNER.password);
  await page.getByRole("button", { name: "Create the account" }).click();
  const done = page.getByText("Flotilla already has an owner");
  await expect(page.getByRole("navigation").first().or(done)).toBeVisible();
  if (await done.isVisible()) await signIn(page, stack);
  await writeFile(sessionFile(stack), JSON.stringify(await page.context().cookies()));
  return stack;
}

function sessionFile(stack: Stack): string {
  return path.join(stack.dataDirectory, "e2e-session.json");
}

async function resumeSession(page: Page, stack: Stack): Promise<boolean> {
  const cookies = await readFile(sessionFile(stack), "utf8").catch(() => null);
  if (cookies === null) return false;
  await page.context().addCookies(JSON.parse(cookies) as Parameters<ReturnType<Page["context"]>["addCookies"]>[0]);
  await page.goto(`${stack.url}/`);
  return new URL(page.url()).pathname === "/";
}

/** Opens a page and waits until it is alive: hydrated, with its live connection open. */
export async function openPage(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await expect(page.getByText("live", { exact: true })).toBeVisible();
}

/** Chooses a file, or some together, as a person does: by the button, in the dialog of the browser. */
export async function chooseFile(page: Page, button: string, file: string | string[]): Promise<void> {
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: button }).first().click();
  await (await chooser).setFiles(file);
}

/** The newest card of one upload, by its file's name. */
export function uploadCard(page: Page, fileName: string): Locator {
  return page
    .locator("[data-upload], [data-state]")
    .filter({ has: page.getByRole("heading", { name: fileName, exact: true }) })
    .first();
}

/**
 * Notes every state that each dot of a rollout shows from now on.
 *
 * @returns reads what was seen, by device
 */
export async function watchDots(page: Page): Promise<() => Promise<Record<string, string[]>>> {
  await page.evaluate(() => {
    const seen: Record<string, string[]> = {};
    const note = () => {
      for (const dot of document.querySelectorAll<HTMLElement>("[data-device]")) {
        const { device = "", state = "" } = dot.dataset;
        const states = (seen[device] ??= []);
        if (states.at(-1) !== state) states.push(state);
      }
    };
    note();
    new MutationObserver(note).observe(document.body, {
      subtree: true,
      childList: true,
      attributes: true,
      attributeFilter: ["data-state"],
    });
    Object.assign(window, { dotsSeen: seen });
  });
  return async () => page.evaluate(() => (window as unknown as { dotsSeen: Record<string, string[]> }).dotsSeen);
}
