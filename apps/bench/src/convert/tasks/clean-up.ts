import { readFile } from "node:fs/promises";
import { convertKeras, readKeras } from "@flotilla/convert";
import { readModel, simplify, writeModel } from "@flotilla/onnx";

/** The first ones find nothing compiled yet; native code, as the peers', is so from the start. */
const RUNS = 5;

export interface CleanUp {
  readonly nodesBefore: number;
  readonly nodesAfter: number;
  /** From the bytes of the file to the bytes of the smaller one, best of five. */
  readonly ms: number;
}

/** Cleans up an ONNX file, or what the conversion of a Keras file writes first. */
export async function run({ source }: { readonly source: string }): Promise<CleanUp> {
  const file = await readFile(source);
  const bytes = source.endsWith(".onnx") ? file : writeModel(convertKeras(readKeras(new Uint8Array(file)), { cleanUp: false }).model);
  let best: CleanUp = { nodesBefore: 0, nodesAfter: 0, ms: Number.POSITIVE_INFINITY };
  for (let run = 0; run < RUNS; run += 1) {
    const started = performance.now();
    const model = readModel(bytes);
    const nodesBefore = model.graph.nodeCount;
    simplify(model);
    writeModel(model);
    const ms = performance.now() - started;
    if (ms < best.ms) best = { nodesBefore, nodesAfter: model.graph.nodeCount, ms };
  }
  return best;
}
