import { DataType, type Node, toNumbers } from "@flotilla/onnx";
import { collapseShapes, commonPerm, readBroadcast, type ReadMode } from "../broadcast.ts";
import type { Emitter } from "../emitter.ts";
import { fuseActivation } from "../fuse-activation.ts";
import { physicalShape } from "../layout.ts";
import { integerResult, noteFloat, quantOfNumbers } from "../quantisation.ts";
import type { OperatorRule } from "../rule.ts";
import type { Builtin, Options, Quant } from "../target-model.ts";

interface BinaryOperator {
  readonly builtin: Builtin;
  /** Takes an activation function. */
  readonly fuses: boolean;
  /** On int8: each side has its own scale, or all three share the result's; null: float only. */
  readonly scales: "own" | "shared" | null;
  readonly options: (activation: number) => Options;
}

const OPERATORS: Readonly<Record<string, BinaryOperator>> = {
  Add: arithmetic("ADD", "own", (fusedActivationFunction) => ({ type: "AddOptions", value: { fusedActivationFunction } })),
  Sub: arithmetic("SUB", "own", (fusedActivationFunction) => ({ type: "SubOptions", value: { fusedActivationFunction } })),
  Mul: arithmetic("MUL", "own", (fusedActivationFunction) => ({ type: "MulOptions", value: { fusedActivationFunction } })),
  Div: arithmetic("DIV", null, (fusedActivationFunction) => ({ type: "DivOptions", value: { fusedActivationFunction } })),
  Pow: plain("POW", null, { type: "PowOptions", value: {} }),
  Max: plain("MAXIMUM", "shared", { type: "MaximumMinimumOptions", value: {} }),
  Min: plain("MINIMUM", "shared", { type: "MaximumMinimumOptions", value: {} }),
  Equal: plain("EQUAL", null, { type: "EqualOptions", value: {} }),
  Greater: plain("GREATER", null, { type: "GreaterOptions", value: {} }),
  GreaterOrEqual: plain("GREATER_EQUAL", null, { type: "GreaterEqualOptions", value: {} }),
  Less: plain("LESS", null, { type: "LessOptions", value: {} }),
  LessOrEqual: plain("LESS_EQUAL", null, { type: "LessEqualOptions", value: {} }),
  And: plain("LOGICAL_AND", null, { type: "LogicalAndOptions", value: {} }),
  // Of booleans "not equal" is exclusive or.
  Xor: plain("NOT_EQUAL", null, { type: "NotEqualOptions", value: {} }),
  Or: plain("LOGICAL_OR", null, { type: "LogicalOrOptions", value: {} }),
};

const ARITHMETIC = ["Add", "Sub", "Mul", "Div", "Pow", "Max", "Min"];
/** Integers that the kernels of arithmetic take for quantised ones, or do not take. */
const NARROW: ReadonlySet<number> = new Set([
  DataType.INT8,
  DataType.UINT8,
  DataType.INT16,
  DataType.UINT16,
  DataType.UINT32,
  DataType.UINT64,
]);

function arithmetic(builtin: Builtin, scales: BinaryOperator["scales"], options: BinaryOperator["options"]): BinaryOperator {
  return { builtin, fuses: true, scales, options };
}

function plain(builtin: Builtin, scales: BinaryOperator["scales"], options: Options): BinaryOperator {
  return { builtin, fuses: false, scales, options: () => options };
}

/**
 * Add, Sub, Mul, Div, Pow, Max, Min, comparisons and logic of two operands.
 *
 * Layout: that of most operands; constants follow, broadcasting aligns the last axes in memory. Kernels broadcast four axes: more are merged where they can be.
 * Dtype: Add, Sub and Mul on int8 with a scale each; MAXIMUM and MINIMUM on int8 need one scale on all sides; a constant operand is quantised over its own range;
 * integer Div truncates on both sides.
 * Versions: 1 for float, 2 for int8, see operator-versions.ts.
 * Source: tensorflow/lite/kernels/{add,sub,mul,div,pow,maximum_minimum,comparisons,logical}.cc
 */
export const binary: OperatorRule = {
  operators: Object.keys(OPERATORS),
  builtins: Object.values(OPERATORS).map(({ builtin }) => builtin),
  integer: true,
  limits: "Max and Min of more than two operands become a chain.",
  refuse: (emitter, node) => {
    const type = emitter.elemTypeOf(node.inputs[0] ?? "");
    return node.is(...ARITHMETIC) && NARROW.has(type)
      ? `TFLite does not calculate ${node.opType} of integers of this type, unless they are quantised. Cast to int32 or float first.`
      : null;
  },
  emit: (emitter, node) => {
    const operator = OPERATORS[node.opType];
    if (operator === undefined) return;
    const { activation, output } = operator.fuses ? fuseActivation(emitter, node) : { activation: 0, output: node.outputs[0] ?? "" };
    emitBinary(emitter, node, operator, activation, output);
  },
};

function emitBinary(emitter: Emitter, node: Node, operator: BinaryOperator, activation: number, output: string): void {
  const [left = "", right = ""] = node.inputs;
  const shape = emitter.shapeOf(output);
  const perm = commonPerm(emitter, [left, right], shape.length);
  const quant =
    operator.scales === null ? (noteFloat(emitter, node, [left, right]), null) : integerResult(emitter, node, [left, right], output);
  const mode = (value: string): ReadMode => (quant === null ? "float" : operator.scales === "shared" ? quant : ownScale(emitter, value));
  const operands = [left, right].map((value) => readBroadcast(emitter, value, perm, mode(value)));
  const target = emitter.define(output, perm, quant);
  writeBroadcast(emitter, operator.builtin, operands, target, physicalShape(shape, perm), operator.options(activation));
}

/** An operand's own quantisation; a constant in float gets one. */
function ownScale(emitter: Emitter, value: string): ReadMode {
  const constant = emitter.constants.find(value);
  if (constant === null) return "held";
  const known: Quant | null = constant.quant;
  if (known !== null && known.scales.length === 1 && constant.tensor.dataType === DataType.INT8) return "held";
  return quantOfNumbers(toNumbers(emitter.constants.inFloat(constant).tensor));
}

/** Writes an operator of broadcast operands, with merged axes where there are more than its kernel takes. */
export function writeBroadcast(
  emitter: Emitter,
  builtin: Builtin,
  operands: readonly number[],
  target: number,
  shape: readonly number[],
  options: Options,
): void {
  const shapes = [...operands.map((tensor) => emitter.describe(tensor).shape), shape];
  const merged = collapseShapes(shapes);
  if (merged === null) {
    emitter.add(builtin, operands, [target], options);
    return;
  }
  const reshaped = operands.map((tensor, index) => emitter.reshape(tensor, merged[index] ?? []));
  const result = emitter.temporary("merged", merged.at(-1) ?? [], target);
  emitter.add(builtin, reshaped, [result], options);
  emitter.reshape(result, shape, target);
}
