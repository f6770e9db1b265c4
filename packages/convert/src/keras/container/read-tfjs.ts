import { DataType, type Tensor } from "@flotilla/onnx";
import { z } from "zod";
import { convertError } from "../../errors.ts";
import type { KerasLayer } from "../graph/keras-graph.ts";
import { asFloat } from "../weights/read-tensor.ts";
import { innerLayers, type SlotsOf } from "../weights/weight-slots.ts";
import { dequantise, type Quantisation, quantisationSchema } from "./dequantise-tfjs.ts";
import type { KerasArchive, WeightsByLayer } from "./keras-archive.ts";
import { parseJson } from "./parse-json.ts";

const weightSchema = z.looseObject({
  name: z.string(),
  shape: z.array(z.number().int().nonnegative()),
  dtype: z.string(),
  quantization: quantisationSchema.optional(),
});

const modelSchema = z.looseObject({
  format: z.string().optional(),
  modelTopology: z.looseObject({
    model_config: z.unknown().optional(),
    keras_version: z.string().optional(),
    class_name: z.string().optional(),
  }),
  weightsManifest: z.array(z.object({ paths: z.array(z.string()), weights: z.array(weightSchema) })),
  userDefinedMetadata: z.looseObject({ labels: z.array(z.string()).optional() }).optional(),
});

const TYPES: Readonly<Record<string, readonly [type: number, bytes: number]>> = {
  float32: [DataType.FLOAT, 4],
  float16: [DataType.FLOAT16, 2],
  int32: [DataType.INT32, 4],
  uint8: [DataType.UINT8, 1],
  uint16: [DataType.UINT16, 2],
  bool: [DataType.BOOL, 1],
};

/**
 * A layers model of TensorFlow.js: `model.json` and the weight files that it names. `readFile` gives a file of the same folder.
 * Weights are addressed by name: `<layer>/<weight>`.
 * Source: tfjs-core/src/io/types.ts (ModelJSON, WeightsManifestEntry)
 * @throws FlotillaError UNSUPPORTED_FORMAT for graph models, which are TensorFlow graphs and no Keras
 */
export function readTfjs(modelJson: string, readFile: (path: string) => Uint8Array, slotsOf: SlotsOf): KerasArchive {
  const parsed = modelSchema.safeParse(parseJson(modelJson, "model.json"));
  if (!parsed.success)
    throw convertError(
      "NOT_A_MODEL",
      "model.json is not a TensorFlow.js model: it has no modelTopology and weightsManifest. Save the model again.",
    );
  const { modelTopology: topology, format, weightsManifest, userDefinedMetadata } = parsed.data;
  if (format === "graph-model" || "node" in topology)
    throw convertError(
      "UNSUPPORTED_FORMAT",
      "The file is a TensorFlow.js graph model; layers models are read. Convert the Keras model itself, as .keras or .h5.",
    );
  return {
    form: "tfjs",
    version: topology.keras_version ?? "",
    backend: "",
    config: topology.model_config ?? topology,
    weights: { load: (layers) => loadAll(readManifest(weightsManifest, readFile), layers, slotsOf) },
    labels: userDefinedMetadata?.labels ?? [],
  };
}

function readManifest(groups: z.infer<typeof modelSchema>["weightsManifest"], readFile: (path: string) => Uint8Array): Map<string, Tensor> {
  const tensors = new Map<string, Tensor>();
  for (const { paths, weights } of groups) {
    const bytes = paths.length === 1 ? readFile(paths[0] ?? "") : Buffer.concat(paths.map(readFile));
    let position = 0;
    for (const weight of weights) {
      const { quantization } = weight;
      const [type, size] = TYPES[quantization?.dtype ?? weight.dtype] ?? [0, 0];
      if (size === 0)
        throw convertError(
          "UNSUPPORTED_FORMAT",
          `The weight ${JSON.stringify(weight.name)} has the type ${weight.dtype}, which is not read. Save the model again.`,
        );
      const length = weight.shape.reduce((total, dim) => total * dim, size);
      if (!Number.isSafeInteger(length) || position + length > bytes.length)
        throw convertError(
          "TRUNCATED_FILE",
          `The weights end at byte ${bytes.length}, but ${JSON.stringify(weight.name)} goes to ${position + length}. Upload all weight files.`,
        );
      if (tensors.has(weight.name))
        throw convertError("INVALID_GRAPH", `model.json lists the weight ${JSON.stringify(weight.name)} twice. Save the model again.`);
      const raw = { dataType: type, dims: weight.shape, bytes: bytes.subarray(position, position + length) };
      tensors.set(weight.name.replace(/:0$/, ""), widen(raw, quantization));
      position += length;
    }
  }
  return tensors;
}

function widen(raw: Tensor, quantisation: Quantisation | undefined): Tensor {
  return quantisation === undefined ? asFloat(raw) : dequantise(raw, quantisation);
}

function loadAll(tensors: ReadonlyMap<string, Tensor>, layers: readonly KerasLayer[], slotsOf: SlotsOf): WeightsByLayer {
  const result = new Map<KerasLayer, Map<string, Tensor>>();
  const visit = (layer: KerasLayer, around: readonly string[]): void => {
    const slots = slotsOf(layer);
    if (slots.length > 0) result.set(layer, new Map(slots.map(({ name }) => [name, findWeight(tensors, layer, around, name)])));
    const parts = new Map(layer.parts.map((part) => [part.layer, part.name]));
    for (const inner of innerLayers(layer)) visit(inner, [...around, parts.get(inner) ?? inner.name]);
  };
  for (const layer of layers) visit(layer, [layer.name]);
  return result;
}

/** With all names around, or without those of outer models, or without that of a cell: writers differ. */
function findWeight(tensors: ReadonlyMap<string, Tensor>, layer: KerasLayer, around: readonly string[], name: string): Tensor {
  for (const owners of [around, around.slice(0, -1)])
    for (let from = 0; from < owners.length; from += 1) {
      const found = tensors.get([...owners.slice(from), name].join("/"));
      if (found !== undefined) return found;
    }
  throw convertError(
    "INVALID_GRAPH",
    `The weight ${JSON.stringify(name)} of the layer ${JSON.stringify(layer.path)} is missing. Save the whole model again.`,
  );
}
