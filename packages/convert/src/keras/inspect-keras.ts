import { DataType } from "@flotilla/onnx";
import { type Unsupported } from "../errors.ts";
import { type KerasArchive, majorVersion } from "./container/keras-archive.ts";
import type { KerasLayer, KerasModel } from "./graph/keras-graph.ts";
import { inputType } from "./graph/declare-input.ts";
import { readKerasModel } from "./graph/read-model.ts";
import { kindOf } from "./layers/registry.ts";
import { quantisedMode } from "./weights/quantised-mode.ts";
import { innerLayers } from "./weights/weight-slots.ts";

/** What a Keras file is and whether it can be converted, found out from its description alone: no weight is read. */
export interface KerasInspection {
  readonly archive: KerasArchive;
  readonly model: KerasModel;
  /** Layers by class, models inside included. */
  readonly classes: ReadonlyMap<string, number>;
  /** Everything that cannot be converted; empty where the conversion can start. */
  readonly unsupported: readonly Unsupported[];
  /** Sentences for a person: what is converted with a reservation. */
  readonly notes: readonly string[];
}

/** @throws FlotillaError where the description itself is damaged */
export function inspectKeras(archive: KerasArchive): KerasInspection {
  const model = readKerasModel(archive.config, majorVersion(archive), {
    partsOf: (className, config, make) => kindOf(className)?.parts?.(config, make, className) ?? [],
    has: (className) => kindOf(className) !== null,
  });
  const classes = new Map<string, number>();
  const unsupported: Unsupported[] = [];
  const notes: string[] = [];
  const visit = (layer: KerasLayer): void => {
    classes.set(layer.className, (classes.get(layer.className) ?? 0) + 1);
    const reason = reasonAgainst(layer);
    if (reason !== null) unsupported.push({ name: layer.path, kind: layer.className, reason });
    if (reason === null && layer.config.raw("stateful") === true)
      notes.push(`The layer ${JSON.stringify(layer.path)} is stateful: each run starts it from zero.`);
    if (reason === null && quantisedMode(layer.config) !== "")
      notes.push(`The layer ${JSON.stringify(layer.path)} was quantised by Keras: its int8 weights are read, its products are float32.`);
    for (const inner of innerLayers(layer)) visit(inner);
  };
  for (const layer of model.layers) visit(layer);
  return { archive, model, classes, unsupported, notes };
}

/** Why a layer cannot be converted and what to do; null where it can. */
function reasonAgainst(layer: KerasLayer): string | null {
  const { className, foreign, config } = layer;
  if (className === "Lambda")
    return "a Lambda layer holds Python code, which is never run here. Replace it by layers of Keras, or by keras.ops in the functional model.";
  if (foreign !== "")
    return `its class comes from ${foreign}, and code that a model file names is never imported here. Rebuild it from layers of Keras.`;
  if (className === "InputLayer") {
    if (config.raw("sparse") === true || config.raw("ragged") === true)
      return "sparse and ragged inputs are not converted. Use a dense Input.";
    return inputType(layer) === DataType.STRING ? "it takes texts. Turn them into numbers before the model." : null;
  }
  if (layer.model !== null) return null;
  const kind = kindOf(className);
  if (kind === null) return "there is no conversion for this class. Replace it by layers that have one, or move it out of the model.";
  return kind.refuse?.(layer) ?? null;
}
