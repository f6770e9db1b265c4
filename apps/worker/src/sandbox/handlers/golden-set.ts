import { writeFile } from "node:fs/promises";
import type { FeedPlan } from "@flotilla/validate/feed";
import { elementCount, writeNpy } from "@flotilla/validate/npy";
import { openSamples } from "../../data-sets/open-samples.ts";
import { readLabels } from "../../data-sets/read-labels.ts";
import { spreadOverClasses } from "../../data-sets/spread.ts";
import { OutputCollector } from "../../runtime/collect-outputs.ts";
import { openSessionFile } from "../../runtime/open-session.ts";
import { planSamples, runSample, type Tensors, toFloats } from "../../runtime/run-samples.ts";
import type { Handler } from "../protocol.ts";

/**
 * A few inputs, spread over the classes, with the source model's outputs: what a device replays after activation. A device runs single steps, so of
 * a sequence one step is taken, with the states that it begins with; each sample's a little later than the one before.
 */
export const goldenSet: Handler<"golden-set"> = async ({ modelPath, data, count }, context) => {
  const samples = await openSamples(data);
  const indices = spreadOverClasses(samples.count, await readLabels(data.labelsPath), count);
  const session = await openSessionFile(modelPath, { threads: 1 });
  const plan = planSamples(session, samples);
  const inputs = new InputCollector(plan, indices.length);
  const outputs = new OutputCollector(indices.length);
  for (const [at, index] of indices.entries()) {
    let step = 0;
    const wanted = Math.floor((at * plan.steps) / indices.length);
    for await (const run of runSample(session, plan, samples, index)) {
      if (step === wanted) {
        inputs.add(at, run.feeds);
        outputs.add(at, run.outputs);
        break;
      }
      step += 1;
    }
    context.progress({ step: "measuring-accuracy", done: at + 1, total: indices.length });
  }
  await samples.close();
  const written = await outputs.write("golden-output", session.outputNames);
  return { count: indices.length, inputFiles: await inputs.write(), outputFiles: written.map(({ file }) => file) };
};

/** What each input was fed, as float32, first axis = sample: [samples, ...] without a batch axis where the input has one in front. */
class InputCollector {
  private readonly count: number;
  private readonly inputs: readonly { readonly name: string; readonly shape: readonly number[]; readonly data: Float32Array }[];

  constructor(plan: FeedPlan, count: number) {
    this.count = count;
    this.inputs = plan.inputs.map(({ name, dims }) => {
      const shape = dims[0] === 1 ? dims.slice(1) : dims;
      return { name, shape, data: new Float32Array(count * elementCount(shape)) };
    });
  }

  add(sample: number, feeds: Tensors): void {
    for (const { name, shape, data } of this.inputs) {
      const values = feeds[name] === undefined ? null : toFloats(feeds[name]);
      if (values !== null) data.set(values, sample * elementCount(shape));
    }
  }

  /** In the order of the model's inputs. */
  async write(): Promise<string[]> {
    const files: string[] = [];
    for (const { shape, data } of this.inputs) {
      const file = `golden-input-${files.length}.npy`;
      await writeFile(file, writeNpy({ type: "float32", shape: [this.count, ...shape], data }));
      files.push(file);
    }
    return files;
  }
}
