import type { TensorSpec } from "@flotilla/contracts";
import { typeName } from "@flotilla/onnx";
import type { KerasLayer, KerasModel } from "../keras/graph/keras-graph.ts";
import { inputType } from "../keras/graph/declare-input.ts";
import { convertKeras } from "../keras/convert-keras.ts";
import { inspectKeras } from "../keras/inspect-keras.ts";
import { readKeras } from "../keras/read-keras.ts";
import type { Source } from "./source.ts";

/** Layers that take pixels as files hold them. */
const SCALING = new Set(["Rescaling", "Normalization"]);

/** Keras in any of its files: HDF5, the `.keras` archive, TensorFlow.js layers. */
export const kerasSource: Source = {
  inspect(bytes) {
    const archive = readKeras(bytes);
    const { model, classes, unsupported } = inspectKeras(archive);
    return {
      framework: "Keras",
      frameworkVersion: archive.version === "" ? null : archive.version,
      partsAre: "layers",
      kinds: classes,
      unsupported,
      inputs: model.inputs.flatMap(({ layer }) => describeInput(layerOf(model, layer))),
      outputs: model.outputs.map(({ layer }) => layer),
    };
  },
  convert(bytes, { layout }) {
    const archive = readKeras(bytes);
    const { classes } = inspectKeras(archive);
    const { labels, ...converted } = convertKeras(archive, { pictures: layout === "nchw" ? "channels-first" : "as-trained" });
    const rawPixels = [...classes.keys()].some((name) => SCALING.has(name));
    return { ...converted, hints: { labels, preprocessing: null, inputScale: null, rawPixels, dynamic: false } };
  },
};

function layerOf(model: KerasModel, name: string): KerasLayer | undefined {
  return model.layers.find((layer) => layer.name === name);
}

function describeInput(layer: KerasLayer | undefined): TensorSpec[] {
  if (layer === undefined) return [];
  const shape = layer.config.raw("batch_shape") ?? layer.config.raw("batch_input_shape");
  const sizes = Array.isArray(shape) ? shape.map((size: unknown) => (typeof size === "number" ? size : null)) : [];
  return [{ name: layer.name, type: typeName(inputType(layer)), shape: sizes }];
}
