import type { Page } from "@playwright/test";

/** How a page's main thread did over some time. */
export interface Smoothness {
  /** Of the times between two frames, ms. */
  medianFrameMs: number;
  p95FrameMs: number;
  /** Tasks that kept the main thread for more than 50 ms of wall time. */
  longTasks: number;
  longestTaskMs: number;
  /** Processor time of the main thread: does not grow because other work has the processor. */
  cpuMs: number;
}

/** Watches a page's frames and tasks from now on. @returns ends it */
export async function watchSmoothness(page: Page): Promise<() => Promise<Smoothness>> {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const cpuMs = async (): Promise<number> => {
    const { metrics } = await session.send("Performance.getMetrics");
    return 1000 * (metrics.find(({ name }) => name === "TaskDuration")?.value ?? 0);
  };
  await page.evaluate(() => {
    const seen = { frames: [] as number[], tasks: [] as number[], on: true };
    let last = performance.now();
    const frame = (now: number) => {
      seen.frames.push(now - last);
      last = now;
      if (seen.on) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    const observer = new PerformanceObserver((list) => seen.tasks.push(...list.getEntries().map(({ duration }) => duration)));
    observer.observe({ type: "longtask" });
    Object.assign(window, { smoothness: seen });
  });
  const before = await cpuMs();
  return async () => {
    const after = await cpuMs();
    const { frames, tasks } = await page.evaluate(() => {
      const { smoothness } = window as unknown as { smoothness: { frames: number[]; tasks: number[]; on: boolean } };
      smoothness.on = false;
      return smoothness;
    });
    await session.detach();
    const sorted = frames.slice(1).toSorted((left, right) => left - right);
    const at = (share: number) => sorted[Math.floor(share * sorted.length)] ?? Number.NaN;
    return {
      medianFrameMs: at(0.5),
      p95FrameMs: at(0.95),
      longTasks: tasks.length,
      longestTaskMs: Math.max(0, ...tasks),
      cpuMs: after - before,
    };
  };
}
