import { z } from "zod";
import { convertError } from "../../errors.ts";
import type { KerasLayer, KerasModel, Part, TensorRef } from "./keras-graph.ts";
import { LayerConfig } from "./layer-config.ts";
import { numberCalls } from "./number-calls.ts";
import { readCalls, readRefs } from "./read-calls.ts";
import { upgradeKeras1 } from "./upgrade-keras1.ts";

/** A layer as any Keras writes it. What is inside `config` depends on the class. */
const entrySchema = z.looseObject({
  class_name: z.string().max(300),
  config: z.unknown().optional(),
  name: z.string().optional(),
  module: z.string().nullish(),
  registered_name: z.string().nullish(),
  inbound_nodes: z.array(z.unknown()).optional(),
});

const sequentialSchema = z.union([
  z.array(z.unknown()).transform((layers) => ({ name: undefined, layers, build_input_shape: undefined })),
  z.looseObject({ name: z.string().optional(), layers: z.array(z.unknown()), build_input_shape: z.unknown().optional() }),
]);

const functionalSchema = z.looseObject({
  name: z.string().optional(),
  layers: z.array(z.unknown()),
  input_layers: z.unknown().optional(),
  output_layers: z.unknown().optional(),
});

const MAX_LAYERS = 20_000;
const SEQUENTIAL = new Set(["Sequential"]);
const FUNCTIONAL = new Set(["Functional", "Model", "Network", "Container"]);
const OWN_MODULES = /^(?:keras|tf_keras|tensorflow\.keras|tensorflow\.python\.keras|builtins)(?:\.|$)/;

/** Makes the layer that an entry of a config describes, as a part of another one. */
export type MakePart = (entry: unknown) => KerasLayer;

/** What the registry of layers knows about classes. */
export interface KnownClasses {
  /** The layers that a class has inside. */
  partsOf(className: string, config: LayerConfig, make: MakePart): readonly Part[];
  /** Whether a class is converted. */
  has(className: string): boolean;
}

/** Reads `{class_name, config}` of a whole model. @throws FlotillaError INVALID_GRAPH, UNSUPPORTED_OPERATOR, TOO_MANY_NODES */
export function readKerasModel(root: unknown, keras: 1 | 2 | 3, known: KnownClasses): KerasModel {
  const layer = new ModelReader(keras, known).layer(root, "");
  if (layer.model !== null) return layer.model;
  throw convertError(
    "UNSUPPORTED_OPERATOR",
    `The model is of the class ${JSON.stringify(layer.className)}: what it does stands in Python code, not in the file. Build it as a Sequential or Functional model and save that.`,
  );
}

class ModelReader {
  readonly #keras: 1 | 2 | 3;
  readonly #known: KnownClasses;
  #count = 0;

  constructor(keras: 1 | 2 | 3, known: KnownClasses) {
    this.#keras = keras;
    this.#known = known;
  }

  layer(value: unknown, around: string): KerasLayer {
    this.#count += 1;
    if (this.#count > MAX_LAYERS) throw convertError("TOO_MANY_NODES", `The model has more than ${MAX_LAYERS} layers.`);
    const entry = ownName(parse(entrySchema, value, `a layer of ${around === "" ? "the model" : JSON.stringify(around)}`));
    const modern =
      this.#keras === 1 ? upgradeKeras1(entry.class_name, entry.config) : { className: entry.class_name, config: entry.config };
    const values: Readonly<Record<string, unknown>> = isRecord(modern.config) ? modern.config : {};
    const className = classOf(modern.className, entry.module ?? "", values, this.#keras === 3 ? this.#known : null);
    const name = nameOf(entry.name, values, className);
    const path = around === "" ? name : `${around}/${name}`;
    const config = new LayerConfig(values, `${className} ${JSON.stringify(path)}`, this.#keras);
    const foreign = foreignOrigin(entry);
    const model = foreign === "" ? this.#model(className, modern.config, name, path) : null;
    return {
      className,
      name,
      path,
      config,
      trainable: config.raw("trainable") !== false,
      foreign,
      calls: (entry.inbound_nodes ?? []).map((node) => readCalls(node)),
      model,
      parts: model !== null || foreign !== "" ? [] : this.#known.partsOf(className, config, (part) => this.layer(part, path)),
    };
  }

  #model(className: string, config: unknown, name: string, path: string): KerasModel | null {
    if (SEQUENTIAL.has(className)) return this.#sequential(config, name, path);
    return FUNCTIONAL.has(className) ? this.#functional(config, name, path) : null;
  }

  #sequential(value: unknown, name: string, path: string): KerasModel {
    const config = parse(sequentialSchema, value, `the Sequential model ${JSON.stringify(name)}`);
    const listed = config.layers.map((entry) => this.layer(entry, path));
    const [first] = listed;
    if (first === undefined)
      throw convertError("INVALID_GRAPH", `The Sequential model ${JSON.stringify(name)} has no layers. Add some and save it again.`);
    const layers = first.className === "InputLayer" ? listed : [this.#impliedInput(first, config.build_input_shape), ...listed];
    const chained = layers.map((layer, index) => ({ ...layer, calls: index === 0 ? [] : [callOn(layers[index - 1]?.name ?? "")] }));
    requireUnique(chained, name);
    return { name, layers: chained, inputs: [refTo(layers[0])], outputs: [refTo(layers.at(-1))] };
  }

  /** A Sequential model may leave its input out: the first layer knows the shape. */
  #impliedInput(first: KerasLayer, buildShape: unknown): KerasLayer {
    const inner = first.model?.layers.find((layer) => layer.className === "InputLayer")?.config;
    const shape =
      first.config.raw("batch_input_shape") ?? inner?.raw("batch_input_shape") ?? inner?.raw("batch_shape") ?? buildShape ?? null;
    const values = { batch_shape: shape, dtype: inner?.raw("dtype") ?? first.config.raw("dtype") ?? "float32" };
    const name = `${first.name}_input`;
    const config = new LayerConfig(values, `InputLayer ${JSON.stringify(name)}`, this.#keras);
    return { className: "InputLayer", name, path: name, config, trainable: true, foreign: "", calls: [], model: null, parts: [] };
  }

  #functional(value: unknown, name: string, path: string): KerasModel {
    const config = parse(functionalSchema, value, `the model ${JSON.stringify(name)}`);
    const layers = config.layers.map((entry) => this.layer(entry, path));
    requireUnique(layers, name);
    const model = { name, layers, inputs: readRefs(config.input_layers), outputs: readRefs(config.output_layers) };
    if (model.inputs.length > 0 && model.outputs.length > 0) return numberCalls(model);
    throw convertError("INVALID_GRAPH", `The model ${JSON.stringify(name)} does not say what its inputs and outputs are. Save it again.`);
  }
}

/**
 * Keras 3's operations on tensors have classes of the same names as layers; the module tells them apart. Keras 2 has one class for all
 * functions of TensorFlow, which are called by their names here.
 */
function classOf(className: string, module: string, config: Readonly<Record<string, unknown>>, keras3: KnownClasses | null): string {
  if (className === "TFOpLambda" || className === "SlicingOpLambda") return `tf.${String(config["function"])}`;
  const operation = `ops.${className}`;
  if (/^keras\.(?:src\.)?ops(?:\.|$)/.test(module)) return operation;
  // Keras 3 leaves the module out of .h5 files. A layer that shares its name with an operation has "trainable" among its settings.
  return module === "" && keras3?.has(operation) === true && !("trainable" in config) ? operation : className;
}

function nameOf(given: string | undefined, config: Readonly<Record<string, unknown>>, className: string): string {
  const name = config["name"] ?? given ?? className.toLowerCase();
  return typeof name === "string" && name.length <= 500 ? name : className.toLowerCase();
}

/** Classes of keras.applications that register themselves as if they were a user's. */
const REGISTERED: ReadonlyMap<string, string> = new Map([["Custom>CustomScaleLayer", "CustomScaleLayer"]]);

function ownName(entry: z.infer<typeof entrySchema>): z.infer<typeof entrySchema> {
  const own = REGISTERED.get(entry.registered_name ?? entry.class_name);
  return own === undefined ? entry : { ...entry, class_name: own, registered_name: null, module: null };
}

/** Where a class that is not Keras' own comes from. Nothing of it is imported. */
function foreignOrigin({ class_name, module, registered_name }: z.infer<typeof entrySchema>): string {
  if (class_name.includes(">")) return class_name;
  if (registered_name?.includes(">") === true) return registered_name;
  return module !== null && module !== undefined && !OWN_MODULES.test(module) ? module : "";
}

function refTo(layer: KerasLayer | undefined): TensorRef {
  return { layer: layer?.name ?? "", node: 0, index: 0 };
}

function callOn(name: string): KerasLayer["calls"][number] {
  return { args: [{ kind: "tensor", ref: { layer: name, node: 0, index: 0 } }], kwargs: new Map() };
}

function requireUnique(layers: readonly KerasLayer[], model: string): void {
  const seen = new Set<string>();
  for (const { name } of layers) {
    if (seen.has(name))
      throw convertError(
        "INVALID_GRAPH",
        `The model ${JSON.stringify(model)} has two layers called ${JSON.stringify(name)}. Give them different names and save it again.`,
      );
    seen.add(name);
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parse<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw convertError(
    "INVALID_GRAPH",
    `The file describes ${what} wrongly: ${issue?.message ?? "unknown"} at ${JSON.stringify(issue?.path.join(".") ?? "")}. Save the model again.`,
  );
}
