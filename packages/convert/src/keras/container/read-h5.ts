import type { Tensor } from "@flotilla/onnx";
import { convertError } from "../../errors.ts";
import { type Hdf5Object, openHdf5 } from "../../hdf5/open-hdf5.ts";
import type { KerasLayer } from "../graph/keras-graph.ts";
import { readTensor } from "../weights/read-tensor.ts";
import { upgradeKernel } from "../weights/upgrade-kernel.ts";
import { orderedSlots, type SlotsOf } from "../weights/weight-slots.ts";
import type { KerasArchive, WeightsByLayer } from "./keras-archive.ts";
import { parseJson } from "./parse-json.ts";

/**
 * The whole-model HDF5 file of Keras 1 to 3: the attribute `model_config` is the model as JSON, the group `model_weights` has a group per layer
 * whose attribute `weight_names` lists its weights in order. `training_config` and `optimizer_weights` (Adam's slots) are no part of the model.
 * Source: keras/src/legacy/saving/legacy_h5_format.py
 * @throws FlotillaError NOT_A_MODEL where the file has only weights
 */
export function readH5(bytes: Uint8Array, slotsOf: SlotsOf): KerasArchive {
  const root = openHdf5(bytes);
  const config = text(root, "model_config");
  if (config === "")
    throw convertError(
      "NOT_A_MODEL",
      "The HDF5 file has weights but no model: it was written by save_weights(). Save the whole model with model.save().",
    );
  return h5Archive(root, { config: parseJson(config, "model_config"), version: "" }, slotsOf);
}

/** The archive of a file whose weights are listed by the layers' names. What the file says itself goes before what is known beside it. */
export function h5Archive(root: Hdf5Object, beside: Pick<KerasArchive, "config" | "version">, slotsOf: SlotsOf): KerasArchive {
  const weights = root.find("model_weights") ?? root;
  const labels = list(root, "class_names");
  const backend = text(root, "backend") || text(weights, "backend");
  return {
    form: "h5",
    version: text(root, "keras_version") || text(weights, "keras_version") || beside.version,
    backend,
    config: beside.config,
    weights: { load: (layers) => loadAll(weights, layers, slotsOf, backend) },
    labels: labels.length > 0 ? labels : list(root, "labels"),
  };
}

function text(object: Hdf5Object, name: string): string {
  return list(object, name).join("");
}

/** Lists of more than 64 kB are cut into `name0`, `name1`, … */
function list(object: Hdf5Object, name: string): string[] {
  const whole = object.attributes.get(name);
  if (whole !== undefined) return [...whole];
  const pieces: string[] = [];
  for (let index = 0; object.attributes.has(`${name}${index}`); index += 1)
    pieces.push(...(object.attributes.get(`${name}${index}`) ?? []));
  return pieces;
}

function loadAll(weights: Hdf5Object, layers: readonly KerasLayer[], slotsOf: SlotsOf, backend: string): WeightsByLayer {
  const result = new Map<KerasLayer, Map<string, Tensor>>();
  for (const layer of layers) {
    const slots = orderedSlots(layer, slotsOf);
    if (slots.length === 0) continue;
    const group = weights.find(layer.name);
    const names = group === null ? [] : list(group, "weight_names");
    if (names.some((stored) => stored.endsWith("_scale")))
      throw convertError(
        "UNSUPPORTED_FORMAT",
        `The layer ${JSON.stringify(layer.path)} (${layer.className}) is quantised, which is read from .keras files only. Save the model as .keras.`,
      );
    if (group === null || names.length !== slots.length)
      throw convertError(
        "INVALID_GRAPH",
        `The layer ${JSON.stringify(layer.path)} (${layer.className}) has ${slots.length} weights (${slots.map(({ name }) => name).join(", ")}), the file has ${names.length} for it. Save the whole model again.`,
      );
    for (const [index, { owner, name }] of slots.entries()) {
      const stored = names[index] ?? "";
      const dataset = group.find(stored);
      if (dataset === null)
        throw convertError(
          "INVALID_GRAPH",
          `The weight ${JSON.stringify(stored)} of the layer ${JSON.stringify(layer.path)} is missing. Save the model again.`,
        );
      const held = result.get(owner) ?? new Map<string, Tensor>();
      const tensor = readTensor(dataset.read(), dataset.attributes.get("dtype")?.[0] === "bfloat16", dataset.path);
      result.set(owner, held.set(name, name === "kernel" ? upgradeKernel(tensor, owner, backend) : tensor));
    }
  }
  return result;
}
