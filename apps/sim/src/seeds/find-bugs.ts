import { PLANTED_BUGS } from "../bugs/planted-bugs.ts";
import { runChildren, seedsFrom } from "./run-children.ts";
import type { Outcome } from "./play-history.ts";
import { runSeed } from "./run-seed.ts";

/** Seeds within which every planted bug must be found. */
export const MOST_SEEDS = 500;

/** The lowest of the seeds run that finds the bug; null where none of them does. */
export async function findBug(name: string, first = 1): Promise<Outcome | null> {
  let found: Outcome | null = null;
  await runChildren(seedsFrom(first, MOST_SEEDS), name, ({ outcomes }) => {
    for (const outcome of outcomes) if (outcome.violation !== null && (found === null || outcome.seed < found.seed)) found = outcome;
    return found === null;
  });
  return found === null || (await failsAnyway(found)) ? null : found;
}

/** A history that breaks a promise without the bug finds nothing of it. */
const failsAnyway = async ({ seed }: Outcome): Promise<boolean> => (await runSeed(seed)).violation !== null;

/** Searches for every planted bug. @returns how many were not found */
export async function findBugs(print: (line: string) => void): Promise<number> {
  let missed = 0;
  for (const name of Object.keys(PLANTED_BUGS)) {
    const outcome = await findBug(name);
    const violation = outcome?.violation ?? null;
    if (violation === null) missed += 1;
    print(
      violation === null || outcome === null
        ? `${name.padEnd(28)} NOT FOUND in ${MOST_SEEDS} seeds`
        : `${name.padEnd(28)} seed ${String(outcome.seed).padStart(4)}  ${violation.invariant}`,
    );
  }
  return missed;
}
