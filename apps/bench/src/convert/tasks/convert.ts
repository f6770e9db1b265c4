import { readFile, writeFile } from "node:fs/promises";
import type { SourceFormat } from "@flotilla/contracts";
import { convertModel } from "@flotilla/convert/bring-in";
import { writeModel } from "@flotilla/onnx";

interface Request {
  readonly source: string;
  readonly format: SourceFormat;
  readonly target: string;
}

/** Converts a file as the product does. */
export async function run({ source, format, target }: Request): Promise<{ nodesBefore: number; nodesAfter: number }> {
  const { model, nodesBefore, nodesAfter } = await convertModel(await readFile(source), format, { layout: "nhwc" });
  await writeFile(target, writeModel(model));
  return { nodesBefore, nodesAfter };
}
