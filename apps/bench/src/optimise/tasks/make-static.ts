import { readFile, writeFile } from "node:fs/promises";
import { readModel, simplify, writeModel } from "@flotilla/onnx";
import { quantiseStatic, type StaticCandidate, tapsFor } from "@flotilla/onnx/optimise";
import { openBuilder } from "../../accuracy/bench-model.ts";
import { rangesOf } from "../../accuracy/calibrate.ts";
import { openPixels, type PixelFile } from "../../accuracy/pixel-set.ts";

interface Request {
  readonly source: string;
  readonly calibration: PixelFile;
  readonly recipe: Pick<StaticCandidate, "options" | "observer" | "correctBias">;
  readonly outputFile: string;
}

/** Static int8 from the file to the file: simplified, calibrated, quantised. Returns the bytes written. */
export async function run({ source, calibration, recipe, outputFile }: Request): Promise<number> {
  const bytes = await readFile(source);
  const file = await make(bytes, await openPixels(calibration), recipe);
  await writeFile(outputFile, file);
  return file.length;
}

async function make(
  bytes: Uint8Array,
  calibration: Awaited<ReturnType<typeof openPixels>>,
  recipe: Request["recipe"],
): Promise<Uint8Array> {
  if (recipe.correctBias)
    return openBuilder(bytes, calibration).build({ method: "int8-static", equalise: false, roundAdaptively: [], exclude: [], ...recipe });
  const model = readModel(bytes);
  simplify(model);
  const ranges = await rangesOf(model, tapsFor(model, recipe.options), recipe.observer, calibration);
  return writeModel(quantiseStatic(model, ranges, recipe.options).model);
}
