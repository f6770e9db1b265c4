import { readFile, writeFile } from "node:fs/promises";
import { readModel, simplify, writeModel } from "@flotilla/onnx";
import { quantiseDynamic } from "@flotilla/onnx/optimise";

/** Dynamic int8 from the file to the file, as the worker makes it. Returns the bytes written, and what the user is warned of. */
export async function run({ source, outputFile }: { source: string; outputFile: string }): Promise<{ bytes: number; warnings: string[] }> {
  const model = readModel(await readFile(source));
  simplify(model);
  const { warnings } = quantiseDynamic(model);
  const file = writeModel(model);
  await writeFile(outputFile, file);
  return { bytes: file.length, warnings: warnings.map(({ sentence }) => sentence) };
}
