import { bugNamed } from "../bugs/planted-bugs.ts";
import type { Batch, BatchResult } from "./run-children.ts";
import { type Outcome, runSeed } from "./run-seed.ts";

/** A child of `runChildren`: runs the seeds that it is sent, a batch after the other. */
async function run({ seeds, bug }: Batch): Promise<BatchResult> {
  const planted = bugNamed(bug ?? undefined);
  const began = process.cpuUsage();
  const outcomes: Outcome[] = [];
  for (const seed of seeds) outcomes.push(await runSeed(seed, planted === null ? {} : { bug: planted }));
  const { user, system } = process.cpuUsage(began);
  return { outcomes, cpuMs: (user + system) / 1000 };
}

process.on("message", (batch: Batch) => {
  void run(batch).then((result) => process.send?.(result));
});
