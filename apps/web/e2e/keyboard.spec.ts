import { expect, type Locator, type Page, test } from "@playwright/test";
import { becomeOwner, openPage } from "./support/pages.ts";
import { seed } from "./support/seed.ts";
import type { Stack } from "./support/stack.ts";

/** Everything without a mouse: WCAG 2.2 AA's 2.1.1, 2.4.3, 2.4.7, 2.4.11 and 2.5.8. */
const ROOMS = ["/", "/models", "/devices", "/groups", "/rollouts", "/rollouts/new", "/settings?tab=members"];
/** Enough for every stop of the longest page here. */
const MOST_STOPS = 120;

test("the first Tab offers to skip to the content", async ({ page }) => {
  const stack = await becomeOwner(page);
  await openPage(page, `${stack.url}/devices`);
  await page.keyboard.press("Tab");
  const skip = page.getByRole("link", { name: "Skip to content" });
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("main")).toBeFocused();
  await page.keyboard.press("Tab");
  expect(await page.evaluate(() => document.querySelector("main")?.contains(document.activeElement))).toBe(true);
});

test("Tab walks every page in the order in which it is read, with a ring to see and nothing over it", async ({ page }) => {
  const stack = await becomeOwner(page);
  await seed(page, stack);
  for (const room of ROOMS) {
    await openPage(page, stack.url + room);
    await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
    expect(await walk(page), room).toEqual([]);
  }
});

test("every target is at least 24 px, or has that much room", async ({ page }) => {
  const stack = await becomeOwner(page);
  const { rolloutId, deviceId, modelId, versionId } = await seed(page, stack);
  for (const room of [...ROOMS, `/rollouts/${rolloutId}`, `/devices/${deviceId}`, `/models/${modelId}/versions/${versionId}`]) {
    await openPage(page, stack.url + room);
    await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
    expect(await smallTargets(page), room).toEqual([]);
  }
});

test("Escape closes what is open and the focus returns to where it was", async ({ page }) => {
  const stack = await becomeOwner(page);
  for (const [room, button, role] of [
    ["/devices", "Add devices", "dialog"],
    ["/devices", "Filter", "dialog"],
    ["/groups", "New group", "dialog"],
    ["/settings?tab=members", "Invite somebody", "dialog"],
    ["/", /^Account/, "menu"],
  ] as const) {
    await openPage(page, stack.url + room);
    const trigger = page.getByRole("button", { name: button }).first();
    await trigger.focus();
    await page.keyboard.press("Enter");
    const opened = page.getByRole(role);
    await expect(opened).toBeVisible();
    await expect
      .poll(() => opened.evaluate((element) => element.contains(document.activeElement)), `${room}: the focus is inside`)
      .toBe(true);
    await page.keyboard.press("Escape");
    await expect(opened).toBeHidden();
    await expect(page.getByRole("button", { name: button }).first(), `${room}: the focus is back`).toBeFocused();
  }
});

test("⌘K finds pages, does things and finds devices", async ({ page, context }) => {
  const stack = await becomeOwner(page);
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const { deviceId } = await seed(page, stack);
  const choose = async (words: string) => {
    await openPage(page, `${stack.url}/jobs`);
    await page.keyboard.press("Control+k");
    const menu = page.getByRole("dialog");
    await menu.getByRole("combobox").fill(words);
    await expect(menu.getByRole("option").first()).toBeVisible();
    await page.keyboard.press("Enter");
  };
  for (const [words, address] of [
    ["data sets", "/data-sets"],
    ["start a new rollout", "/rollouts/new"],
    ["settings", "/settings"],
  ] as const) {
    await choose(words);
    await expect(page, words).toHaveURL(stack.url + address);
  }
  for (const words of ["add a device", "make a group", "invite somebody"]) {
    await choose(words);
    await expect(page.getByRole("dialog").getByRole("heading"), words).toContainText(/Add devices|New group|Invite somebody/);
  }
  await choose("upload a model");
  await expect(page).toHaveURL(/\/models/);
  await choose("dark theme");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await choose("light theme");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "light");
  await choose("copy the address");
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(`${stack.url}/jobs`);
  await choose("chinese");
  await expect(page.locator("html")).toHaveAttribute("lang", "zh-CN");
  await context.clearCookies({ name: "flotilla-locale" });
  await findDevice(page, stack, deviceId);
});

test("the stages of a rollout are made by keyboard", async ({ page }) => {
  const stack = await becomeOwner(page);
  await seed(page, stack);
  await openPage(page, `${stack.url}/rollouts/new`);
  const stages = page.getByRole("main").locator("form ol > li");
  await expect(stages.first()).toBeVisible();
  const before = await stages.count();
  await press(page, page.getByRole("button", { name: "Add a stage" }), "Enter");
  await expect(stages).toHaveCount(before + 1);
  const name = stages.last().getByRole("textbox").first();
  await name.focus();
  await page.keyboard.press("Control+a");
  await page.keyboard.type("Night shift");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Control+a");
  await page.keyboard.type("90");
  await expect(stages.last().getByRole("spinbutton").first()).toHaveValue("90");
  await press(page, stages.last().getByRole("checkbox"), "Space");
  await expect(stages.last().getByRole("checkbox")).toBeChecked();
  await press(page, stages.last().getByRole("button", { name: /Night shift/ }), "Enter");
  await expect(stages).toHaveCount(before);
});

test("arrows walk the devices of a rollout and Enter opens one", async ({ page }) => {
  const stack = await becomeOwner(page);
  const { rolloutId } = await seed(page, stack);
  await openPage(page, `${stack.url}/rollouts/${rolloutId}`);
  const dots = page.getByRole("listbox");
  await dots.focus();
  const names = await dots.getByRole("option").evaluateAll((all) => all.map((one) => one.getAttribute("data-device")));
  const chosen = dots.locator('[aria-selected="true"]');
  await expect(chosen).toHaveAttribute("data-device", names[0] ?? "");
  await page.keyboard.press("ArrowRight");
  await expect(chosen).toHaveAttribute("data-device", names[1] ?? "");
  await page.keyboard.press("End");
  await expect(chosen).toHaveAttribute("data-device", names.at(-1) ?? "");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/devices\/[0-9a-f-]{36}/);
});

test("nothing moves for somebody who asked for less motion", async ({ page }) => {
  const stack = await becomeOwner(page);
  await page.emulateMedia({ reducedMotion: "reduce" });
  await openPage(page, `${stack.url}/`);
  const longest = await page.evaluate(() => {
    const seconds = (text: string) => Math.max(...text.split(",").map((one) => Number.parseFloat(one)));
    const styles = [...document.querySelectorAll("*")].map((element) => getComputedStyle(element));
    return Math.max(...styles.map((style) => Math.max(seconds(style.animationDuration), seconds(style.transitionDuration))));
  });
  expect(longest).toBeLessThanOrEqual(0.001);
});

test("the theme changes at once: no element fades from one into the other", async ({ page }) => {
  const stack = await becomeOwner(page);
  await openPage(page, `${stack.url}/models`);
  const button = page.getByRole("button", { name: "Use the dark theme" });
  await button.hover();
  await page.evaluate(() => {
    document.addEventListener("transitionrun", (event) => {
      const of = event.target as Element;
      if (of.closest("button:hover") === null) document.body.dataset["faded"] = `${document.body.dataset["faded"] ?? ""} ${of.tagName}`;
    });
  });
  await button.click();
  await expect(page.locator("html[data-theme=dark]:not([data-theme-changes])")).toHaveCount(1);
  await expect(page.locator("body")).not.toHaveAttribute("data-faded");
  // Afterwards a hover fades again.
  const account = page.getByRole("button", { name: /^Account/ });
  expect(await account.evaluate((element) => getComputedStyle(element).transitionDuration)).not.toBe("0s");
});

async function press(page: Page, target: Locator, key: string): Promise<void> {
  await target.focus();
  await page.keyboard.press(key);
}

async function findDevice(page: Page, stack: Stack, deviceId: string): Promise<void> {
  await openPage(page, `${stack.url}/jobs`);
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox").fill("demo-");
  const found = page.getByRole("option").filter({ hasText: "device" }).filter({ hasText: "demo-" }).first();
  await expect(found).toBeVisible();
  await found.click();
  await expect(page).toHaveURL(/\/devices\/[0-9a-f-]{36}/);
  expect(deviceId).toMatch(/[0-9a-f-]{36}/);
}

/**
 * Tabs from the page's start until the focus leaves it.
 *
 * @returns what is wrong with a stop: without a ring, hidden under something, or before the one that precedes it in the document
 */
async function walk(page: Page): Promise<string[]> {
  await page.evaluate(() => document.body.focus());
  const problems: string[] = [];
  for (let stop = 0; stop < MOST_STOPS; stop += 1) {
    await page.keyboard.press("Tab");
    const answer = await page.evaluate(lookAtFocus);
    if (answer === null) break;
    problems.push(...answer);
  }
  return problems;
}

/** Runs in the page: null once the focus is nowhere or has come round. */
function lookAtFocus(): string[] | null {
  const element = document.activeElement;
  const seen = ((window as unknown as { stops?: Element[] }).stops ??= []);
  if (!(element instanceof HTMLElement) || element === document.body || seen.includes(element)) return null;
  const previous = seen.at(-1);
  seen.push(element);
  const problems: string[] = [];
  const name = `<${element.tagName.toLowerCase()}> “${(element.getAttribute("aria-label") ?? element.textContent).slice(0, 40)}”`;
  if (previous !== undefined && !(previous.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING))
    problems.push(`${name} comes before its predecessor`);
  const ringed = (candidate: Element | null) =>
    candidate !== null &&
    getComputedStyle(candidate).outlineStyle !== "none" &&
    Number.parseFloat(getComputedStyle(candidate).outlineWidth) >= 2;
  if (!ringed(element) && !ringed(element.parentElement) && !ringed(element.nextElementSibling)) problems.push(`${name} has no ring`);
  const { left, top, width, height } = element.getBoundingClientRect();
  const shown = document.elementFromPoint(left + width / 2, top + height / 2);
  // A control that is drawn by its label (switch, segment) is pointed at through it.
  const own = element.closest("label") ?? element;
  if (shown === null || !(own.contains(shown) || shown.contains(element))) problems.push(`${name} is hidden`);
  return problems;
}

/** Targets below 24 × 24 px whose 24 px circle meets another target (WCAG 2.5.8 with its spacing exception; links in a sentence are exempt). */
async function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const targets = [...document.querySelectorAll<HTMLElement>("a[href], button, input, select, textarea, summary, [role=option]")]
      .map((element) => element.closest("label") ?? element)
      .filter(
        (element, index, all) =>
          all.indexOf(element) === index && element.checkVisibility({ visibilityProperty: true, opacityProperty: true }),
      );
    const boxes = targets
      .map((element) => ({ element, box: element.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 1 && box.height > 1);
    const small = boxes.filter(({ box }) => box.width < 23.5 || box.height < 23.5);
    const middle = ({ left, top, width, height }: DOMRect) => ({ x: left + width / 2, y: top + height / 2 });
    const meets = (one: (typeof boxes)[number], other: (typeof boxes)[number]): boolean => {
      if (one === other || one.element.contains(other.element) || other.element.contains(one.element)) return false;
      const { x, y } = middle(one.box);
      const near = { x: Math.min(Math.max(x, other.box.left), other.box.right), y: Math.min(Math.max(y, other.box.top), other.box.bottom) };
      const otherSmall = small.includes(other);
      const to = otherSmall ? middle(other.box) : near;
      return Math.hypot(to.x - x, to.y - y) < (otherSmall ? 24 : 12);
    };
    const inSentence = (element: HTMLElement) => element.matches("p a, p button");
    return small
      .filter((one) => !inSentence(one.element) && boxes.some((other) => meets(one, other)))
      .map(
        ({ element, box }) =>
          `${element.tagName} “${(element.getAttribute("aria-label") ?? element.textContent).slice(0, 40)}” ${Math.round(box.width)} × ${Math.round(box.height)}`,
      );
  });
}
