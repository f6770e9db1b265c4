import type { Node } from "@flotilla/onnx";
import type { Emitter } from "../emitter.ts";
import { integerResult, noteFloat, SIGNED_UNIT_QUANT, UNIT_QUANT } from "../quantisation.ts";
import type { OperatorRule } from "../rule.ts";
import type { Builtin, Options, Quant } from "../target-model.ts";

interface UnaryOperator {
  readonly builtin: Builtin;
  /** Has an int8 kernel with any scales, or with a result of the prescribed one. */
  readonly integer: boolean | Quant;
  readonly options: (node: Node) => Options | null;
}

const none = (): null => null;

const OPERATORS: Readonly<Record<string, UnaryOperator>> = {
  Relu: { builtin: "RELU", integer: true, options: none },
  LeakyRelu: {
    builtin: "LEAKY_RELU",
    integer: true,
    options: (node) => ({ type: "LeakyReluOptions", value: { alpha: node.float("alpha", 0.01) } }),
  },
  HardSwish: { builtin: "HARD_SWISH", integer: true, options: () => ({ type: "HardSwishOptions", value: {} }) },
  Sigmoid: { builtin: "LOGISTIC", integer: UNIT_QUANT, options: none },
  Tanh: { builtin: "TANH", integer: SIGNED_UNIT_QUANT, options: none },
  Exp: { builtin: "EXP", integer: false, options: () => ({ type: "ExpOptions", value: {} }) },
  Log: { builtin: "LOG", integer: false, options: none },
  Sqrt: { builtin: "SQRT", integer: false, options: none },
  Abs: { builtin: "ABS", integer: false, options: () => ({ type: "AbsOptions", value: {} }) },
  Neg: { builtin: "NEG", integer: false, options: () => ({ type: "NegOptions", value: {} }) },
  Floor: { builtin: "FLOOR", integer: false, options: none },
  Ceil: { builtin: "CEIL", integer: false, options: none },
  Round: { builtin: "ROUND", integer: false, options: none },
  Sin: { builtin: "SIN", integer: false, options: none },
  Cos: { builtin: "COS", integer: false, options: () => ({ type: "CosOptions", value: {} }) },
  Not: { builtin: "LOGICAL_NOT", integer: false, options: () => ({ type: "LogicalNotOptions", value: {} }) },
};

/**
 * Functions of one value at a time.
 *
 * Layout: any, kept.
 * Dtype: RELU, LEAKY_RELU and HARD_SWISH rescale int8; LOGISTIC and TANH write prescribed scales, so a QUANTIZE follows where the model wants another one.
 * Versions: 1 for float, 2 for int8.
 * Source: tensorflow/lite/kernels/{activations,elementwise}.cc, the int8 specification
 */
export const unary: OperatorRule = {
  operators: Object.keys(OPERATORS),
  builtins: Object.values(OPERATORS).map(({ builtin }) => builtin),
  integer: true,
  limits: "",
  emit: (emitter, node) => {
    const operator = OPERATORS[node.opType];
    if (operator !== undefined) emitUnary(emitter, node, operator);
  },
};

function emitUnary(emitter: Emitter, node: Node, { builtin, integer, options }: UnaryOperator): void {
  const [input = ""] = node.inputs;
  const [output = ""] = node.outputs;
  const { perm } = emitter.held(input);
  const fixed = typeof integer === "boolean" ? null : integer;
  const quant = integer === false ? (noteFloat(emitter, node, [input]), null) : integerResult(emitter, node, [input], output, fixed);
  const data = quant === null ? emitter.readFloat(input, perm) : emitter.read(input, perm);
  emitter.add(builtin, [data], [emitter.define(output, perm, quant)], options(node));
}
