import { readFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import {
  describeCandidate,
  EMPTY_SEARCH,
  explainVerdict,
  type Goal,
  QUANT_PROFILES,
  rankRecords,
  runSearch,
  type SearchSetup,
  type StaticCandidate,
} from "@flotilla/onnx/optimise";
import { samples } from "@flotilla/samples";
import { type BenchData, ModelBench } from "./accuracy/bench-model.ts";
import { readMnist, readMnistFolder, readPhotos } from "./accuracy/data.ts";
import { describeCpu } from "./saturation.ts";

type Integers = readonly StaticCandidate["options"][];
const VNNI: Integers = [QUANT_PROFILES["x64-vnni"]];
const NO_VNNI: Integers = [QUANT_PROFILES["x64-reduced"], QUANT_PROFILES["x64-unsigned"]];
const WIDTHS = [62, 10, 7, 9, 8, 8, 7, 7];

interface Case {
  readonly name: string;
  readonly file: string;
  readonly data: BenchData;
  readonly goal: Goal;
  readonly integers: Integers;
  readonly observers: readonly string[];
  /** False computes as a CPU on which nothing saturates. */
  readonly optimise: boolean;
  readonly ablation: boolean;
}

/**
 * What the accuracy methods and the goal search reach: every candidate with its bytes, agreement, speed and seconds; then the recommended one on data
 * that the search never saw. `--ablation` adds what each method contributes on its own.
 *
 *     pnpm bench candidates [--mnist FOLDER] [--photos FOLDER --model FILE] [--ablation]
 *
 * `--mnist` is a folder with MNIST's IDX files (10,000 test images instead of the 1,000 samples); `--photos` one with calibration.zip, steer.zip and test.zip for
 * the classifier `--model`.
 */
export async function run(args: string[]): Promise<void> {
  const { values: given } = parseArgs({
    args,
    options: {
      mnist: { type: "string" },
      photos: { type: "string" },
      model: { type: "string" },
      ablation: { type: "boolean", default: false },
      "skip-samples": { type: "boolean" },
    },
  });
  const { ablation } = given;
  console.log(
    `${await describeCpu()}; one thread; agreement on the steering set; speed = original / candidate, least CPU time of interleaved runs\n`,
  );
  if (given["skip-samples"] !== true) {
    const calibration = await readMnist("calibration");
    const test = given.mnist === undefined ? await readMnist("test") : await readMnistFolder(given.mnist);
    const common = { data: { calibration, steering: calibration, test }, observers: ["min-max", "percentile", "mse"] };
    for (const file of [samples.mnistCnn, samples.mnistMobilenet]) {
      const goal = { minScore: 0.99, maxBytes: file === samples.mnistCnn ? 100_000 : 60_000 };
      const name = path.basename(file);
      await benchModel({ ...common, name: `${name}, as run here`, file, goal, integers: VNNI, optimise: true, ablation });
      await benchModel({
        ...common,
        name: `${name}, without VNNI (7-bit or unsigned weights, exact)`,
        file,
        goal,
        integers: NO_VNNI,
        optimise: false,
        ablation,
      });
    }
  }
  if (given.photos !== undefined && given.model !== undefined) {
    const zip = (name: string): string => path.join(given.photos ?? "", `${name}.zip`);
    const data = {
      calibration: await readPhotos(zip("calibration")),
      steering: await readPhotos(zip("steer")),
      test: await readPhotos(zip("test")),
    };
    const goal = { minScore: 0.98, maxBytes: 3_200_000, minSpeedup: 1.3 };
    const name = path.basename(path.dirname(given.model));
    await benchModel({ name, file: given.model, data, goal, integers: VNNI, observers: ["min-max"], optimise: true, ablation });
  }
}

async function benchModel({ name, file, data, goal, integers, observers, optimise, ablation }: Case): Promise<void> {
  const bytes = await readFile(file);
  console.log(`${name}: ${bytes.length.toLocaleString("en")} bytes`);
  console.log(row("candidate", "bytes", "size ×", "agree %", "SQNR dB", "speed ×", "s", "CPU s"));
  const clock = startClock();
  const bench = await ModelBench.open(bytes, data, optimise);
  const setup: SearchSetup = { goal, integers, observers, halfPrecision: false, hasConvolutions: true };
  const state = await runSearch(EMPTY_SEARCH, setup, bench.host(), {
    onStep: (_, record) => {
      if (record === null) console.log(row("(sensitivity of each layer)", "", "", "", "", "", ...clock.lap()));
      else print(describeCandidate(record.candidate), record.measured, bytes.length, clock.lap());
    },
  });
  const verdict = explainVerdict(state, setup, bytes.length);
  console.log(`${verdict.why.sentence}\n  search: ${clock.total()}`);
  for (const { layer, outputNoise, parameters } of state.rankings.at(-1)?.rows.slice(0, 5) ?? [])
    console.log(`  noise ${outputNoise.toExponential(1)} from ${layer} (${parameters} weights)`);
  if (verdict.candidate !== null) {
    const excluded = verdict.candidate.method === "int8-static" ? verdict.candidate.exclude : [];
    if (excluded.length > 0) console.log(`  in float: ${excluded.join(", ")}`);
    await prove(bench, "recommended", await bench.builder.build(verdict.candidate), data);
  }
  await prove(bench, "original", bytes, data);
  if (ablation) await ablate(bench, integers[0] ?? {}, data, bytes.length, rankRecords(state, { goal })[0]?.candidate);
  console.log("");
}

/** Each method on its own and together, per tensor too, on both sets. */
async function ablate(
  bench: ModelBench,
  integers: StaticCandidate["options"],
  data: BenchData,
  sourceBytes: number,
  best: SearchSetupCandidate | undefined,
): Promise<void> {
  const exclude = best?.method === "int8-static" ? best.exclude : [];
  const base: StaticCandidate = {
    method: "int8-static",
    observer: "min-max",
    options: integers,
    equalise: false,
    correctBias: false,
    roundAdaptively: [],
    exclude: [],
  };
  const worst = (await bench.builder.rank({ ...base, correctBias: true })).slice(0, 6).map(({ layer }) => layer);
  const methods: Partial<StaticCandidate>[] = [
    {},
    { equalise: true },
    { correctBias: true },
    { equalise: true, correctBias: true },
    { roundAdaptively: worst },
    { roundAdaptively: worst, correctBias: true },
    { exclude },
    { exclude, correctBias: true },
  ];
  console.log("ablation");
  for (const options of [integers, { ...integers, perChannel: false }])
    for (const method of methods) {
      const candidate = { ...base, options, ...method };
      const clock = startClock();
      print(describeCandidate(candidate), await bench.measure(candidate), sourceBytes, clock.lap());
      await prove(bench, "", await bench.builder.build(candidate), data);
    }
}

async function prove(bench: ModelBench, name: string, bytes: Uint8Array, data: BenchData): Promise<void> {
  const { agreement, accuracy } = await bench.prove(bytes);
  const labelled = accuracy === null ? "" : `, accuracy ${(100 * accuracy).toFixed(2)} %`;
  console.log(
    `  ${name === "" ? "" : `${name}: `}agreement ${(100 * agreement).toFixed(2)} %${labelled} on ${data.test.count} test samples`,
  );
}

type SearchSetupCandidate = ReturnType<typeof rankRecords>[number]["candidate"];

function print(
  name: string,
  measured: ReturnType<typeof rankRecords>[number]["measured"] | null,
  sourceBytes: number,
  lap: readonly string[],
): void {
  if (measured === null) console.log(row(name, "failed", "", "", "", "", ...lap));
  else
    console.log(
      row(
        name,
        measured.sizeBytes,
        (measured.sizeBytes / sourceBytes).toFixed(2),
        (100 * measured.score).toFixed(1),
        measured.sqnrDb?.toFixed(1) ?? "",
        measured.speedup?.toFixed(2) ?? "",
        ...lap,
      ),
    );
}

/** Wall and CPU seconds: on a busy machine only the second can be compared. */
function startClock(): { lap: () => [string, string]; total: () => string } {
  const [begin, cpuBegin] = [performance.now(), process.cpuUsage()];
  let [last, cpuLast] = [begin, process.cpuUsage()];
  const cpuSeconds = (since: NodeJS.CpuUsage): string => {
    const { user, system } = process.cpuUsage(since);
    return ((user + system) / 1e6).toFixed(1);
  };
  return {
    lap: () => {
      const lap: [string, string] = [((performance.now() - last) / 1000).toFixed(1), cpuSeconds(cpuLast)];
      [last, cpuLast] = [performance.now(), process.cpuUsage()];
      return lap;
    },
    total: () => `${((performance.now() - begin) / 1000).toFixed(1)} s, ${cpuSeconds(cpuBegin)} s of CPU`,
  };
}

function row(...cells: (string | number)[]): string {
  return cells.map((cell, at) => (at === 0 ? String(cell).padEnd(WIDTHS[0] ?? 0) : String(cell).padStart(WIDTHS[at] ?? 0))).join(" ");
}
