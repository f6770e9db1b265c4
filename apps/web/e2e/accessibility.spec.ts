import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { mutate, query } from "./support/api.ts";
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

  // Another language changes words and widths, no roles: the second walk over all pages belongs to the long part.
  test(`axe finds nothing on any page (${locale})`, locale === "en" ? {} : { tag: "@long" }, async ({ page }) => {
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

// A search and an int8 variant are made for it: a part of the long part.
test("axe finds nothing in a search and what it made, in rollouts that do not run, and on a phone", { tag: "@long" }, async ({ page }) => {
  const stack = await becomeOwner(page);
  const seeded = await seed(page, stack);
  const findings: string[] = [];
  const look = async (address: string, name = address) => {
    await openPage(page, stack.url + address);
    findings.push(...(await check(page, name)));
  };
  // Colours are the same at every width: dark is looked at once.
  const lookOnPhone = async (address: string) => {
    await openPage(page, stack.url + address);
    findings.push(...(await check(page, `${address} on a phone`, ["light"])), ...(await sideways(page, address)));
  };
  // The worker searches and quantises while the browser looks at the rest.
  const searchId = await startSearch(page, stack, seeded);
  const quantiseId = await startQuantising(page, stack, seeded);
  const resting = await restRollouts(page, stack, seeded);
  for (const [state, id] of Object.entries(resting)) await look(`/rollouts/${id}`, `a rollout that is ${state}`);
  await page.setViewportSize(PHONE);
  for (const address of [...addressesOnPhone(seeded), `/rollouts/${resting.halted}`]) await lookOnPhone(address);
  // A device that was on its way goes back, for whoever tests it next.
  await mutate(page, stack, "rollouts", "cancel", { id: resting.halted, mode: "revert" });
  const version = `/models/${seeded.modelId}/versions/${seeded.versionId}`;
  const found = await expectMade(page, stack, searchId);
  const integers = await expectMade(page, stack, quantiseId);
  const made = [
    `${version}?tab=variants&search=${searchId}&variant=${integers}`,
    `${version}?tab=graph&variant=${found}&times=true`,
  ] as const;
  for (const address of [...made, `${version}?tab=runs-on&variant=${integers}`]) await lookOnPhone(address);
  await page.setViewportSize(DESK);
  await look(made[0]);
  await expect(page.getByRole("heading", { name: "What was tried?" })).toBeVisible();
  await expect(page.getByTestId("activations")).toBeVisible();
  await look(made[1]);
  await expect(page.getByTestId("heat-legend")).toBeVisible();
  expect(findings).toEqual([]);
});

const PHONE = { width: 390, height: 844 };
const DESK = { width: 1440, height: 900 };

/** What somebody looks at who is called while away from the desk. */
function addressesOnPhone({ modelId, versionId, deviceId, rolloutId, releaseId, groupId }: Seeded): string[] {
  const version = `/models/${modelId}/versions/${versionId}`;
  const rollouts = ["/rollouts", `/rollouts/${rolloutId}`, `/rollouts/new?release=${releaseId}&group=${groupId}`];
  return ["/", "/devices", ...rollouts, `/devices/${deviceId}`, `${version}?tab=card`];
}

/** A page must not be wider than the phone: what is wide scrolls in a box of its own (WCAG 1.4.10). */
async function sideways(page: Page, where: string): Promise<string[]> {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  return over > 0 ? [`${where}: ${over} px wider than a phone`] : [];
}

async function startSearch(page: Page, stack: Stack, { versionId, dataSetId }: Seeded): Promise<string> {
  const limits = { maxSizeBytes: 100_000, maxLatencyMs: null, minSpeedup: null, minAgreement: 0.9, maxAccuracyDrop: null };
  const { jobId } = await mutate(page, stack, "jobs", "search", {
    modelVersionId: versionId,
    goal: { targetProfile: "arm64-cpu", ...limits },
    calibrationDataSetId: dataSetId,
    steeringDataSetId: null,
    testDataSetId: dataSetId,
    gates: [],
  });
  return jobId;
}

async function startQuantising(page: Page, stack: Stack, { versionId, dataSetId }: Seeded): Promise<string> {
  const pass = {
    pass: "int8-static",
    observer: "min-max",
    perChannel: true,
    activations: "uint8",
    reduceRange: true,
    exclude: [] as string[],
  } as const;
  const { jobIds } = await mutate(page, stack, "jobs", "optimise", {
    modelVersionId: versionId,
    recipes: [{ schemaVersion: 1, name: "integers to look at", passes: [{ pass: "simplify" }, { ...pass, calibrationSamples: 32 }] }],
    calibrationDataSetId: dataSetId,
    testDataSetId: dataSetId,
    gates: [],
  });
  return jobIds[0] ?? "";
}

/** @returns the variant that the job has made */
async function expectMade(page: Page, stack: Stack, id: string): Promise<string> {
  const read = () => query(page, stack, "jobs", "get", { id });
  await expect.poll(async () => (await read()).state, { timeout: 90_000 }).toBe("SUCCEEDED");
  return (await read()).variantId ?? "";
}

/** One rollout that has not begun, and one that was halted on its way to the second device. */
async function restRollouts(page: Page, stack: Stack, seeded: Seeded): Promise<{ draft: string; halted: string }> {
  const create = (name: string, releaseId: string, start: boolean) =>
    mutate(page, stack, "rollouts", "create", {
      name,
      releaseId,
      groupId: seeded.groupId,
      stages: [{ name: "One", target: { kind: "count", count: 1 }, soakSeconds: 3600, deadlineSeconds: 7200, manual: true }, LAST_STAGE],
      gates: { failureRateMax: 0.05, minimumSample: 1, goldenAgreementMin: null, latencyP95MaxRatio: null, memoryMaxRatio: null },
      start,
    });
  const draft = await create("Not yet", seeded.releaseId, false);
  // Devices already run the seeded release: a rollout of it has nothing to halt.
  const halted = await create("Stopped on the way", await anotherRelease(page, stack, seeded), true);
  await mutate(page, stack, "rollouts", "halt", { id: halted.id });
  return { draft: draft.id, halted: halted.id };
}

const LAST_STAGE = { name: "All", target: { kind: "percent", percent: 100 }, soakSeconds: 0, deadlineSeconds: 7200, manual: true } as const;

async function anotherRelease(page: Page, stack: Stack, { versionId, dataSetId }: Seeded): Promise<string> {
  const { variants } = await query(page, stack, "models", "version", { id: versionId });
  const { releaseId: id } = await mutate(page, stack, "releases", "create", {
    modelVersionId: versionId,
    variantIds: variants.slice(0, 1).map((variant) => variant.id),
    goldenDataSetId: dataSetId,
    goldenCount: 9,
    gates: { goldenAgreementMin: 0.9, latencyP95MaxMs: null, latencyP95MaxRatio: null, memoryMaxBytes: null, memoryMaxRatio: null },
    acceptFailedGates: true,
  });
  await expect.poll(async () => (await query(page, stack, "releases", "get", { id })).state, { timeout: 60_000 }).toBe("READY");
  return id;
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
 * Looks at the page as it stands, in light and then in dark: the themes differ in nothing but their colours.
 *
 * @returns a line a finding: where, which rule, what
 */
async function check(page: Page, where: string, themes: readonly ("light" | "dark")[] = ["light", "dark"]): Promise<string[]> {
  await page.getByRole("heading", { level: 1, includeHidden: true }).first().waitFor({ state: "attached" });
  await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
  const findings: string[] = [];
  for (const theme of themes)
    findings.push(...(await analyse(page, theme)).map((line) => `${where}${theme === "dark" ? " in dark" : ""}: ${line}`));
  return findings;
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
