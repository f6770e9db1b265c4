import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { describeCpu } from "../saturation.ts";
import { cleanUpCases, convertCases } from "./cases.ts";
import { judgeConversions, targetsTable } from "./check-targets.ts";
import { type CleanUpRow, type ConvertRow, measureCleanUp, measureConversion } from "./measure.ts";
import { cleanUpTable, conversionTable } from "./print-tables.ts";
import { ONNXSIM } from "./recorded-peers.ts";

const INTRODUCTION = `# Conversion to ONNX: seconds, memory, error, nodes

Printed by \`pnpm --silent bench convert --dir DIR\`. Each file is converted in a process of its own, as the worker does it: seconds are from its start to its end, the better
of two runs. tf2onnx's figures were recorded once on an AMD EPYC with two processors; its seconds are those of the conversion alone, without the 9 to 13 s that it
takes to import. Errors are relative to max(1, largest output) against the model's own framework, or steps of an integer output.`;

/**
 * The page docs/convert-bench.md: every conversion beside tf2onnx's, the clean-up beside onnxsim's, and whether the targets hold. Exit code 1 where one does not.
 *
 *     pnpm bench convert [--dir DIR] [--only NAME,…]
 *
 * `--dir` holds a folder for each further model, as `make_real_models.py` makes them: `model.zip`, `.h5`, `.keras` or `.tflite`, `input_<n>.npy`
 * and `output_<n>.npy` with what its own framework answers, and `model.onnx` for the clean-up.
 */
export async function run(args: string[]): Promise<void> {
  const { values: given } = parseArgs({ args, options: { dir: { type: "string" }, only: { type: "string" } } });
  const only = given.only?.split(",");
  const chosen = <T extends { readonly name: string }>(all: readonly T[]): T[] =>
    all.filter(({ name }) => only === undefined || only.includes(name));
  const folder = await mkdtemp(path.join(tmpdir(), "flotilla-bench-"));
  try {
    const rows: ConvertRow[] = [];
    for (const each of chosen(await convertCases(given.dir))) {
      console.error(`${each.name}, ${each.file}`);
      rows.push(await measureConversion(each, folder));
    }
    if (rows.length === 0) throw new Error(`--only ${given.only}: there is no such model.`);
    const cleanUps: CleanUpRow[] = [];
    for (const each of chosen(await cleanUpCases(given.dir)).filter(({ name }) => ONNXSIM[name] !== undefined)) {
      console.error(`${each.name}, clean-up`);
      cleanUps.push(await measureCleanUp(each, folder));
    }
    const targets = judgeConversions(rows, cleanUps);
    console.log(`${INTRODUCTION}\n\nMachine: ${await describeCpu()}.\n`);
    console.log(`## Targets\n\n${targetsTable(targets)}\n`);
    console.log(`## Conversions\n\n${conversionTable(rows)}\n`);
    console.log(
      `## Clean-up\n\nFrom the bytes of an ONNX file to the bytes of the smaller one, the best of five in one process; onnxsim's recorded figures are\nthe best of two or three.\n\n${cleanUpTable(cleanUps)}`,
    );
    if (targets.some(({ holds }) => !holds)) process.exitCode = 1;
  } finally {
    await rm(folder, { recursive: true });
  }
}
