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

/** Makes the owner by the one-time link, or signs in where an earlier file has done it. */
export async function becomeOwner(page: Page): Promise<Stack> {
  const stack = await readStack();
  await page.goto(stack.setupUrl);
  await page.getByLabel("Your name").fill(OWNER.name);
  await page.getByLabel("E-mail").fill(OWNER.email);
  await page.getByLabel("Password", { exact: true }).fill(OWNER.password);
  await page.getByRole("button", { name: "Create the account" }).click();
  const done = page.getByText("Flotilla already has an owner");
  await expect(page.getByRole("navigation").first().or(done)).toBeVisible();
  if (await done.isVisible()) await signIn(page, stack);
  return stack;
}

/** The card of one upload, by its file's name. */
export function uploadCard(page: Page, fileName: string): Locator {
  return page.getByRole("region", { name: "Uploads" }).getByRole("listitem").filter({ hasText: fileName });
}

/** Chooses an option of one of our selects by its visible name. */
export async function choose(page: Page, label: string | RegExp, option: string | RegExp): Promise<void> {
  await page.getByRole("combobox", { name: label }).click();
  await page.getByRole("option", { name: option }).click();
}
