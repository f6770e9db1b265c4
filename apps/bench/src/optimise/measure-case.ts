import { stat } from "node:fs/promises";
import type { PlacementReport } from "@flotilla/contracts";
import { runTask } from "../children/run-task.ts";
import type { Case } from "./cases.ts";
import type { Variant } from "./make-variants.ts";

/** What a file gives. Scores are shares of the test set: right answers where it has labels, else the original's answers. */
export interface Row {
  readonly variant: Variant;
  readonly bytes: number;
  readonly score: number;
  /** On the processor without VNNI; null where it was not run there. */
  readonly elsewhere: number | null;
  readonly speed: number;
  readonly placement: PlacementReport | null;
}

export interface Measured {
  readonly model: Case;
  readonly sourceScore: number;
  readonly rows: readonly Row[];
}

/** Scores and inspects the variants of a model. `without` is a command prefix that runs Node on a processor without VNNI. */
export async function measureCase(model: Case, variants: readonly Variant[], without: readonly string[]): Promise<Measured> {
  const { source, test: pixels, batch } = model;
  const files = variants.map(({ file }) => file);
  const here = (await runTask("score", { files: [source, ...files], pixels, batch })).result;
  const [original = [], ...classes] = here.classes;
  const truth = model.labels ?? original;
  const score = (answers: readonly number[]): number => answers.filter((answer, at) => answer === truth[at]).length / answers.length;
  const chosen = without.length === 0 ? [] : variants.filter(({ tool }) => model.elsewhere.includes(tool));
  const elsewhere = new Map<string, number>();
  // Slow where it is emulated, and nothing is timed: all at once.
  const scoreElsewhere = async ({ file }: Variant): Promise<void> => {
    const { result } = await runTask("score", { files: [file], pixels, batch }, without);
    if (!result.saturates) throw new Error(`8-bit products are exact under "${without.join(" ")}": that is no processor without VNNI.`);
    elsewhere.set(file, score(result.classes[0] ?? []));
  };
  await Promise.all(chosen.map(scoreElsewhere));
  const { result: inspections } = await runTask("inspect", { source, files, pixels });
  const rows: Row[] = [];
  for (const [at, variant] of variants.entries()) {
    const { speed = Number.NaN, placement = null } = inspections[at] ?? {};
    const { size: bytes } = await stat(variant.file);
    rows.push({ variant, bytes, score: score(classes[at] ?? []), elsewhere: elsewhere.get(variant.file) ?? null, speed, placement });
  }
  return { model, sourceScore: score(original), rows };
}
