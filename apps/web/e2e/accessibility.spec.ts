import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { becomeOwner, openPage } from "./support/pages.ts";
import { seed, type Seeded } from "./support/seed.ts";
import { readStack, type Stack } from "./support/stack.ts";

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const themes = ["light", "dark"] as const;
const locales = ["en", "zh-CN"] as const;

/** axe finds nothing: on no page, in neither theme, in neither language. One page visits all of them; theme and language are its cookies. */
test("axe finds nothing for somebody who is not signed in", async ({ page }) => {
  const stack = await readStack();
  const addresses = ["/sign-in", "/setup", "/setup?token=wrong", "/join", "/join?token=wrong"];
  const findings: string[] = [];
  await inEachLook(page, stack, async (look) => {
    for (const address of addresses) {
      await page.goto(stack.url + address);
      await page.getByRole("heading", { level: 1 }).waitFor();
      findings.push(...(await check(page, `${look} ${address}`)));
    }
  });
  expect(findings).toEqual([]);
});

for (const theme of themes) {
  for (const locale of locales) {
    test(`axe finds nothing on any page (${theme}, ${locale})`, async ({ page }) => {
      const stack = await becomeOwner(page);
      const seeded = await seed(page, stack);
      await look(page, stack, theme, locale);
      const findings: string[] = [];
      for (const address of addressesOf(seeded)) {
        await page.goto(stack.url + address);
        await settle(page);
        findings.push(...(await check(page, address)));
      }
      expect(findings).toEqual([]);
    });
  }
}

test("axe finds nothing with a dialog or a menu open", async ({ page }) => {
  const stack = await becomeOwner(page);
  const seeded = await seed(page, stack);
  const findings: string[] = [];
  for (const theme of themes) {
    await look(page, stack, theme, "en");
    for (const [name, open] of Object.entries(openers(seeded))) {
      await open(page, stack);
      findings.push(...(await check(page, `${theme} ${name}`)));
    }
  }
  expect(findings).toEqual([]);
});

/** Everything that has an address. */
function addressesOf({ modelId, versionId, dataSetId, deviceId, rolloutId, releaseId, groupId }: Seeded): string[] {
  const version = `/models/${modelId}/versions/${versionId}`;
  const tabs = ["card", "variants", "validation", "runs-on", "history"].map((tab) => `${version}?tab=${tab}`);
  const settings = ["organisation", "members", "tokens", "you", "about"].map((tab) => `/settings?tab=${tab}`);
  const rooms = ["/", "/models", "/data-sets", "/jobs", "/releases", "/devices", "/devices?state=REVOKED", "/groups", "/rollouts"];
  return [
    ...rooms,
    ...[`/models/${modelId}`, ...tabs, `${version}/compare`, `/data-sets/${dataSetId}`],
    ...[`/devices/${deviceId}`, "/rollouts/new", `/rollouts/new?release=${releaseId}&group=${groupId}`, `/rollouts/${rolloutId}`],
    ...settings,
    ...["/nowhere", "/devices/00000000-0000-4000-8000-000000000000", "/rollouts/00000000-0000-4000-8000-000000000000"],
  ];
}

/** What opens over a page; each waits until it is there. */
function openers({ modelId, versionId, deviceId }: Seeded): Record<string, (page: Page, stack: Stack) => Promise<void>> {
  const dialogAt = (address: string) => async (page: Page, stack: Stack) => {
    await openPage(page, stack.url + address);
    await page.getByRole("dialog").waitFor();
  };
  const dialogBehind = (address: string, button: string | RegExp) => async (page: Page, stack: Stack) => {
    await openPage(page, stack.url + address);
    await page.getByRole("button", { name: button }).first().click();
    await page.getByRole("dialog").waitFor();
  };
  const menuBehind = (address: string, button: string | RegExp) => async (page: Page, stack: Stack) => {
    await openPage(page, stack.url + address);
    await page.getByRole("button", { name: button }).first().click();
    await page.getByRole("menu").waitFor();
  };
  return {
    "add devices": dialogAt("/devices?add=true"),
    "new group": dialogAt("/groups?new=true"),
    "invite somebody": dialogAt("/settings?tab=members&invite=true"),
    filter: dialogBehind("/devices", "Filter"),
    rename: dialogBehind(`/devices/${deviceId}`, "Rename"),
    tags: dialogBehind(`/devices/${deviceId}`, "Change tags"),
    revoke: dialogBehind(`/devices/${deviceId}`, "Revoke"),
    optimise: dialogBehind(`/models/${modelId}/versions/${versionId}`, "Optimise…"),
    "account menu": menuBehind("/", /^Account/),
    "group menu": menuBehind("/groups", /^Actions for/),
    "command menu": async (page, stack) => {
      await openPage(page, `${stack.url}/`);
      await page.keyboard.press("Control+k");
      await page.getByRole("dialog").waitFor();
    },
  };
}

async function inEachLook(page: Page, stack: Stack, visit: (look: string) => Promise<void>): Promise<void> {
  for (const theme of themes) {
    for (const locale of locales) {
      await look(page, stack, theme, locale);
      await visit(`${theme} ${locale}`);
    }
  }
}

async function look(page: Page, stack: Stack, theme: string, locale: string): Promise<void> {
  await page.context().addCookies([
    { name: "flotilla-theme", value: theme, url: stack.url },
    { name: "flotilla-locale", value: locale, url: stack.url },
  ]);
}

/** Until the page's heading is there and nothing is loading. */
async function settle(page: Page): Promise<void> {
  await page.getByRole("heading", { level: 1 }).first().waitFor();
  await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
}

/** @returns a line a finding: where, which rule, what */
async function check(page: Page, where: string): Promise<string[]> {
  // A transition's half-way colours are nobody's to read.
  await page.evaluate(() => Promise.allSettled(document.getAnimations().filter((each) => each instanceof CSSTransition).map((each) => each.finished)));
  const { violations } = await new AxeBuilder({ page }).withTags(TAGS).analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${where}: ${id}: ${node.html.slice(0, 200)} ${node.failureSummary ?? ""}`));
}
