import { Trouble } from "../faults/trouble.ts";
import { checkConvergence } from "../invariants/convergence.ts";
import type { Violation } from "../kernel/history.ts";
import { rememberSignatures } from "../kernel/remember-signatures.ts";
import { People } from "../people/people.ts";
import { type Bug, World } from "../world.ts";
import { provision } from "./provision.ts";

rememberSignatures();

const CALM_MS = 110 * 60_000;

const LAST_WORDS_MS = 60_000;

/** Many times what any history takes: whoever gets there goes round in a circle. */
const MOST_STEPS = 100_000;

export interface Outcome {
  readonly seed: number;
  readonly violation: Violation | null;
  readonly hash: string;
  readonly steps: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly lastLines: readonly string[];
}

/** One history: trouble and people for an hour or so, then calm until everything must have come to rest. */
export async function runSeed(seed: number, options: { bug?: Bug; print?: (line: string) => void } = {}): Promise<Outcome> {
  const world = new World(seed, options.bug ?? null, options.print ?? null);
  const { scheduler, history } = world;
  const isBroken = (): boolean => {
    if (scheduler.steps > MOST_STEPS) world.fail("comes-to-rest", `after ${MOST_STEPS} events it still goes on`);
    return history.violation !== null;
  };
  const crashed = (error: unknown): void =>
    world.fail("no-unhandled-error", error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.on("unhandledRejection", crashed);
  const { stackTraceLimit } = Error;
  // Faults are errors by the thousand; only a replay that somebody reads needs to know where each was made.
  if (options.print === undefined) Error.stackTraceLimit = 0;
  try {
    const troubleEndsAt = world.random.between(20, 70) * 60_000;
    const trouble = new Trouble(world);
    provision(world);
    world.gateway.start();
    new People(world).begin(troubleEndsAt);
    trouble.begin(troubleEndsAt);
    await scheduler.runUntil(troubleEndsAt, isBroken);
    if (!isBroken()) trouble.end();
    await scheduler.runUntil(troubleEndsAt + CALM_MS, isBroken);
    // What was said at the very last moment is still on its way.
    const isQuiet = (): boolean => world.devices.every(({ parts }) => (parts?.spool.size ?? 0) === 0);
    await scheduler.runUntil(scheduler.now + LAST_WORDS_MS, () => isBroken() || isQuiet());
    if (!isBroken()) checkConvergence(world);
  } catch (error) {
    crashed(error);
  } finally {
    process.off("unhandledRejection", crashed);
    Error.stackTraceLimit = stackTraceLimit;
  }
  return {
    seed,
    violation: history.violation,
    hash: history.hash,
    steps: scheduler.steps,
    counts: Object.fromEntries(history.counts),
    lastLines: history.lastLines,
  };
}
