import { parseArgs } from "node:util";
import { describeCpu } from "../saturation.ts";
import { measureRealModels, type RealModelRow } from "./measure-real-models.ts";

/**
 * Real models out of npm packages through the goal search, as a Markdown table.
 *
 *     pnpm bench real-models --dir DIR [--only NAME,…] [--samples N]
 *
 * `make_real_models.py` beside this file makes DIR.
 */
export async function run(args: string[]): Promise<void> {
  const { values: given } = parseArgs({
    args,
    options: { dir: { type: "string" }, only: { type: "string" }, samples: { type: "string" } },
  });
  if (given.dir === undefined) throw new Error("Give the folder that make_real_models.py made: --dir DIR.");
  const rows = await measureRealModels({
    dir: given.dir,
    ...(given.only === undefined ? {} : { only: given.only.split(",") }),
    ...(given.samples === undefined ? {} : { samples: Number(given.samples) }),
    onLine: (line) => console.error(line),
  });
  console.log(`${await describeCpu()}; one thread; agreement on test data of its own\n`);
  console.log(
    "| model | goal | recommended | bytes | agreement | largest error | speed | gate fails for | CPU s |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
  );
  for (const row of rows) console.log(tableRow(row));
}

function tableRow(row: RealModelRow): string {
  const { minScore = 0, minSpeedup } = row.goal;
  const goal = `≥ ${100 * minScore} %${minSpeedup === undefined ? "" : `, ≥ ${minSpeedup} ×`}`;
  const bytes = row.sizeBytes === null ? "" : `${row.sourceBytes.toLocaleString("en")} → ${row.sizeBytes.toLocaleString("en")}`;
  const agreement = row.agreement === null ? "" : `${(100 * row.agreement).toFixed(2)} % of ${row.cases}`;
  const cells = [
    ...[row.name, goal, row.variant ?? `no: ${row.sentence}`, bytes, agreement, row.maxAbsError?.toPrecision(2) ?? ""],
    ...[row.speedup === null ? "" : `${row.speedup.toFixed(2)} ×`, row.failedGates.join("; "), row.cpuSeconds.toFixed(0)],
  ];
  return `| ${cells.join(" | ")} |`;
}
