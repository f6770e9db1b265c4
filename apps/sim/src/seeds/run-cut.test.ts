import { expect, it } from "vitest";
import { PLANTED_BUGS } from "../bugs/planted-bugs.ts";
import { describeFailure } from "./print-outcome.ts";
import { cutsOf, runCut } from "./run-cut.ts";

/** `pnpm sim --seeds` cuts at each; here every so manieth stands for those around it. */
const STRIDE = 5;

it(
  "a power cut at any disk call of an installation, an update, a rollback and a revert costs nothing",
  async () => {
    const cuts = await cutsOf(1);
    expect(cuts.length).toBeGreaterThan(400);
    for (const { seed, cutAt } of cuts.filter((_, index) => index % STRIDE === 0)) {
      const outcome = await runCut(seed, cutAt);
      expect(outcome.counts["power cut"]).toBe(1);
      expect(outcome.violation, describeFailure(outcome, null)).toBeNull();
    }
  },
  5 * 60_000,
);

it("it costs something where no directory is fsynced", async () => {
  const bug = PLANTED_BUGS["skip-directory-fsync"];
  if (bug === undefined) throw new Error("it is planted");
  const found = new Set<string>();
  for (const { seed, cutAt } of await cutsOf(1)) {
    if (cutAt === null || cutAt % 40 !== 0) continue;
    const { violation } = await runCut(seed, cutAt, { bug });
    if (violation !== null) found.add(violation.invariant);
  }
  expect(found.size).toBeGreaterThan(0);
});
