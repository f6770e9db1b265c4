import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Actor } from "@flotilla/services";
import { claim, layOut } from "../data-directory.ts";
import { say } from "../say.ts";
import { type ChaosStack, startChaosStack } from "./chaos-stack.ts";
import { judgeAgents } from "./judge-agents.ts";
import { judgeDatabase } from "./judge-database.ts";
import { killAtRandom } from "./kill-at-random.ts";
import { patiently } from "./patiently.ts";
import { planKills } from "./plan-kills.ts";
import { prepareReleases, startJob } from "./prepare-releases.ts";
import { seededRandom } from "./random.ts";
import { rollOut, untilEnded } from "./roll-out.ts";

const ROOT = fileURLToPath(new URL("../../../..", import.meta.url));
const HELP = `pnpm chaos [--agents 200] [--kills 20] [--seed N] [--broker embedded|mosquitto] [--keep]

Real agents, gateway, worker, broker and Postgres, killed with -9 at random times while releases are rolled out and a job runs. Then everything
is counted: what is lost, and what was done twice. --keep leaves the data where it is.`;
/** An update costs an agent about a second of a core: two hundred of them take minutes on two, longer where they are killed in between. */
const CALM_MS = 600_000;

const { values } = parseArgs({
  options: {
    agents: { type: "string", default: "200" },
    kills: { type: "string", default: "20" },
    seed: { type: "string" },
    broker: { type: "string", default: "embedded" },
    keep: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help) say(HELP);
else {
  const [agents, kills, seed] = [values.agents, values.kills, values.seed ?? Date.now() % 1_000_000].map(Number) as [
    number,
    number,
    number,
  ];
  await main({ agents, kills, seed, broker: values.broker === "mosquitto" ? "mosquitto" : "embedded" }, values.keep);
}

interface Run {
  agents: number;
  kills: number;
  seed: number;
  broker: "embedded" | "mosquitto";
}

async function main({ agents, kills, seed, broker }: Run, keep: boolean): Promise<void> {
  const what = `chaos: ${agents} agents, ${kills} kills, ${broker} broker, seed ${seed}`;
  say(what);
  const folder = await mkdtemp(path.join(os.tmpdir(), "flotilla-chaos-"));
  const directory = layOut(folder);
  await claim(directory);
  const stack = await startChaosStack({ root: ROOT, directory, agents, broker });
  try {
    const last = await wreak(stack, planKills(kills, seededRandom(seed)));
    const problems = await patientlyJudge(stack, last);
    problems.push(...(await judgeAgents(directory, stack.agents)));
    for (const problem of problems.slice(0, 40)) say(`  ✗ ${problem}`);
    say(`${what}: ${problems.length === 0 ? "nothing lost, nothing twice" : `${problems.length} problems`}`);
    if (problems.length > 0) process.exitCode = 1;
  } finally {
    await stack.stop();
    if (keep) say(`  Everything is left in ${folder}`);
    else await rm(folder, { recursive: true, force: true });
  }
}

/** Rolls the two releases out in turn for as long as something is still to be killed. Answers with the one that has to run at last. */
async function wreak(stack: ChaosStack, plan: ReturnType<typeof planKills>): Promise<string> {
  const { ctx, organisationId } = stack;
  const actor: Actor = { userId: "chaos", name: "chaos", organisationId, role: "owner" };
  const releases = await prepareReleases(ctx, actor);
  const over = new AbortController();
  const killed = killAtRandom(stack, plan).finally(() => over.abort());
  let last = releases[0];
  for (let turn = 1; !over.signal.aborted || turn <= 2; turn += 1) {
    last = releases[turn % 2 === 1 ? 0 : 1] ?? last;
    const name = `Rollout ${turn}`;
    const began = performance.now();
    const id = await rollOut(ctx, actor, last, name);
    await startNextJob(stack, actor, name);
    const state = await untilEnded(ctx, id, CALM_MS);
    say(`  ${name} ${state} after ${((performance.now() - began) / 1000).toFixed(1)} s`);
  }
  await killed;
  return last;
}

async function startNextJob({ ctx }: ChaosStack, actor: Actor, name: string): Promise<void> {
  await patiently("a job begins", CALM_MS, async () => {
    const version = await ctx.db.prisma.modelVersion.findFirstOrThrow({ where: { organisationId: actor.organisationId } });
    const there = await ctx.db.prisma.job.findFirst({ where: { recipe: { path: ["name"], equals: name } } });
    return there?.id ?? (await startJob(ctx, actor, version.id, name));
  });
}

/** The last reports and the last job may still be on their way. */
async function patientlyJudge({ ctx }: ChaosStack, last: string): Promise<string[]> {
  let problems: string[] = [];
  const settled = await patiently("everything is as it has to be", CALM_MS / 5, async () => {
    problems = await judgeDatabase(ctx, last);
    return problems.length === 0 ? problems : null;
  }).catch(() => problems);
  return [...settled];
}
