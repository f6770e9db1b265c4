import type { Tensor } from "@flotilla/onnx";
import { z } from "zod";
import { convertError } from "../../errors.ts";
import { Hdf5Object } from "../../hdf5/open-hdf5.ts";
import type { ZipArchive } from "../../zip/read-zip.ts";
import type { KerasLayer } from "../graph/keras-graph.ts";
import { dequantiseInt8 } from "../weights/dequantise-int8.ts";
import { readTensor } from "../weights/read-tensor.ts";
import type { SlotsOf } from "../weights/weight-slots.ts";
import type { KerasArchive, WeightsByLayer } from "./keras-archive.ts";
import { parseJson } from "./parse-json.ts";
import { h5Archive } from "./read-h5.ts";
import { countedNames } from "./snake-case.ts";
import { openWeights, type WeightGroup } from "./weight-files.ts";

const versionSchema = z.looseObject({ keras_version: z.string().optional() });

/**
 * The `.keras` archive: `metadata.json`, `config.json` and `model.weights.h5`, whose weights are addressed by the class of a layer and a counter
 * (`layers/conv2d_1/vars/0`), never by its name; or a zip with the JSON of `to_json()` and the files of `save_weights()`, in one file or in shards, of
 * any Keras. `assets/` (vocabularies) is not read.
 * Source: keras/src/saving/saving_lib.py, _save_state and _save_container_state
 */
export function readKerasV3(zip: ZipArchive, configName: string, slotsOf: SlotsOf): KerasArchive {
  const folder = configName.slice(0, configName.lastIndexOf("/") + 1);
  const config = parseJson(readText(zip, configName), configName);
  const version = versionOf(zip, folder, config);
  const weights = openWeights(zip, folder);
  // save_weights() of Keras 1 and 2 lists the layers' names; newer ones address as the archive does.
  if (weights instanceof Hdf5Object && weights.attributes.has("layer_names")) return h5Archive(weights, { config, version }, slotsOf);
  return {
    form: "keras-v3",
    version,
    backend: "",
    config,
    weights: { load: (layers) => new Loader(weights, slotsOf).load(layers) },
    labels: [],
  };
}

/** As the archive says, or the JSON of Keras 1 and 2; that of Keras 3 names modules instead. */
function versionOf(zip: ZipArchive, folder: string, config: unknown): string {
  const metadata = zip.names.includes(`${folder}metadata.json`)
    ? parseJson(readText(zip, `${folder}metadata.json`), "metadata.json")
    : null;
  for (const source of [metadata, config]) {
    const parsed = versionSchema.safeParse(source);
    if (parsed.success && parsed.data.keras_version !== undefined) return parsed.data.keras_version;
  }
  return typeof config === "object" && config !== null && "module" in config ? "3" : "2";
}

function readText(zip: ZipArchive, name: string): string {
  return Buffer.from(zip.read(name)).toString("utf8");
}

class Loader {
  readonly #root: WeightGroup;
  readonly #slotsOf: SlotsOf;
  readonly #result = new Map<KerasLayer, Map<string, Tensor>>();

  constructor(root: WeightGroup, slotsOf: SlotsOf) {
    this.#root = root;
    this.#slotsOf = slotsOf;
  }

  load(layers: readonly KerasLayer[]): WeightsByLayer {
    this.#layers(this.#root, layers);
    return this.#result;
  }

  #layers(group: WeightGroup | null, layers: readonly KerasLayer[]): void {
    // TensorFlow 2.12 and 2.13 called the list of layers differently.
    const list = group?.find("layers") ?? group?.find("_layer_checkpoint_dependencies") ?? null;
    const names = addressesOf(list, layers);
    for (const [index, layer] of layers.entries()) this.#layer(list?.find(names[index] ?? "") ?? null, layer);
  }

  #layer(group: WeightGroup | null, layer: KerasLayer): void {
    const slots = this.#slotsOf(layer);
    if (slots.length > 0) this.#result.set(layer, this.#variables(group?.find("vars") ?? null, layer));
    if (layer.model !== null) this.#layers(group, layer.model.layers);
    for (const part of layer.parts) {
      const attribute = part.attributes.find((name) => group?.find(name) !== null && group !== null);
      this.#layer(attribute === undefined ? null : (group?.find(attribute) ?? null), part.layer);
    }
  }

  #variables(vars: WeightGroup | null, layer: KerasLayer): Map<string, Tensor> {
    const slots = this.#slotsOf(layer);
    if (vars === null || vars.members.length === 0) {
      // A layer that two models share is stored with the first one.
      const twin = [...this.#result].find(([other]) => other.name === layer.name && other.className === layer.className);
      if (twin !== undefined) return twin[1];
    }
    const tensors = new Map<string, Tensor>();
    for (const [index, { name, scaleAxes }] of slots.entries()) {
      const dataset = vars?.find(String(index)) ?? null;
      if (dataset === null)
        throw convertError(
          "INVALID_GRAPH",
          `The layer ${JSON.stringify(layer.path)} (${layer.className}) has ${slots.length} weights (${slots.map((slot) => slot.name).join(", ")}), the file has ${vars?.members.length ?? 0} for it. Save the model again.`,
        );
      const tensor = readDataset(dataset);
      // Keras puts the scales of an int8 weight behind all other weights of the layer.
      tensors.set(
        name,
        isInt8(dataset) ? dequantiseInt8(tensor, scaleOf(vars, slots.length, layer), scaleAxes ?? [], dataset.path) : tensor,
      );
    }
    return tensors;
  }
}

function scaleOf(vars: WeightGroup | null, index: number, layer: KerasLayer): Tensor {
  const dataset = vars?.find(String(index)) ?? null;
  if (dataset !== null) return readDataset(dataset);
  throw convertError(
    "INVALID_GRAPH",
    `The layer ${JSON.stringify(layer.path)} (${layer.className}) has weights of whole numbers without a scale. Save the model before quantising it.`,
  );
}

function readDataset(dataset: WeightGroup): Tensor {
  return readTensor(dataset.read(), dataset.attributes.get("dtype")?.[0] === "bfloat16", dataset.path);
}

function isInt8(dataset: WeightGroup): boolean {
  const { type } = dataset.read();
  return type.kind === "integer" && type.size === 1 && type.signed;
}

/** Classes that Keras exports, and so writes into the config, under another name than their own. */
const CLASS_NAMES: ReadonlyMap<string, string> = new Map([["GroupQueryAttention", "GroupedQueryAttention"]]);

/** By class and counter; by the layers' own names in files of TensorFlow 2.12, where all of those that have weights are found so. */
function addressesOf(list: WeightGroup | null, layers: readonly KerasLayer[]): string[] {
  const counted = countedNames(layers.map(({ className }) => CLASS_NAMES.get(className) ?? className.replace(/^ops\./, "")));
  const members = new Set(list?.members);
  const own = layers.map(({ name }) => name);
  const found = (names: readonly string[]): number => names.filter((name) => members.has(name)).length;
  return found(own) > found(counted) ? own : counted;
}
