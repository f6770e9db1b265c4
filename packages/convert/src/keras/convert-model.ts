import type { GraphBuilder, Tensor } from "@flotilla/onnx";
import { convertError } from "../errors.ts";
import { type Argument, type CallNode, type KerasLayer, type KerasModel, type TensorRef } from "./graph/keras-graph.ts";
import { readBy } from "./graph/number-calls.ts";
import { type CallContext, type CallValue, LayerCall } from "./layers/layer-call.ts";
import { kindOf } from "./layers/registry.ts";

export interface ModelContext {
  readonly b: GraphBuilder;
  readonly masks: Map<string, string>;
  readonly weightsOf: (layer: KerasLayer) => ReadonlyMap<string, Tensor>;
}

interface PlannedCall {
  readonly layer: KerasLayer;
  readonly node: number;
  readonly call: CallNode;
}

/**
 * Writes the nodes of a model on `inputs` and returns its outputs. A model inside is written where it is called, each time anew; its weights are
 * the same constants, which the clean-up merges.
 * @throws FlotillaError INVALID_GRAPH where layers depend on each other in a circle or on something that is not there
 */
export function convertModel(model: KerasModel, inputs: readonly string[], context: ModelContext): string[] {
  const values = new Map<string, readonly string[]>();
  for (const [index, ref] of model.inputs.entries()) {
    const value = inputs[index];
    if (value === undefined)
      throw convertError(
        "INVALID_GRAPH",
        `The model ${JSON.stringify(model.name)} has ${model.inputs.length} inputs and is called with ${inputs.length}. Save it again.`,
      );
    values.set(keyOf(ref.layer, ref.node), [value]);
  }
  for (const planned of planCalls(model, values)) {
    const { layer, node, call } = planned;
    const args = call.args.map((argument) => resolve(argument, values));
    const kwargs = new Map([...call.kwargs].map(([name, argument]) => [name, resolve(argument, values)]));
    values.set(keyOf(layer.name, node), convertLayer(layer, args, kwargs, context));
  }
  return model.outputs.map((ref) => valueOf(ref, values));
}

function keyOf(layer: string, node: number): string {
  return `${node}/${layer}`;
}

/** The calls that the outputs need, each behind those that it reads. */
function planCalls(model: KerasModel, given: ReadonlyMap<string, unknown>): PlannedCall[] {
  const layers = new Map(model.layers.map((layer) => [layer.name, layer]));
  const plan: PlannedCall[] = [];
  const state = new Map<string, "open" | "done">();
  const stack: { ref: TensorRef; leave: boolean }[] = model.outputs.map((ref) => ({ ref, leave: false })).reverse();
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const key = keyOf(top.ref.layer, top.ref.node);
    if (given.has(key) || state.get(key) === "done") continue;
    const layer = layers.get(top.ref.layer);
    const call = layer?.calls[top.ref.node];
    if (layer === undefined || call === undefined)
      throw convertError(
        "INVALID_GRAPH",
        `The model ${JSON.stringify(model.name)} reads call ${top.ref.node} of the layer ${JSON.stringify(top.ref.layer)}, which is not in the file. Save it again.`,
      );
    if (top.leave) {
      state.set(key, "done");
      plan.push({ layer, node: top.ref.node, call });
      continue;
    }
    if (state.get(key) === "open")
      throw convertError("INVALID_GRAPH", `The layer ${JSON.stringify(layer.path)} depends on its own output. Save the model again.`);
    state.set(key, "open");
    stack.push({ ref: top.ref, leave: true });
    for (const ref of readBy(call)) if (state.get(keyOf(ref.layer, ref.node)) !== "done") stack.push({ ref, leave: false });
  }
  return plan;
}

function resolve(argument: Argument, values: ReadonlyMap<string, readonly string[]>): CallValue {
  if (argument.kind === "value") return argument;
  if (argument.kind === "list") return { kind: "list", items: argument.items.map((item) => resolve(item, values)) };
  return { kind: "tensor", value: valueOf(argument.ref, values) };
}

function valueOf(ref: TensorRef, values: ReadonlyMap<string, readonly string[]>): string {
  const value = values.get(keyOf(ref.layer, ref.node))?.[ref.index];
  if (value !== undefined) return value;
  throw convertError(
    "INVALID_GRAPH",
    `Output ${ref.index} of the layer ${JSON.stringify(ref.layer)} is used, but the layer has no such output. Save the model again.`,
  );
}

function convertLayer(
  layer: KerasLayer,
  args: readonly CallValue[],
  kwargs: ReadonlyMap<string, CallValue>,
  context: ModelContext,
): readonly string[] {
  const scope = context.b.scope;
  context.b.scope = layer.path;
  try {
    const call = new LayerCall(layer, callContext(context), args, kwargs);
    if (layer.model !== null)
      return convertModel(
        layer.model,
        args.flatMap((_, index) => call.tensors(index, "")),
        context,
      );
    const kind = kindOf(layer.className) ?? call.fail("has no conversion");
    const result = kind.convert(call);
    const passes = kind.passesMask === true || (kind.passesMask === "keras3" && layer.config.keras === 3);
    const mask = passes ? call.inputMask() : null;
    // A layer that writes nothing gives its input back, but not the input's mask.
    const outputs = (typeof result === "string" ? [result] : result).map((output) =>
      !passes && call.inputs.includes(output) && context.masks.has(output) ? context.b.op("Identity", [output]) : output,
    );
    const [output] = outputs;
    if (mask !== null && output !== undefined && !context.masks.has(output)) context.masks.set(output, mask);
    return outputs;
  } finally {
    context.b.scope = scope;
  }
}

function callContext(context: ModelContext): CallContext {
  return { ...context, convert: (layer, args, kwargs) => convertLayer(layer, args, kwargs, context) };
}
