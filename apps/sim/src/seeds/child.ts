import { bugNamed } from "../bugs/planted-bugs.ts";
import type { Batch, BatchResult } from "./run-children.ts";
import type { Outcome } from "./play-history.ts";
import { runCut } from "./run-cut.ts";
import { runSeed } from "./run-seed.ts";

/** A child of `runChildren`: plays the histories that it is sent, a batch after the other. */
async function run({ histories, bug }: Batch): Promise<BatchResult> {
  const planted = bugNamed(bug ?? undefined);
  const began = process.cpuUsage();
  const outcomes: Outcome[] = [];
  const options = planted === null ? {} : { bug: planted };
  for (const { seed, cutAt } of histories)
    outcomes.push(cutAt === null ? await runSeed(seed, options) : await runCut(seed, cutAt, options));
  const { user, system } = process.cpuUsage(began);
  return { outcomes, cpuMs: (user + system) / 1000 };
}

process.on("message", (batch: Batch) => {
  void run(batch).then((result) => process.send?.(result));
});
