import { readFileSync } from "node:fs";
import { isFlotillaError } from "@flotilla/contracts";
import { expect, it } from "vitest";
import type { Unsupported } from "../errors.ts";
import { writeZip } from "../test-support/write-zip.ts";
import { convertKeras } from "./convert-keras.ts";
import { readKeras } from "./read-keras.ts";

/** An HDF5 file without any weight of the models here. */
const NO_WEIGHTS = readFileSync(new URL("../../test-data/hdf5/plain.h5", import.meta.url));

const layer = (className: string, config: object = {}, rest: object = {}): object => ({
  module: "keras.layers",
  class_name: className,
  config: { name: className.toLowerCase(), trainable: true, ...config },
  registered_name: null,
  ...rest,
});

const input = layer("InputLayer", { batch_shape: [null, 8], name: "in" });
const sequential = (...layers: readonly object[]): object => layer("Sequential", { name: "model", layers: [input, ...layers] });

function archive(config: object | string): Uint8Array {
  const text = (content: string): Uint8Array => Buffer.from(content);
  return writeZip([
    { name: "metadata.json", data: text('{"keras_version":"3.15.1"}') },
    { name: "config.json", data: text(typeof config === "string" ? config : JSON.stringify(config)) },
    { name: "model.weights.h5", data: NO_WEIGHTS },
  ]);
}

function refusal(config: object | string): { code: string; message: string; unsupported: readonly Unsupported[] } {
  try {
    convertKeras(readKeras(archive(config)));
  } catch (error) {
    if (!isFlotillaError(error)) throw error;
    return { code: error.code, message: error.message, unsupported: (error.details["unsupported"] ?? []) as Unsupported[] };
  }
  throw new Error("It was converted.");
}

it("a Lambda is refused by name, with the reason and what to do", () => {
  const code = { class_name: "__lambda__", config: { code: "4wEAAAA=", defaults: null, closure: null } };
  const { code: found, message, unsupported } = refusal(sequential(layer("Lambda", { name: "half", function: code })));
  expect(found).toBe("UNSUPPORTED_OPERATOR");
  expect(unsupported).toEqual([expect.objectContaining({ name: "model/half", kind: "Lambda" })]);
  expect(message).toContain("never run");
  expect(message).toContain("Replace it");
});

it("an input of texts is listed with everything else", () => {
  const texts = layer("InputLayer", { batch_shape: [null, 1], name: "words", dtype: "string" });
  const model = layer("Sequential", { name: "model", layers: [texts, layer("Lambda", { name: "half" })] });
  expect(refusal(model).unsupported.map(({ name }) => name)).toEqual(["model/words", "model/half"]);
});

it("everything that is not supported is listed at once, before a weight is read", () => {
  const config = sequential(
    layer("Dense", { units: 4, activation: "relu" }),
    layer("Lambda", { name: "a" }),
    layer("Wavelet", { name: "b" }, { module: "mypackage.layers", registered_name: "Wavelet" }),
    layer("Capsule", { name: "c" }, { registered_name: "research>Capsule" }),
    layer("TextVectorization", { name: "d" }),
    layer("Dense", { name: "e", units: 3, activation: "my_function" }),
    layer("Sequential", { name: "inner", layers: [input, layer("LSTM", { name: "f", units: 2, activation: "selu" })] }),
  );
  const { unsupported } = refusal(config);
  // A recurrent layer's activations belong to its cell.
  expect(unsupported.map(({ name }) => name)).toEqual(["model/a", "model/b", "model/c", "model/d", "model/e", "model/inner/f/lstm_cell"]);
  expect(unsupported[1]?.reason).toContain("mypackage.layers");
  expect(unsupported[2]?.reason).toContain("research>Capsule");
});

it("settings that change what a layer does are refused by name", () => {
  const policy = { class_name: "Int4DTypePolicy", config: { mode: "int4/128", source_name: "float32" } };
  const { unsupported } = refusal(
    sequential(
      layer("Dense", { name: "a", units: 4, dtype: policy }),
      layer("IntegerLookup", { name: "b", vocabulary: null }),
      layer("Discretization", { name: "c", bin_boundaries: null, num_bins: 4 }),
      layer("RandomCrop", { name: "d", height: 2, width: 2 }),
      layer("GroupQueryAttention", { name: "e", head_dim: 2, num_query_heads: 2, num_key_value_heads: 1, sliding_window: 3 }),
    ),
  );
  expect(unsupported.map(({ why }) => why?.code)).toEqual([
    "QUANTISED_WEIGHTS",
    "VOCABULARY_OUTSIDE",
    "NO_BOUNDARIES",
    "RANDOM_CROP",
    "SETTING",
  ]);
});

it("weights in shards must all be there, and a model's JSON alone is not one", () => {
  const text = (content: string): Uint8Array => Buffer.from(content);
  const config = { name: "config.json", data: text(JSON.stringify(sequential(layer("Dense", { units: 4 })))) };
  const map = { name: "m.weights.json", data: text('{"weight_map": {"/layers/dense/vars": "m_00000.weights.h5"}}') };
  for (const files of [[config, map], [config]])
    expect(() => convertKeras(readKeras(writeZip(files)))).toThrow(expect.objectContaining({ code: "EXTERNAL_DATA_MISSING" }));
});

it("a subclassed model is refused: what it does is not in the file", () => {
  expect(refusal(layer("MyModel", {}, { module: "__main__" })).code).toBe("UNSUPPORTED_OPERATOR");
});

it.each<[what: string, config: object | string, code: string]>([
  ["nested 10,000 deep", `${"[".repeat(10_000)}${"]".repeat(10_000)}`, "TOO_DEEP"],
  ["that is no JSON", "{", "NOT_A_MODEL"],
  ["without weights for a layer", sequential(layer("Dense", { units: 4 })), "INVALID_GRAPH"],
  ["with a size that is none", sequential(layer("MaxPooling1D", { pool_size: -3 })), "INVALID_GRAPH"],
  ["with two layers of one name", sequential(layer("Flatten"), layer("Flatten")), "INVALID_GRAPH"],
  ["without layers", layer("Sequential", { layers: [] }), "INVALID_GRAPH"],
  ["with an input of no shape", layer("Sequential", { layers: [layer("InputLayer", { name: "in" })] }), "INVALID_GRAPH"],
])("a description %s is refused with a code", (_, config, code) => {
  expect(refusal(config).code).toBe(code);
});

it("layers in a circle are refused", () => {
  const reads = (from: string): object => ({
    inbound_nodes: [{ args: [{ class_name: "__keras_tensor__", config: { keras_history: [from, 0, 0] } }], kwargs: {} }],
  });
  const layers = [input, layer("Flatten", { name: "a" }, reads("b")), layer("Flatten", { name: "b" }, reads("a"))];
  const { code, message } = refusal(layer("Functional", { name: "m", layers, input_layers: ["in", 0, 0], output_layers: ["b", 0, 0] }));
  expect(code).toBe("INVALID_GRAPH");
  expect(message).toContain("own output");
});
