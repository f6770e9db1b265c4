import { parseArgs } from "node:util";
import { bugNamed } from "./bugs/planted-bugs.ts";
import { findBugs } from "./seeds/find-bugs.ts";
import { describeFailure } from "./seeds/print-outcome.ts";
import { runChildren } from "./seeds/run-children.ts";
import { runSeed } from "./seeds/run-seed.ts";
import { Tally } from "./seeds/tally.ts";

const HELP = `pnpm sim --seeds 10000 [--from 1]            many histories on all cores; ends with 1 where an invariant broke
pnpm sim --seed 7 [--verbose] [--bug NAME]   one history again, with --verbose every event of it
pnpm sim --bugs                              the seed that finds each planted bug`;

const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    seeds: { type: "string" },
    from: { type: "string", default: "1" },
    bug: { type: "string" },
    bugs: { type: "boolean", default: false },
    verbose: { type: "boolean", default: false },
  },
});

const MOST_SHOWN = 5;
const print = (line: string): void => void process.stdout.write(`${line}\n`);

async function runMany(count: number): Promise<boolean> {
  const tally = new Tally();
  await runChildren(Number(values.from), count, values.bug ?? null, (result) => {
    tally.add(result);
    return true;
  });
  for (const failure of tally.failures.slice(0, MOST_SHOWN)) print(`${describeFailure(failure, values.bug ?? null)}\n`);
  const kinds = Map.groupBy(tally.failures, ({ violation }) => violation?.invariant);
  for (const [invariant, of] of kinds)
    print(
      `${invariant}: seeds ${of
        .map(({ seed }) => seed)
        .slice(0, 10)
        .join(" ")}`,
    );
  print(tally.describe());
  return tally.failures.length === 0;
}

async function runOne(seed: number): Promise<boolean> {
  const bug = bugNamed(values.bug);
  const outcome = await runSeed(seed, { ...(bug === null ? {} : { bug }), ...(values.verbose ? { print } : {}) });
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
