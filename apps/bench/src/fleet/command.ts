import { readFile } from "node:fs/promises";
import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { type FleetBench, openFleetBench, type Sizes } from "./fleet-bench.ts";
import type { Section } from "./figure.ts";
import { missedTargets, printSection, printTargets } from "./print-section.ts";
import { PEER_CAVEATS } from "./recorded-peers.ts";
import { measureAgent } from "./sections/agent.ts";
import { measureArtifacts } from "./sections/artifacts.ts";
import { measureConvergence } from "./sections/converge.ts";
import { measureCreation } from "./sections/creation.ts";
import { measureDeviceTable } from "./sections/device-table.ts";
import { measureExercise } from "./sections/exercise.ts";
import { measureReconnect } from "./sections/reconnect.ts";
import { measureReports } from "./sections/reports.ts";
import { measureMemoryAfterwards, measureServerMemory } from "./sections/server-memory.ts";

const SECTIONS: Readonly<Record<string, (bench: FleetBench) => Promise<Section>>> = {
  memory: measureServerMemory,
  exercise: measureExercise,
  converge: measureConvergence,
  creation: measureCreation,
  reports: measureReports,
  reconnect: measureReconnect,
  artifacts: measureArtifacts,
  table: measureDeviceTable,
  agent: measureAgent,
  "memory-afterwards": measureMemoryAfterwards,
};

const FULL: Sizes = { devices: 10_000, exercise: 1_000, repetitions: 3, seconds: 60, many: 100_000, asBuilt: false };
const QUICK: Sizes = { devices: 1_000, exercise: 200, repetitions: 1, seconds: 5, many: 10_000, asBuilt: false };

/**
 * The page docs/fleet-bench.md: the device plane under load, beside hawkBit and others.
 *
 *     pnpm bench fleet [SECTION…] [--quick] [--seconds N] [--repetitions N] [--devices N] [--as-built] [--check]
 *
 * Without a section all run, in one stack. `--quick` takes a tenth of the devices, once: for development, its figures say nothing. `--as-built` builds nothing before. `--check` ends with exit
 * code 1 where a target is missed.
 */
export async function run(args: string[]): Promise<void> {
  const { values: given, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      quick: { type: "boolean", default: false },
      "as-built": { type: "boolean", default: false },
      check: { type: "boolean", default: false },
      seconds: { type: "string" },
      repetitions: { type: "string" },
      devices: { type: "string" },
    },
  });
  const names = positionals.length === 0 ? Object.keys(SECTIONS) : positionals;
  const unknown = names.find((name) => SECTIONS[name] === undefined);
  if (unknown !== undefined) throw new Error(`There is no section "${unknown}": there are ${Object.keys(SECTIONS).join(", ")}.`);
  const sizes = { ...(given.quick ? QUICK : FULL), ...numbersOf(given), asBuilt: given["as-built"] };
  console.log(await introduction(sizes));
  const bench = await openFleetBench(sizes, say);
  const sections: Section[] = [];
  try {
    for (const name of names) {
      const section = await measureSection(name, bench);
      sections.push(section);
      console.log(`\n${printSection(section)}`);
    }
  } finally {
    await bench.stop();
  }
  console.log(`\n${printTargets(sections)}`);
  const missed = missedTargets(sections);
  if (!given.check || missed.length === 0) return;
  console.error(`Missed: ${missed.join("; ")}.`);
  process.exitCode = 1;
}

/** A section that breaks is a result too: the others still run. */
async function measureSection(name: string, bench: FleetBench): Promise<Section> {
  try {
    return (await SECTIONS[name]?.(bench)) ?? { title: name, figures: [], notes: [] };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    say(`${name}: ${error instanceof Error ? (error.stack ?? why) : why}`);
    const figure = {
      what: `${name}: runs to its end`,
      unit: "",
      values: [],
      limit: { kind: "at least", value: 1 },
      note: why.slice(0, 300),
    } as const;
    return { title: name, figures: [figure], notes: [] };
  }
}

function numbersOf(given: {
  seconds?: string | undefined;
  repetitions?: string | undefined;
  devices?: string | undefined;
}): Partial<Sizes> {
  const { seconds, repetitions, devices } = given;
  return Object.fromEntries(
    Object.entries({ seconds, repetitions, devices }).flatMap(([name, value]) => (value === undefined ? [] : [[name, Number(value)]])),
  );
}

async function introduction({ devices, repetitions }: Sizes): Promise<string> {
  const memory = /MemTotal:\s+(\d+)/.exec(await readFile("/proc/meminfo", "utf8"))?.[1] ?? "0";
  const machine = `${cpus()[0]?.model ?? "unknown CPU"}, ${cpus().length} processors, ${Math.round(Number(memory) / 1e6)} GB, Node ${process.versions.node}`;
  const load = `load before the run ${loadavg()
    .map((value) => value.toFixed(2))
    .join(", ")}`;
  return `# The fleet under load

Printed by \`pnpm --silent bench fleet\`. Machine: ${machine}; ${load}. ${devices.toLocaleString("en")} devices in the big sections, medians of ${repetitions}. Server, database and
load generator share the processors; each section says what the generator itself took.

${PEER_CAVEATS}`;
}

function say(what: string): void {
  console.error(`${(performance.now() / 1000).toFixed(0)} s: ${what}`);
}
