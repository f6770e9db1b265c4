import { parseArgs } from "node:util";
import { bugNamed } from "./bugs/planted-bugs.ts";
import { findBugs } from "./seeds/find-bugs.ts";
import { describeFailure } from "./seeds/print-outcome.ts";
import { type HistoryName, runChildren, seedsFrom } from "./seeds/run-children.ts";
import { cutsOf, runCut } from "./seeds/run-cut.ts";
import { runSeed } from "./seeds/run-seed.ts";
import { Tally } from "./seeds/tally.ts";

/** Seeds to one sweep of power cuts over a device's life: 10,000 seeds cut each of its disk calls five times, each time with another rest on the disk. */
const SEEDS_A_SWEEP = 2000;

const HELP = `pnpm sim --seeds 10000 [--from 1]            many histories on all cores, and a life with the power cut at each of its disk calls
                                             (once for every ${SEEDS_A_SWEEP} seeds); ends with 1 where an invariant broke
pnpm sim --seed 7 [--cut 57] [--verbose] [--bug NAME]
                                             one history again, with --verbose every event of it
pnpm sim --bugs                              the seed that finds each planted bug`;

const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    seeds: { type: "string" },
    cut: { type: "string" },
    from: { type: "string", default: "1" },
    bug: { type: "string" },
    bugs: { type: "boolean", default: false },
    verbose: { type: "boolean", default: false },
  },
});

const MOST_SHOWN = 5;
const print = (line: string): void => void process.stdout.write(`${line}\n`);

async function play(histories: readonly HistoryName[]): Promise<Tally> {
  const tally = new Tally();
  await runChildren(histories, values.bug ?? null, (result) => {
    tally.add(result);
    return true;
  });
  for (const failure of tally.failures.slice(0, MOST_SHOWN)) print(`${describeFailure(failure, values.bug ?? null)}\n`);
  for (const line of tally.kindsOfFailure()) print(line);
  return tally;
}

async function runMany(count: number): Promise<boolean> {
  const from = Number(values.from);
  const seeds = await play(seedsFrom(from, count));
  print(seeds.describe());
  const cuts: HistoryName[] = [];
  for (let sweep = 0; sweep < count / SEEDS_A_SWEEP; sweep += 1) cuts.push(...(await cutsOf(from + sweep)));
  const swept = await play(cuts);
  print(swept.summary("lives with the power cut at one of their disk calls, each at its turn"));
  return seeds.failures.length + swept.failures.length === 0;
}

async function runOne(seed: number): Promise<boolean> {
  const bug = bugNamed(values.bug);
  const options = { ...(bug === null ? {} : { bug }), print: values.verbose ? print : () => undefined };
  const outcome = values.cut === undefined ? await runSeed(seed, options) : await runCut(seed, Number(values.cut), options);
  print(describeFailure(outcome, values.bug ?? null));
  print(`hash ${outcome.hash}`);
  return outcome.violation === null;
}

let isSound = false;
if (values.seed !== undefined) isSound = await runOne(Number(values.seed));
else if (values.seeds !== undefined) isSound = await runMany(Number(values.seeds));
else if (values.bugs) isSound = (await findBugs(print)) === 0;
else print(HELP);
process.exitCode = isSound ? 0 : 1;
