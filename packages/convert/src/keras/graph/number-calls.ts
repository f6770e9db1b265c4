import { type Argument, type CallNode, type KerasLayer, type KerasModel, type TensorRef, tensorsOf } from "./keras-graph.ts";

/**
 * The same model with calls numbered as they stand in the file. A model inside another one may count its own construction as call 0, which is not
 * in the file: Keras 3 does so only where it names the outputs of the outer model, and only for Functional models; Keras 2 everywhere, where the
 * model inside has an Input, and there the last call that anything reads tells.
 * Source: keras/src/models/functional.py, get_config and functional_from_config; keras/src/engine/functional.py (Keras 2), get_network_config
 */
export function numberCalls(model: KerasModel): KerasModel {
  const nested = new Map(model.layers.filter((layer) => layer.model !== null).map((layer) => [layer.name, layer]));
  if (nested.size === 0) return model;
  const last = new Map<string, number>();
  for (const ref of [...model.outputs, ...model.layers.flatMap((layer) => layer.calls.flatMap(readBy))])
    last.set(ref.layer, Math.max(ref.node, last.get(ref.layer) ?? 0));
  const counts = (layer: KerasLayer): boolean => (last.get(layer.name) ?? 0) >= layer.calls.length;
  const renumber = (ref: TensorRef, isOutput: boolean): TensorRef => {
    const layer = nested.get(ref.layer);
    if (layer === undefined || ref.node === 0) return ref;
    const counted = layer.config.keras === 3 ? isOutput && layer.className === "Functional" : counts(layer);
    return counted ? { ...ref, node: ref.node - 1 } : ref;
  };
  const argument = (value: Argument): Argument => {
    if (value.kind === "value") return value;
    return value.kind === "list" ? { kind: "list", items: value.items.map(argument) } : { kind: "tensor", ref: renumber(value.ref, false) };
  };
  const call = ({ args, kwargs }: CallNode): CallNode => ({
    args: args.map(argument),
    kwargs: new Map([...kwargs].map(([name, value]) => [name, argument(value)])),
  });
  return {
    ...model,
    layers: model.layers.map((layer) => ({ ...layer, calls: layer.calls.map(call) })),
    outputs: model.outputs.map((ref) => renumber(ref, true)),
  };
}

/** The tensors that a call reads. */
export function readBy(call: CallNode): TensorRef[] {
  return [...call.args, ...call.kwargs.values()].flatMap(tensorsOf);
}
