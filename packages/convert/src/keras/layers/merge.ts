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
  passesMask: true,
  convert: (call) => {
    const { b, layer } = call;
    const operator = OPERATORS[layer.className] ?? "Add";
    const inputs = alignRanks(call, mergeInputs(call));
    if (operator === "Sub" && inputs.length !== 2) call.fail(`needs 2 inputs and has ${inputs.length}`);
    const [first = "", ...rest] = inputs;
    if (rest.length === 0) return first;
    return N_ARY.has(operator) ? b.op(operator, inputs) : rest.reduce((sum, next) => b.op(operator, [sum, next]), first);
  },
};

/** The inputs of a merge layer: one list, or (in Keras 3's functional API) several arguments. All float32 if one of them is. */
export function mergeInputs(call: LayerCall): string[] {
  const { b } = call;
  const inputs = call.inputs.length > 1 ? [...call.inputs] : call.args.flatMap((_, index) => call.tensors(index, ""));
  if (inputs.length === 0) call.fail("is called without inputs");
  const types = new Set(inputs.map((input) => b.type(input).elemType));
  return types.size === 1 ? inputs : inputs.map((input) => toFloat(b, input));
}

function alignRanks({ b }: LayerCall, inputs: readonly string[]): string[] {
  const rank = Math.max(...inputs.map((input) => b.rank(input)));
  return inputs.map((input) => widen(b, input, rank));
}

function widen(b: GraphBuilder, value: string, rank: number): string {
  const missing = rank - b.rank(value);
  return missing === 0 ? value : b.op("Unsqueeze", [value, b.ints(Array.from({ length: missing }, (_, index) => 1 + index))]);
}
