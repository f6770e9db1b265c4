import type { Violation } from "../kernel/history.ts";
import { rememberSignatures } from "../kernel/remember-signatures.ts";
import { type Bug, World } from "../world.ts";

rememberSignatures();

/** Many times what any history takes: whoever gets there goes round in a circle. */
const MOST_STEPS = 100_000;

export interface Outcome {
  readonly seed: number;
  /** The disk call at which the power failed, in a history of `runCut`; null in one of `runSeed`. */
  readonly cutAt: number | null;
  readonly violation: Violation | null;
  readonly hash: string;
  readonly steps: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly lastLines: readonly string[];
}

export interface HistoryOptions {
  bug?: Bug;
  /** Hears every line. */
  print?: (line: string) => void;
}

/** Plays one history in a new world until it is over or a promise was broken. An error that nobody caught breaks one too. */
export async function playHistory(
  seed: number,
  options: HistoryOptions,
  play: (world: World, isBroken: () => boolean) => Promise<void>,
): Promise<Omit<Outcome, "cutAt">> {
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
    await play(world, isBroken);
  } catch (error) {
    crashed(error);
  } finally {
    process.off("unhandledRejection", crashed);
    Error.stackTraceLimit = stackTraceLimit;
  }
  const { violation, hash, lastLines } = history;
  return { seed, violation, hash, steps: scheduler.steps, counts: Object.fromEntries(history.counts), lastLines };
}
