import "@tensorflow/tfjs-backend-cpu";
import { FlotillaError } from "@flotilla/contracts/errors";
import type { TfjsModel } from "@flotilla/convert/tfjs-reference";
import * as tf from "@tensorflow/tfjs-core";
import { LayersModel, loadLayersModel } from "@tensorflow/tfjs-layers";
import type { InputSlot } from "./reference-inputs.ts";
import type { TypedArray, Value } from "./value.ts";

/**
 * TensorFlow.js layers on the CPU: an implementation of Keras' layers that is not ours. Slow, and independent. `slots` are the model's inputs, in the layout in
 * which it was trained. Throws RUNTIME_REFUSED with the library's own words, and where it would give other numbers without a word.
 */
export async function openTfjs(
  { topology, weights }: TfjsModel,
  slots: readonly InputSlot[],
): Promise<(inputs: readonly TypedArray[]) => Value[]> {
  await tf.setBackend("cpu");
  const model = await loadModel(topology, weights).catch((error: unknown) => refuse("open", error));
  checkAxes(model);
  return (inputs) => {
    try {
      return predict(model, slots, inputs);
    } catch (error) {
      return refuse("run", error);
    }
  };
}

async function loadModel(topology: TfjsModel["topology"], weights: TfjsModel["weights"]): Promise<LayersModel> {
  const handler = { load: () => Promise.resolve({ modelTopology: { model_config: topology } }) };
  const model = await loadLayersModel(handler);
  for (const { path, tensors } of weights) {
    const layer = path
      .slice(0, -1)
      .reduce((outer, name) => outer.getLayer(name) as LayersModel, model)
      .getLayer(path.at(-1) ?? "");
    layer.setWeights(tensors.map(({ shape, data }) => tf.tensor(data, [...shape])));
  }
  return model;
}

/** Its BatchNormalization takes the last axis, whatever it is told. */
function checkAxes(model: LayersModel): void {
  for (const layer of model.layers) {
    if (layer instanceof LayersModel) checkAxes(layer);
    if (layer.getClassName() !== "BatchNormalization") continue;
    const axis = Number(layer.getConfig()["axis"]);
    const rank = [layer.getInputAt(0)].flat()[0]?.rank ?? 0;
    if (axis !== -1 && axis !== rank - 1) refuse("run", `it normalises the last axis, and the model axis ${axis} of ${rank}`);
  }
}

function predict(model: LayersModel, slots: readonly InputSlot[], inputs: readonly TypedArray[]): Value[] {
  const feeds = slots.map(({ type, shape }, index) => {
    const values = inputs[index] ?? new Float32Array();
    return type.startsWith("float")
      ? tf.tensor(values as Float32Array, [...shape])
      : tf.tensor(Int32Array.from(values as Int32Array), [...shape], "int32");
  });
  const outputs = [model.predict(feeds)].flat();
  return outputs.map((output, index) => ({ name: String(index), shape: output.shape, data: output.dataSync() as Float32Array }));
}

function refuse(doing: "open" | "run", why: unknown): never {
  const reason = why instanceof Error ? why.message : String(why);
  throw new FlotillaError("RUNTIME_REFUSED", `TensorFlow.js could not ${doing} the model: ${reason.slice(0, 400)}.`);
}
