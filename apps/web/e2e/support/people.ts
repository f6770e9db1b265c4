import { type Browser, expect, type Page } from "@playwright/test";
import type { Role } from "@flotilla/contracts";
import { mutate } from "./api.ts";
import type { Stack } from "./stack.ts";

/** Somebody else of the organisation, in a browser of their own: invited by the page's owner. Close `page.context()` in the end. */
export async function joinAs(browser: Browser, owner: Page, stack: Stack, name: string, role: Role): Promise<Page> {
  const email = `${name.toLowerCase().replaceAll(/\W+/g, "-")}-${Date.now()}@example.org`;
  const { link } = await mutate(owner, stack, "members", "invite", { email, role });
  const context = await browser.newContext({ locale: "en-GB", viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.goto(new URL(link, stack.url).href);
  await page.getByLabel("Your name").fill(name);
  if ((await page.getByLabel("E-mail").inputValue()) === "") await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password", { exact: true }).fill("another long battery");
  await page.getByRole("button", { name: "Join" }).click();
  await expect(page).toHaveURL(`${stack.url}/`);
  return page;
}
