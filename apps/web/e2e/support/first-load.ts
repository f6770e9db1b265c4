import { gzipSync } from "node:zlib";
import { expect, type Locator, type Page } from "@playwright/test";
import { slowdownOf, spin } from "./machine-load.ts";

/** So long without another script, and the page has all that it wants by itself. */
const QUIET_MS = 500;
const MOST_LOADS = 3;

export interface FirstLoad {
  /** Every script that the browser fetched before anybody touched the page, in bytes of gzip: also what the page itself asked for later. */
  scripts: Map<string, number>;
  lcpMs: number;
  cls: number;
  /** From a press to the next frame: the longest of all presses. */
  inpMs: number;
  /** How many times longer than on a machine at rest things took; the times above are divided by it. 1: it was at rest. */
  slowdown: number;
}

export interface TimeLimits {
  lcpMs: number;
  cls: number;
  inpMs: number;
}

/**
 * Loads an address in a tab of its own and uses it. A load that is too slow is done again, three times in all, and the best counts: other work on the
 * machine only ever adds time, and a page that is too slow by itself is so every time. Where the processor is plainly shared with other work, times are
 * divided by how much longer a known amount of work takes.
 *
 * @param ready what is to be seen once the page is alive
 * @param press what a person does first
 */
export async function firstLoad(
  page: Page,
  url: string,
  limits: TimeLimits,
  ready: (tab: Page) => Locator,
  press: (tab: Page) => Promise<void>,
): Promise<FirstLoad> {
  let best = await loadOnce(page, url, ready, press);
  for (let load = 1; load < MOST_LOADS && (best.lcpMs > limits.lcpMs || best.inpMs > limits.inpMs); load += 1) {
    const again = await loadOnce(page, url, ready, press);
    best = {
      ...again,
      lcpMs: Math.min(best.lcpMs, again.lcpMs),
      inpMs: Math.min(best.inpMs, again.inpMs),
      cls: Math.max(best.cls, again.cls),
    };
  }
  return best;
}

async function loadOnce(page: Page, url: string, ready: (tab: Page) => Locator, press: (tab: Page) => Promise<void>): Promise<FirstLoad> {
  const tab = await page.context().newPage();
  const before = spin();
  try {
    const sources = new Set<string>();
    let lastScriptAt = Date.now();
    tab.on("request", (request) => {
      if (request.resourceType() !== "script") return;
      sources.add(request.url());
      lastScriptAt = Date.now();
    });
    await tab.goto(url);
    await expect(ready(tab)).toBeVisible();
    await expect(tab.locator('[aria-busy="true"]')).toHaveCount(0);
    await expect.poll(() => Date.now() - lastScriptAt, { intervals: [100] }).toBeGreaterThan(QUIET_MS);
    const untouched = [...sources];
    const { lcpMs, cls } = await tab.evaluate(readVitals);
    const inpMs = await slowestPress(tab, press);
    const slowdown = slowdownOf(before, spin());
    return { scripts: await weigh(tab, untouched), lcpMs: lcpMs / slowdown, cls, inpMs: inpMs / slowdown, slowdown };
  } finally {
    await tab.close();
  }
}

const sizes = new Map<string, number>();

async function weigh(tab: Page, sources: readonly string[]): Promise<Map<string, number>> {
  for (const source of sources) {
    if (!sizes.has(source)) sizes.set(source, gzipSync(await (await tab.request.get(source)).body()).length);
  }
  return new Map(sources.map((source) => [new URL(source).pathname, sizes.get(source) ?? 0]));
}

/** What the browser's own observers saw until now. Runs in the page. */
function readVitals(): Promise<{ lcpMs: number; cls: number }> {
  return new Promise((resolve) => {
    let lcpMs = 0;
    let cls = 0;
    new PerformanceObserver((list) => {
      lcpMs = list.getEntries().at(-1)?.startTime ?? lcpMs;
    }).observe({ type: "largest-contentful-paint", buffered: true });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) cls += (entry as PerformanceEntry & { value: number }).value;
    }).observe({ type: "layout-shift", buffered: true });
    setTimeout(() => resolve({ lcpMs, cls }), 100);
  });
}

async function slowestPress(tab: Page, press: (tab: Page) => Promise<void>): Promise<number> {
  await tab.evaluate(() => {
    Object.assign(window, { slowest: 0 });
    const options = { type: "event", durationThreshold: 16, buffered: false } as PerformanceObserverInit;
    new PerformanceObserver((list) => {
      const known = window as unknown as { slowest: number };
      for (const entry of list.getEntries()) known.slowest = Math.max(known.slowest, entry.duration);
    }).observe(options);
  });
  await press(tab);
  await tab.waitForTimeout(100);
  return tab.evaluate(() => (window as unknown as { slowest: number }).slowest);
}
