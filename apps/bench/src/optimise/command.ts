import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { describeCpu } from "../saturation.ts";
import { prepareCases } from "./cases.ts";
import { targetsTable } from "./check-targets.ts";
import { makeOurs, makePeers, type Variant } from "./make-variants.ts";
import { type Measured, measureCase } from "./measure-case.ts";
import { measureLarge } from "./measure-large.ts";
import { accuracyTable, floatNodes } from "./print-accuracy.ts";
import { costTable, pairCosts } from "./print-cost.ts";

/**
 * The tables of docs/optimiser.md: our variants beside the peers', what they give and what they cost, and whether the promised figures hold.
 *
 *     pnpm bench optimise [--mnist FOLDER] [--photos FOLDER --model FILE] [--python FILE] [--without-vnni COMMAND] [--only NAME] [--skip-large]
 *
 * `--mnist` is a folder with MNIST's two IDX files of test images (else 1,000 samples are used); `--photos` one with calibration.zip, steer.zip and test.zip
 * for the classifier `--model`; `--python` an interpreter that has onnxruntime.quantization, whose variants are then made in the same minutes instead of
 * quoted; `--without-vnni` a command that runs Node on an x86 processor with AVX2 and without VNNI, such as "qemu-x86_64 -cpu Haswell"; `--only`
 * one of the models by its name in the tables.
 */
export async function run(args: string[]): Promise<void> {
  const { values: given } = parseArgs({
    args,
    options: {
      mnist: { type: "string" },
      photos: { type: "string" },
      model: { type: "string" },
      python: { type: "string" },
      "without-vnni": { type: "string", default: "" },
      only: { type: "string" },
      "skip-large": { type: "boolean", default: false },
    },
  });
  const folder = await mkdtemp(path.join(tmpdir(), "flotilla-bench-"));
  try {
    const without = given["without-vnni"].split(" ").filter((part) => part !== "");
    console.log(`${await describeCpu()}; one thread; speed is fp32's time over the variant's, least CPU time of runs by turns.\n`);
    const made: Variant[] = [];
    const versions = new Set<string>();
    const measured: Measured[] = [];
    const cases = await prepareCases(given, folder);
    const chosen = cases.filter(({ name }) => given.only === undefined || name === given.only);
    if (chosen.length === 0) throw new Error(`--only ${given.only}: there are ${cases.map(({ name }) => name).join(", ")}.`);
    for (const model of chosen) {
      say(`${model.name}: making variants`);
      const ours = await makeOurs(model, folder);
      const peers = given.python === undefined ? null : await makePeers(model, folder, given.python);
      const all = [...ours, ...(peers?.variants ?? [])];
      if (peers !== null) versions.add(peers.version);
      say(`${model.name}: measuring ${all.length} variants`);
      measured.push(await measureCase(model, all, without));
      if (model.search !== null) made.push(...all);
    }
    say("a large model");
    const large = given["skip-large"] ? null : await measureLarge(folder, given.python);
    const pairs = pairCosts(made);
    if (versions.size > 0) console.log(`ORT of this run: ${[...versions].join(", ")}.\n`);
    for (const each of measured) console.log(`${accuracyTable(each, "here")}\n`);
    const inFloat = measured.flatMap(floatNodes);
    if (inFloat.length > 0) console.log(`Meant for integers, run in float:\n\n${inFloat.join("\n")}\n`);
    if (pairs.length > 0 || large !== null) console.log(`${costTable(pairs, large)}\n`);
    console.log(targetsTable(measured, pairs, large));
  } finally {
    await rm(folder, { recursive: true });
  }
}

function say(what: string): void {
  console.error(`${(performance.now() / 1000).toFixed(0)} s: ${what}`);
}
