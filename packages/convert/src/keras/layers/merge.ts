import type { GraphBuilder } from "@flotilla/onnx";
import { toFloat, type LayerCall } from "./layer-call.ts";
import type { LayerKind } from "./layer-kind.ts";

const OPERATORS: Readonly<Record<string, string>> = {
  Add: "Add",
  Subtract: "Sub",
  Multiply: "Mul",
  Average: "Mean",
  Maximum: "Max",
  Minimum: "Min",
};
const N_ARY = new Set(["Mean", "Max", "Min"]);

/**
 * Add, Subtract, Multiply, Average, Maximum, Minimum of several inputs, element by element, broadcast where a size is 1. An input of fewer axes
 * gets ones behind its batch axis first.
 * Source: keras/src/layers/merging/base_merge.py
 */
export const merge: LayerKind = {
  classes: Object.keys(OPERATORS),
  about: "Add, Sub, Mul, Mean, Max, Min",
  convert: (call) => {
    const { b } = call;
    const y = merged(call);
    const mask = mergeMasks(call);
    // One input comes back as it is, with its own mask.
    const result = call.inputs.includes(y) ? b.op("Identity", [y]) : y;
    if (mask !== null) call.context.masks.set(result, mask);
    return result;
  },
};

function merged(call: LayerCall): string {
  const { b, layer } = call;
  const operator = OPERATORS[layer.className] ?? "Add";
  const inputs = alignRanks(call, mergeInputs(call));
  if (operator === "Sub" && inputs.length !== 2) call.fail(`needs 2 inputs and has ${inputs.length}`);
  const [first = "", ...rest] = inputs;
  if (rest.length === 0) return first;
  return N_ARY.has(operator) ? b.op(operator, inputs) : rest.reduce((sum, next) => b.op(operator, [sum, next]), first);
}

/** Keras 3: a step counts if it does for one of the inputs, and all steps where an input has no mask; before, if it does for all that have one. */
export function mergeMasks(call: LayerCall): string | null {
  const { b, config } = call;
  const found = mergedInputs(call).map((input) => call.mask(input));
  const masks = found.filter((mask) => mask !== null);
  if (masks.length === 0 || (config.keras === 3 && masks.length < found.length)) return null;
  return masks.reduce((left, right) => (left === right ? left : b.op(config.keras === 3 ? "Or" : "And", [left, right])));
}

/** The inputs of a merge layer: one list, or (in Keras 3's functional API) several arguments. All float32 if one of them is. */
export function mergeInputs(call: LayerCall): string[] {
  const { b } = call;
  const inputs = mergedInputs(call);
  if (inputs.length === 0) call.fail("is called without inputs");
  const types = new Set(inputs.map((input) => b.type(input).elemType));
  return types.size === 1 ? [...inputs] : inputs.map((input) => toFloat(b, input));
}

/** The same in the types that they have. */
export function mergedInputs(call: LayerCall): readonly string[] {
  return call.inputs.length > 1 ? call.inputs : call.args.flatMap((_, index) => call.tensors(index, ""));
}

function alignRanks({ b }: LayerCall, inputs: readonly string[]): string[] {
  const rank = Math.max(...inputs.map((input) => b.rank(input)));
  return inputs.map((input) => widen(b, input, rank));
}

function widen(b: GraphBuilder, value: string, rank: number): string {
  const missing = rank - b.rank(value);
  return missing === 0 ? value : b.op("Unsqueeze", [value, b.ints(Array.from({ length: missing }, (_, index) => 1 + index))]);
}
