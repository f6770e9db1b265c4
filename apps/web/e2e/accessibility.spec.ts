import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { becomeOwner, openPage } from "./support/pages.ts";
import { seed, type Seeded } from "./support/seed.ts";
import { readStack, type Stack } from "./support/stack.ts";

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const locales = ["en", "zh-CN"] as const;

/** axe finds nothing: on no page, in neither theme, in neither language. */
for (const locale of locales) {
  test(`axe finds nothing for somebody who is not signed in (${locale})`, async ({ page }) => {
    const stack = await readStack();
    await speak(page, stack, locale);
    const findings: string[] = [];
    for (const address of ["/sign-in", "/setup", "/setup?token=wrong", "/join", "/join?token=wrong", "/enrol", "/enrol#token"]) {
      await page.goto(stack.url + address);
      findings.push(...(await check(page, address)));
    }
    expect(findings).toEqual([]);
  });

  test(`axe finds nothing on any page (${locale})`, async ({ page }) => {
    const stack = await becomeOwner(page);
    const seeded = await seed(page, stack);
    await speak(page, stack, locale);
    const findings: string[] = [];
    for (const address of addressesOf(seeded)) {
      await page.goto(stack.url + address);
      findings.push(...(await check(page, address)));
    }
    expect(findings).toEqual([]);
  });
}

test("axe finds nothing with a dialog or a menu open", async ({ page }) => {
  const stack = await becomeOwner(page);
  const seeded = await seed(page, stack);
  const findings: string[] = [];
  for (const [name, open] of Object.entries(openers(seeded))) {
    await open(page, stack);
    findings.push(...(await check(page, name)));
  }
  expect(findings).toEqual([]);
});

/** Everything that has an address. */
function addressesOf({ modelId, versionId, dataSetId, deviceId, rolloutId, releaseId, groupId }: Seeded): string[] {
  const version = `/models/${modelId}/versions/${versionId}`;
  const tabs = ["card", "graph", "variants", "validation", "runs-on", "lineage", "history"].map((tab) => `${version}?tab=${tab}`);
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
  const dialogBehindMenu = (address: string, item: string) => async (page: Page, stack: Stack) => {
    await menuBehind(address, "Actions")(page, stack);
    await page.getByRole("menuitem", { name: item }).click();
    await page.getByRole("dialog").waitFor();
  };
  return {
    "add devices": dialogAt("/devices?add=true"),
    "new group": dialogAt("/groups?new=true"),
    "invite somebody": dialogAt("/settings?tab=members&invite=true"),
    filter: dialogBehind("/devices", "Filter"),
    rename: dialogBehindMenu(`/devices/${deviceId}`, "Rename"),
    tags: dialogBehindMenu(`/devices/${deviceId}`, "Change tags"),
    revoke: dialogBehindMenu(`/devices/${deviceId}`, "Revoke"),
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

async function speak(page: Page, stack: Stack, locale: string): Promise<void> {
  await page.context().addCookies([{ name: "flotilla-locale", value: locale, url: stack.url }]);
}

/**
 * Looks at the page as it stands, in light and in dark: the themes differ in nothing but their colours.
 *
 * @returns a line a finding: where, which rule, what
 */
async function check(page: Page, where: string): Promise<string[]> {
  await page.getByRole("heading", { level: 1, includeHidden: true }).first().waitFor({ state: "attached" });
  await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
  const light = await analyse(page, "light");
  const dark = await analyse(page, "dark");
  return [...light.map((line) => `${where}: ${line}`), ...dark.map((line) => `${where} in dark: ${line}`)];
}

async function analyse(page: Page, theme: "light" | "dark"): Promise<string[]> {
  await page.evaluate(async (name) => {
    document.documentElement.dataset["theme"] = name;
    // The half-way colours of a transition are nobody's to read.
    await Promise.allSettled(
      document
        .getAnimations()
        .filter((each) => each instanceof CSSTransition)
        .map((each) => each.finished),
    );
  }, theme);
  // Legacy mode: the page has no frames, and a second tab for the result takes longer than the analysis.
  // Left out: the menus' focus guards. They are hidden and focusable on purpose, and hand the focus on before anybody meets them.
  const axe = new AxeBuilder({ page }).setLegacyMode(true).exclude("[data-base-ui-focus-guard]");
  const { violations } = await (theme === "light" ? axe.withTags(TAGS) : axe.withRules(["color-contrast"])).analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 200)} ${node.failureSummary ?? ""}`));
}
