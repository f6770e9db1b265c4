import "@tensorflow/tfjs-backend-cpu";
import type { TfjsModel } from "@flotilla/convert/tfjs-reference";
import * as tf from "@tensorflow/tfjs-core";
import { type LayersModel, loadLayersModel } from "@tensorflow/tfjs-layers";
import type { InputSlot } from "./reference-inputs.ts";
import type { TypedArray, Value } from "./value.ts";

/**
 * TensorFlow.js layers on the CPU: an implementation of Keras' layers that is not ours. Slow, and independent. `slots` are the model's inputs, in the layout in
 * which it was trained.
 */
export async function openTfjs(
  { topology, weights }: TfjsModel,
  slots: readonly InputSlot[],
): Promise<(inputs: readonly TypedArray[]) => Value[]> {
  await tf.setBackend("cpu");
  const handler = { load: () => Promise.resolve({ modelTopology: { model_config: topology } }) };
  const model = await loadLayersModel(handler);
  for (const { path, tensors } of weights) {
    const layer = path
      .slice(0, -1)
      .reduce((outer, name) => outer.getLayer(name) as LayersModel, model)
      .getLayer(path.at(-1) ?? "");
    layer.setWeights(tensors.map(({ shape, data }) => tf.tensor(data, [...shape])));
  }
  return (inputs) => {
    const feeds = slots.map(({ type, shape }, index) => {
      const values = inputs[index] ?? new Float32Array();
      return type.startsWith("float")
        ? tf.tensor(values as Float32Array, [...shape])
        : tf.tensor(Int32Array.from(values as Int32Array), [...shape], "int32");
    });
    const outputs = [model.predict(feeds)].flat();
    return outputs.map((output, index) => ({ name: String(index), shape: output.shape, data: output.dataSync() as Float32Array }));
  };
}
