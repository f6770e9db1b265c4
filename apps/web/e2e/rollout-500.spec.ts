import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { mutate } from "./support/api.ts";
import { devicesOf, untilRollout } from "./support/fleet.ts";
import { becomeOwner, openPage } from "./support/pages.ts";
import { seed } from "./support/seed.ts";
import { connectSimulatedFleet } from "./support/simulated-fleet.ts";
import { type Smoothness, watchSmoothness } from "./support/smoothness.ts";
import type { Stack } from "./support/stack.ts";

/** The matrix of a rollout to 500 connected devices: smooth while they take the release, and every one of them can be reached. */
const DEVICES = 500;
/** After the canary, each as large as the others: the page changes for some seconds. */
const STAGES = 10;
/** A dot of the last stage that is seen without scrolling. */
const LATE_DOT = 470;
const IDLE_MS = 2000;
/** Of the main thread's processor time for one refresh of the page: less than what is called a long task. */
const REFRESH_CPU_MS = 50;

test("500 devices change on the matrix and the page stays smooth", { tag: "@long" }, async ({ page }) => {
  const stack = await becomeOwner(page);
  const { releaseId } = await seed(page, stack);
  const fleet = await connectSimulatedFleet(stack, DEVICES);
  try {
    const id = await startCanary(page, stack, { releaseId, groupId: fleet.groupId });
    await openPage(page, `${stack.url}/rollouts/${id}`);
    await expect(page.locator("canvas")).toBeVisible();
    const waiting = await dotColour(page, LATE_DOT);

    const endIdle = await watchSmoothness(page);
    await page.waitForTimeout(IDLE_MS);
    const idle = await endIdle();
    let refreshes = 0;
    page.on("response", (response) => (refreshes += Number(response.url().includes("rollouts.dots"))));
    const counts = await watchCounts(page);
    await page.locator('[data-action="promote"]').click();
    const dialog = page.getByRole("alertdialog").or(page.getByRole("dialog"));
    await dialog.getByRole("button").last().click();
    const endBusy = await watchSmoothness(page);
    await expect(page.locator('[data-kind="ok"]')).toHaveAttribute("data-count", String(DEVICES), { timeout: 45_000 });
    const busy = await endBusy();

    expectSmooth(idle, busy, refreshes);
    const seen = await counts();
    expect(new Set(seen.ok).size, "numbers of devices that ran it, as they were seen to grow").toBeGreaterThan(5);
    expect(Math.max(...seen.busy), "devices that were on their way at once").toBeGreaterThan(5);
    await expect.poll(() => dotColour(page, LATE_DOT)).not.toEqual(waiting);
    expect(await dotColour(page, LATE_DOT)).toEqual(await dotColour(page, 0));
    await untilRollout(page, stack, id, "COMPLETED");
    await expectReachable(page, stack, id);
  } finally {
    await fleet.remove();
  }
});

/** One device has it; the others wait for a person, who then lets them go stage by stage. */
async function startCanary(page: Page, stack: Stack, to: { releaseId: string; groupId: string }): Promise<string> {
  const rest = { soakSeconds: 0, deadlineSeconds: 600, manual: false };
  const percents = Array.from({ length: STAGES }, (_, index) => (100 * (index + 1)) / STAGES);
  const stages = percents.map((percent) => ({ name: `${percent} %`, target: { kind: "percent" as const, percent }, ...rest }));
  const { id } = await mutate(page, stack, "rollouts", "create", {
    ...to,
    name: `To ${DEVICES}`,
    stages: [{ name: "Canary", target: { kind: "count", count: 1 }, ...rest, manual: true }, ...stages],
    gates: { failureRateMax: 0.05, minimumSample: 1, goldenAgreementMin: null, latencyP95MaxRatio: null, memoryMaxRatio: null },
    start: true,
  });
  await expect.poll(async () => (await devicesOf(page, stack, id))[0]?.state, { timeout: 30_000 }).toBe("SUCCEEDED");
  return id;
}

/** Against the same page at rest, and by processor time: what other work takes of the machine does not count. */
function expectSmooth(idle: Smoothness, busy: Smoothness, refreshes: number): void {
  const refreshCpuMs = busy.cpuMs / refreshes;
  console.table({ idle, busy });
  console.log(`${refreshes} refreshes, ${refreshCpuMs.toFixed(1)} ms of the main thread each`);
  expect(refreshes).toBeGreaterThan(5);
  expect(busy.medianFrameMs, "median frame, against the same page at rest").toBeLessThanOrEqual(1.5 * idle.medianFrameMs);
  expect(refreshCpuMs, "processor time of the main thread per refresh").toBeLessThan(REFRESH_CPU_MS);
  expect(busy.longTasks, "long tasks: not in most refreshes").toBeLessThan(refreshes / 2);
}

/** Notes the legend's counts as they change. */
async function watchCounts(page: Page): Promise<() => Promise<{ ok: number[]; busy: number[] }>> {
  await page.evaluate(() => {
    const seen = { ok: [0], busy: [0] };
    const note = () => {
      for (const kind of ["ok", "busy"] as const)
        seen[kind].push(Number(document.querySelector(`[data-kind="${kind}"]`)?.getAttribute("data-count") ?? 0));
    };
    new MutationObserver(note).observe(document.body, {
      subtree: true,
      childList: true,
      attributes: true,
      attributeFilter: ["data-count"],
    });
    Object.assign(window, { countsSeen: seen });
  });
  return async () => page.evaluate(() => (window as unknown as { countsSeen: { ok: number[]; busy: number[] } }).countsSeen);
}

/** What the canvas shows in the middle of a dot, of those that are scrolled to. */
async function dotColour(page: Page, index: number): Promise<number[]> {
  return page.locator("canvas").evaluate((canvas: HTMLCanvasElement, at) => {
    const ratio = canvas.width / canvas.clientWidth;
    const columns = Math.floor(canvas.clientWidth / 24);
    const [x, y] = [(at % columns) * 24 + 12, Math.floor(at / columns) * 24 + 12];
    const pixel = canvas.getContext("2d")?.getImageData(Math.round(x * ratio), Math.round(y * ratio), 1, 1).data;
    return [...(pixel ?? [])];
  }, index);
}

/** By keyboard and by pointer: who a dot is, by name; and axe has nothing to say. */
async function expectReachable(page: Page, stack: Stack, id: string): Promise<void> {
  const devices = await devicesOf(page, stack, id);
  const list = page.getByRole("listbox");
  const chosen = list.getByRole("option", { selected: true });
  await page.locator("canvas").hover({ position: { x: 24 + 12, y: 12 } });
  await expect(chosen).toHaveAccessibleName(`${devices[1]?.name}: runs it`);
  await list.focus();
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await expect(chosen).toHaveAccessibleName(`${devices[2]?.name}: runs it`);
  await page.keyboard.press("End");
  await expect(chosen).toHaveAccessibleName(/^bench-\d{6}: runs it$/);
  await expect(chosen).toHaveAttribute("aria-posinset", String(DEVICES));
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id: rule, nodes }) => `${rule}: ${nodes[0]?.html}`)).toEqual([]);
  await expectTable(page);
  await list.focus();
  await page.keyboard.press("End");
  await expect(chosen).toHaveAccessibleName(/^bench-\d{6}: runs it$/);
  const [name = ""] = ((await chosen.getAttribute("aria-label")) ?? "").split(":");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
}

/** The table behind the dots, by page and by what became of the devices. */
async function expectTable(page: Page): Promise<void> {
  const figure = page.getByRole("figure").filter({ has: page.locator("canvas") });
  await figure.locator("summary").click();
  await expect(figure.getByText(`1–200 of ${DEVICES}`)).toBeVisible();
  await expect(figure.getByRole("row")).toHaveCount(201);
  await figure.getByRole("button", { name: "Next" }).click();
  await expect(figure.getByText(`201–400 of ${DEVICES}`)).toBeVisible();
  await figure.getByLabel("Which devices?").selectOption("failed");
  await expect(figure.getByText("No device")).toBeVisible();
}
