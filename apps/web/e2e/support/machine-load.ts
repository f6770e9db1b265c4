const SPIN_MS = 20;
/** Below this the machine counts as at rest: the product's own processes are part of what is measured. */
const AT_REST = 1.5;

/** How many times longer than its processor time a short computation takes: above 1 where the processor is shared with other work. */
export function spin(): number {
  const start = performance.now();
  const used = process.threadCpuUsage();
  let spentMs = 0;
  while (spentMs < SPIN_MS) {
    const { user, system } = process.threadCpuUsage(used);
    spentMs = (user + system) / 1000;
  }
  return (performance.now() - start) / spentMs;
}

/** What a time between two spins is divided by so that it is the one of a machine at rest. */
export function slowdownOf(before: number, after: number): number {
  const mean = (before + after) / 2;
  return mean < AT_REST ? 1 : mean;
}
