import type { KerasLayer } from "../graph/keras-graph.ts";

/** A weight that a layer has, by its own name. */
export interface WeightSlot {
  readonly name: string;
  readonly trainable: boolean;
  /** For a weight that Keras may keep as int8: its axes in the order in which they stand in the scale beside it. */
  readonly scaleAxes?: readonly number[];
}

/** A slot with the layer that it belongs to and the names of the layers around that one, inside the outermost layer. */
export interface PlacedSlot extends WeightSlot {
  readonly owner: KerasLayer;
}

/** The weights of a class by settings, in the order in which Keras makes them: the registry of layers knows. */
export type SlotsOf = (layer: KerasLayer) => readonly WeightSlot[];

/**
 * All weights of a layer and of the layers in it, in the order of `layer.weights`: trainable ones first, then the others, each in the order of
 * creation. A frozen layer has only others. Source: keras/src/engine/base_layer.py (trainable_weights, non_trainable_weights)
 */
export function orderedSlots(layer: KerasLayer, slotsOf: SlotsOf): PlacedSlot[] {
  return [...collect(layer, slotsOf, true, true), ...collect(layer, slotsOf, false, true)];
}

function collect(layer: KerasLayer, slotsOf: SlotsOf, wantTrainable: boolean, thawed: boolean): PlacedSlot[] {
  const trains = thawed && layer.trainable;
  if (wantTrainable && !trains) return [];
  const own = slotsOf(layer)
    .filter((slot) => (trains ? slot.trainable === wantTrainable : true))
    .map((slot) => ({ ...slot, owner: layer }));
  return [...own, ...innerLayers(layer).flatMap((inner) => collect(inner, slotsOf, wantTrainable, trains))];
}

/** Layers inside a layer, in the order in which Keras tracks them. */
export function innerLayers(layer: KerasLayer): KerasLayer[] {
  return [...(layer.model?.layers ?? []), ...layer.parts.map((part) => part.layer)];
}
