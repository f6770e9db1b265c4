import { writeFile } from "node:fs/promises";
import { writeNpy } from "@flotilla/validate/npy";
import { openSamples } from "../../data-sets/open-samples.ts";
import { readLabels } from "../../data-sets/read-labels.ts";
import { spreadOverClasses } from "../../data-sets/spread.ts";
import { OutputCollector } from "../../runtime/collect-outputs.ts";
import { checkSamples, singleInput, toTensor } from "../../runtime/model-input.ts";
import { openSessionFile, runSession } from "../../runtime/open-session.ts";
import type { Handler } from "../protocol.ts";

/** A few inputs, spread over the classes, with the source model's outputs: what a device replays after activation. */
export const goldenSet: Handler<"golden-set"> = async ({ modelPath, data, count }, context) => {
  const samples = await openSamples(data);
  const indices = spreadOverClasses(samples.count, await readLabels(data.labelsPath), count);
  const session = await openSessionFile(modelPath, { threads: 1 });
  const input = singleInput(session);
  checkSamples(input, samples);
  const size = samples.shape.reduce((product, axis) => product * axis, 1);
  const inputs = new Float32Array(indices.length * size);
  const outputs = new OutputCollector(indices.length);
  for (const [at, index] of indices.entries()) {
    const values = await samples.read(index);
    inputs.set(values, at * size);
    outputs.add(at, await runSession(session, { [input.name]: toTensor(input, values, samples.shape) }));
    context.progress({ step: "measuring-accuracy", done: at + 1, total: indices.length });
  }
  await samples.close();
  const inputFile = "golden-input-0.npy";
  await writeFile(inputFile, writeNpy({ type: "float32", shape: [indices.length, ...samples.shape], data: inputs }));
  const written = await outputs.write("golden-output", session.outputNames);
  return { count: indices.length, inputFiles: [inputFile], outputFiles: written.map(({ file }) => file) };
};
