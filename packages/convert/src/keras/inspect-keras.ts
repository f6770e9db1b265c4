import { DataType } from "@flotilla/onnx";
import { type Unsupported, unsupported as cannotConvert } from "../errors.ts";
import { type KerasArchive, majorVersion } from "./container/keras-archive.ts";
import type { KerasLayer, KerasModel } from "./graph/keras-graph.ts";
import { inputType } from "./graph/declare-input.ts";
import { readKerasModel } from "./graph/read-model.ts";
import { kindOf } from "./layers/registry.ts";
import { quantisedMode } from "./weights/quantised-mode.ts";
import { innerLayers } from "./weights/weight-slots.ts";
import { refusal, type Refusal } from "../reasons.ts";

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
    const why = reasonAgainst(layer);
    if (why !== null) unsupported.push(cannotConvert(layer.path, layer.className, why));
    if (why === null && layer.config.raw("stateful") === true)
      notes.push(`The layer ${JSON.stringify(layer.path)} is stateful: each run starts it from zero.`);
    if (why === null && quantisedMode(layer.config) !== "")
      notes.push(`The layer ${JSON.stringify(layer.path)} was quantised by Keras: its int8 weights are read, its products are float32.`);
    for (const inner of innerLayers(layer)) visit(inner);
  };
  for (const layer of model.layers) visit(layer);
  return { archive, model, classes, unsupported, notes };
}

/** Why a layer cannot be converted and what to do; null where it can. */
function reasonAgainst(layer: KerasLayer): Refusal | null {
  const { className, foreign, config } = layer;
  if (className === "Lambda") return refusal("LAMBDA");
  if (foreign !== "") return refusal("FOREIGN_CLASS", { origin: foreign });
  if (className === "InputLayer") {
    if (config.raw("sparse") === true || config.raw("ragged") === true) return refusal("SPARSE_INPUT");
    return inputType(layer) === DataType.STRING ? refusal("TEXT_INPUT") : null;
  }
  if (layer.model !== null) return null;
  const kind = kindOf(className);
  if (kind === null) return refusal("UNKNOWN_CLASS");
  return kind.refuse?.(layer) ?? null;
}
