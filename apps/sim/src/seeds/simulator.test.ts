import { expect, it } from "vitest";
import { PLANTED_BUGS } from "../bugs/planted-bugs.ts";
import { FINDING_SEEDS } from "./finding-seeds.ts";
import { describeFailure } from "./print-outcome.ts";
import { runSeed } from "./run-seed.ts";

const SEEDS = 300;

it("the same seed is the same history", async () => {
  const [first, again, other] = [await runSeed(7), await runSeed(7), await runSeed(8)];
  expect(again).toEqual(first);
  expect(other.hash).not.toBe(first.hash);
});

it(
  `every invariant holds in ${SEEDS} histories`,
  async () => {
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const outcome = await runSeed(seed);
      expect(outcome.violation, describeFailure(outcome, null)).toBeNull();
    }
  },
  15 * 60_000,
);

it("every planted bug has a seed that finds it", () => {
  expect(Object.keys(FINDING_SEEDS).toSorted()).toEqual(Object.keys(PLANTED_BUGS).toSorted());
});

it.each(Object.entries(FINDING_SEEDS))("finds the planted bug %s", async (name, { seed, invariant }) => {
  const bug = PLANTED_BUGS[name];
  expect(bug).toBeDefined();
  const outcome = await runSeed(seed, bug === undefined ? {} : { bug });
  expect(outcome.violation?.invariant).toBe(invariant);
  expect(describeFailure(outcome, name)).toContain(`pnpm sim --seed ${seed} --bug ${name} --verbose`);
});
