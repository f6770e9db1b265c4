import { setTimeout as sleep } from "node:timers/promises";

const LOOK_MS = 100;

/** Waits until `holds`; throws after `timeoutMs`, saying what was waited for. */
export async function until(holds: () => Promise<boolean>, timeoutMs: number, what: string): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`${what}: not within ${timeoutMs / 1000} s`);
    await sleep(LOOK_MS);
  }
}
