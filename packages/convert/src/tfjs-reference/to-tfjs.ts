import { float32View, type Tensor } from "@flotilla/onnx";
import { type Argument, type KerasLayer, type KerasModel, type TensorRef, tensorsOf } from "../keras/graph/keras-graph.ts";
import { inspectKeras } from "../keras/inspect-keras.ts";
import { slotsOf } from "../keras/layers/registry.ts";
import { readKeras } from "../keras/read-keras.ts";
import { orderedSlots } from "../keras/weights/weight-slots.ts";
import { KNOWN_LAYERS } from "./known-layers.ts";

/** A Keras model as TensorFlow.js layers load it. */
export interface TfjsModel {
  /** `{class_name, config}` as Keras 2 writes it. Layers are called `l0`, `l1`, … and so are those of models inside. */
  readonly topology: unknown;
  readonly weights: readonly TfjsWeights[];
}

/** The weights of a layer, in the order in which Keras and TensorFlow.js make them. */
export interface TfjsWeights {
  /** Layers from the outermost model inwards: a model inside a model is a layer. */
  readonly path: readonly string[];
  readonly tensors: readonly { readonly shape: readonly number[]; readonly data: Float32Array }[];
}

/**
 * The same model for TensorFlow.js layers, an implementation that is not ours; or why it cannot be: a layer that it does not have, or takes differently.
 * @throws FlotillaError where the file is damaged
 */
export function toTfjs(bytes: Uint8Array): TfjsModel | { readonly why: string } {
  const archive = readKeras(bytes);
  const { model } = inspectKeras(archive);
  const foreign = findForeign(model);
  if (foreign !== null) return { why: `TensorFlow.js has no ${foreign.className} as "${foreign.path}" is set up.` };
  if (archive.backend === "theano") return { why: "The model was trained with Theano, whose kernels are flipped." };
  const loaded = archive.weights.load(model.layers);
  const weights: TfjsWeights[] = [];
  collectWeights(model, [], (layer) => loaded.get(layer), weights);
  return { topology: toTopology(model), weights };
}

function findForeign(model: KerasModel): KerasLayer | null {
  for (const layer of model.layers) {
    if (layer.model !== null) {
      const inner = findForeign(layer.model);
      if (inner !== null) return inner;
    } else if (!isKnown(layer)) return layer;
  }
  return null;
}

function isKnown(layer: KerasLayer): boolean {
  const known = KNOWN_LAYERS[layer.className];
  if (known === undefined || known.requires?.(layer.config) === false) return false;
  // Masks, initial states and numbers among the inputs are another story.
  const hasTensorOptions = layer.calls.some(({ kwargs }) => [...kwargs.values()].some((value) => tensorsOf(value).length > 0));
  const wrapped = known.wraps === true ? layer.parts.map((part) => part.layer) : [];
  return !hasTensorOptions && wrapped.every(isKnown);
}

function toTopology(model: KerasModel): { class_name: string; config: Record<string, unknown> } {
  const places = new Map(model.layers.map((layer, index) => [layer.name, { name: `l${index}`, isModel: layer.model !== null }]));
  const entryOf = (ref: TensorRef): unknown[] => {
    const { name, isModel } = places.get(ref.layer) ?? {};
    // There, making a model counts as its first call.
    return [name, isModel === true ? ref.node + 1 : ref.node, ref.index];
  };
  const callOf = (args: readonly Argument[]): unknown[] => args.flatMap(tensorsOf).map((ref) => [...entryOf(ref), {}]);
  return {
    class_name: "Model",
    config: {
      name: "model",
      layers: model.layers.flatMap((layer, index) => {
        const calls = layer.calls.map(({ args }) => callOf(args));
        return keepAxes(layer, { ...toEntry(layer, `l${index}`), name: `l${index}`, inbound_nodes: calls });
      }),
      input_layers: model.inputs.map(entryOf),
      output_layers: model.outputs.map(entryOf),
    },
  };
}

interface Entry {
  readonly class_name: string;
  readonly config: Record<string, unknown>;
  readonly name: string;
  readonly inbound_nodes: readonly unknown[];
}

/** A global pooling that keeps its axes is one that does not, and repetitions of one: a Reshape there forgets how many channels there are. */
function keepAxes({ className, config }: KerasLayer, entry: Entry): Entry[] {
  if (config.raw("keepdims") !== true) return [entry];
  const entries: Entry[] = [{ ...entry, name: `${entry.name}_0`, config: { ...entry.config, name: `${entry.name}_0` } }];
  const append = (kind: string, settings: Record<string, unknown>, name: string): void => {
    const before = entries.at(-1)?.name;
    const calls = entry.inbound_nodes.map((_, call) => [[before, call, 0, {}]]);
    entries.push({ class_name: kind, config: { ...settings, name }, name, inbound_nodes: calls });
  };
  const once = { n: 1 };
  if (className.endsWith("1D")) append("RepeatVector", once, entry.name);
  else {
    append("RepeatVector", once, `${entry.name}_1`);
    append("TimeDistributed", { layer: { class_name: "RepeatVector", config: { ...once, name: "inner" } } }, entry.name);
  }
  return entries;
}

function toEntry(layer: KerasLayer, name: string): { class_name: string; config: Record<string, unknown> } {
  if (layer.model !== null) {
    const { class_name, config } = toTopology(layer.model);
    return { class_name, config: { ...config, name } };
  }
  const known = KNOWN_LAYERS[layer.className] ?? {};
  const { rename = {} } = known;
  const config: Record<string, unknown> = { name };
  for (const [key, value] of Object.entries(layer.config.values)) {
    // What only training needs is left out; weights that are set afterwards need no start.
    if (/_(?:regularizer|constraint)$/.test(key) || key === "name" || key === "dtype") continue;
    if (layer.className === "SeparableConv2D" && key === "kernel_initializer") continue;
    if (key.endsWith("_initializer")) config[key] = { class_name: "Zeros", config: {} };
    else if (key === "layer") config[key] = toEntry(layer.parts[0]?.layer ?? layer, "inner");
    else config[rename[key] ?? key] = value === "silu" ? "swish" : value;
  }
  if (layer.className === "InputLayer") {
    config["batch_input_shape"] = layer.config.raw("batch_shape") ?? layer.config.raw("batch_input_shape");
    const type = layer.config.raw("dtype");
    config["dtype"] = typeof type === "string" && type.startsWith("int") ? "int32" : "float32";
  }
  return { class_name: known.as ?? layer.className, config };
}

type LoadedWeights = ReadonlyMap<string, Tensor>;

function collectWeights(
  model: KerasModel,
  around: readonly string[],
  weightsOf: (layer: KerasLayer) => LoadedWeights | undefined,
  into: TfjsWeights[],
): void {
  for (const [index, layer] of model.layers.entries()) {
    const path = [...around, `l${index}`];
    if (layer.model !== null) {
      collectWeights(layer.model, path, weightsOf, into);
      continue;
    }
    const tensors = orderedSlots(layer, slotsOf).flatMap(({ owner, name }) => {
      const tensor = weightsOf(owner)?.get(name);
      return tensor === undefined ? [] : [{ shape: tensor.dims, data: float32View(tensor) }];
    });
    if (tensors.length > 0) into.push({ path, tensors });
  }
}
