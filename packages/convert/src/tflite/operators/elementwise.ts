import { activate, clamp, refuseActivation, setActivated } from "../activation.ts";
import type { Emitter } from "../emitter.ts";
import type { OperatorView } from "../operator-view.ts";
import { scaleRatio, setRoundedAway } from "../rounding.ts";
import type { OperatorRule, Rules } from "../rule.ts";
import { DataType } from "@flotilla/onnx";

/** One ONNX operator of the same meaning on reals. */
function same(opType: string, attributes: Readonly<Record<string, number | bigint>> = {}): OperatorRule {
  return { convert: (e) => e.setReal(0, e.b.op(opType, [e.real(0)], attributes)) };
}

function formula(write: (e: Emitter, x: string) => string): OperatorRule {
  return { convert: (e) => e.setReal(0, write(e, e.real(0))) };
}

/** One whose integers TFLite rescales by a multiplier instead of looking them up. */
function rescaled(write: (e: Emitter, x: string) => string, below: (e: Emitter) => number = () => 1): OperatorRule {
  return {
    convert: (e) => {
      const ratio = scaleRatio(e, 0) ?? 0;
      setRoundedAway(e, write(e, e.real(0)), ratio, ratio * below(e));
    },
  };
}

/** Of integers TFLite cuts the root off at the next lower step instead of rounding it. Source: TFLite's kernels/elementwise.cc, SqrtEvalQuantized */
function root(e: Emitter, x: string): string {
  const value = e.b.op("Sqrt", [x]);
  const step = e.target(0).quantisation?.scale[0];
  return step === undefined ? value : e.b.op("Sub", [value, e.scalar(step * (0.5 - 2 ** -12), value)]);
}

function clampRule(low: number, high: number): OperatorRule {
  return rescaled((e, x) => clamp(e, x, low, high, e.target(0)));
}

/** 0.5 x (1 + erf(x / √2)), or with tanh as Hendrycks and Gimpel approximate it. Source: TFLite's kernels/internal/reference/gelu.h */
function gelu(e: Emitter, x: string): string {
  const inner = e.options("GeluOptions").approximate
    ? e.b.op("Tanh", [
        e.b.op("Mul", [
          e.b.op("Add", [x, e.b.op("Mul", [e.b.op("Mul", [e.b.op("Mul", [x, x]), x]), e.scalar(0.044715, x)])]),
          e.scalar(Math.sqrt(2 / Math.PI), x),
        ]),
      ])
    : e.b.op("Erf", [e.b.op("Div", [x, e.scalar(Math.SQRT2, x)])]);
  return e.b.op("Mul", [e.b.op("Mul", [x, e.b.op("Add", [inner, e.scalar(1, x)])]), e.scalar(0.5, x)]);
}

/**
 * Operators of one operand, element by element; layout does not matter. int8: TFLite looks most results up in a table that it computed in float, which is
 * what DequantizeLinear → operator → QuantizeLinear gives; what only scales is multiplied (rounding.ts). ROUND goes to the even neighbour in both.
 * Source: TFLite's kernels/elementwise.cc and kernels/activations.cc
 */
export const unaryRules: Rules = {
  ABS: rescaled((e, x) => e.b.op("Abs", [x])),
  NEG: same("Neg"),
  EXP: same("Exp"),
  LOG: same("Log"),
  SQRT: formula(root),
  SIN: same("Sin"),
  COS: same("Cos"),
  FLOOR: same("Floor"),
  CEIL: same("Ceil"),
  ROUND: same("Round"),
  SIGN: same("Sign"),
  LOGICAL_NOT: same("Not"),
  LOGISTIC: same("Sigmoid"),
  TANH: same("Tanh"),
  ELU: same("Elu", { alpha: 1 }),
  HARD_SWISH: same("HardSwish"),
  LOG_SOFTMAX: same("LogSoftmax", { axis: -1n }),
  RSQRT: formula((e, x) => e.b.op("Reciprocal", [e.b.op("Sqrt", [x])])),
  SQUARE: formula((e, x) => e.b.op("Mul", [x, x])),
  RELU: clampRule(0, Infinity),
  RELU6: clampRule(0, 6),
  RELU_N1_TO_1: clampRule(-1, 1),
  RELU_0_TO_1: clampRule(0, 1),
  GELU: formula(gelu),
  LEAKY_RELU: rescaled(
    (e, x) => e.b.op("LeakyRelu", [x], { alpha: e.options("LeakyReluOptions").alpha }),
    (e) => e.options("LeakyReluOptions").alpha,
  ),
  SOFTMAX: {
    convert: (e) => {
      const { beta } = e.options("SoftmaxOptions");
      // Files without the option mean 1.
      const x = beta === 1 || beta === 0 ? e.real(0) : e.b.op("Mul", [e.real(0), e.scalar(beta, e.real(0))]);
      e.setReal(0, e.b.op("Softmax", [x], { axis: -1n }));
    },
  },
  PRELU: rescaled(
    (e, x) => e.b.op("PRelu", [x, e.real(1)]),
    (e) => e.need(1).quantisation?.scale[0] ?? 1,
  ),
  L2_NORMALIZATION: { convert: (e) => e.setReal(0, e.b.op("LpNormalization", [e.real(0)], { axis: -1n, p: 2n })) },
};

type ActivatedOptions = "AddOptions" | "SubOptions" | "DivOptions";

/** Arithmetic with an activation built in. */
function activated(opType: string, options: ActivatedOptions): OperatorRule {
  return {
    refuse: (view) => refuseActivation(view.options(options).fusedActivationFunction),
    convert: (e) => setActivated(e, e.b.op(opType, [e.real(0), e.real(1)]), e.options(options).fusedActivationFunction),
  };
}

/** The product of two tensors, rounded as TFLite rounds it. */
function multiply(e: Emitter): void {
  const { fusedActivationFunction } = e.options("MulOptions");
  const product = activate(e, e.b.op("Mul", [e.real(0), e.real(1)]), fusedActivationFunction, e.target(0));
  setRoundedAway(e, product, (scaleRatio(e, 0) ?? 0) * (e.need(1).quantisation?.scale[0] ?? 1));
}

function binary(opType: string, attributes: Readonly<Record<string, bigint>> = {}): OperatorRule {
  return { convert: (e) => e.setReal(0, e.b.op(opType, [e.real(0), e.real(1)], attributes)) };
}

function isFloat(e: Emitter, value: string): boolean {
  const { elemType } = e.b.type(value);
  return elemType === DataType.FLOAT || elemType === DataType.FLOAT16 || elemType === DataType.DOUBLE;
}

/** Down to the next integer, where ONNX's Div of integers goes towards zero. */
function floorDiv(e: Emitter): string {
  const [left, right] = [e.real(0), e.real(1)];
  const quotient = e.b.op("Div", [left, right]);
  if (isFloat(e, left)) return e.b.op("Floor", [quotient]);
  const rest = e.b.op("Sub", [left, e.b.op("Mul", [quotient, right])]);
  const zero = e.scalar(0, left);
  const differ = e.b.op("Xor", [e.b.op("Less", [rest, zero]), e.b.op("Less", [right, zero])]);
  const inexact = e.b.op("Not", [e.b.op("Equal", [rest, zero])]);
  return e.b.op("Sub", [quotient, e.cast(e.b.op("And", [differ, inexact]), e.b.type(left).elemType)]);
}

/** The rest has the divisor's sign. */
function floorMod(e: Emitter): string {
  const [left, right] = [e.real(0), e.real(1)];
  if (!isFloat(e, left)) return e.b.op("Mod", [left, right]);
  return e.b.op("Sub", [left, e.b.op("Mul", [e.b.op("Floor", [e.b.op("Div", [left, right])]), right])]);
}

/**
 * Operators of two operands, broadcast as in numpy, which is ONNX's rule too. int8: each operand has its own scale; ADD, SUB and MUL rescale in fixed
 * point in TFLite, within a step of what reals give.
 * Source: TFLite's kernels/add.cc, mul.cc, comparisons.cc, floor_mod.cc
 */
export const binaryRules: Rules = {
  ADD: activated("Add", "AddOptions"),
  SUB: activated("Sub", "SubOptions"),
  MUL: {
    refuse: (view) => refuseActivation(view.options("MulOptions").fusedActivationFunction),
    convert: multiply,
  },
  DIV: activated("Div", "DivOptions"),
  POW: binary("Pow"),
  MAXIMUM: binary("Max"),
  MINIMUM: binary("Min"),
  EQUAL: binary("Equal"),
  LESS: binary("Less"),
  LESS_EQUAL: binary("LessOrEqual"),
  GREATER: binary("Greater"),
  GREATER_EQUAL: binary("GreaterOrEqual"),
  NOT_EQUAL: { convert: (e) => e.setReal(0, e.b.op("Not", [e.b.op("Equal", [e.real(0), e.real(1)])])) },
  LOGICAL_AND: binary("And"),
  LOGICAL_OR: binary("Or"),
  FLOOR_DIV: { convert: (e) => e.setReal(0, floorDiv(e)) },
  FLOOR_MOD: { convert: (e) => e.setReal(0, floorMod(e)) },
  SQUARED_DIFFERENCE: {
    convert: (e) => {
      const difference = e.b.op("Sub", [e.real(0), e.real(1)]);
      e.setReal(0, e.b.op("Mul", [difference, difference]));
    },
  },
  ADD_N: { convert: (e) => e.setReal(0, e.b.op("Sum", allReal(e))) },
};

export function allReal(e: OperatorView & Pick<Emitter, "real">): string[] {
  return e.operator.inputs.map((_, index) => e.real(index));
}

/** SELECT and SELECT_V2: the first's condition may have one entry a row. Source: TFLite's kernels/select.cc */
export const selectRules: Rules = {
  SELECT: select(true),
  SELECT_V2: select(false),
};

function select(byRow: boolean): OperatorRule {
  return {
    convert: (e) => {
      // Runtimes have no Where of int8.
      const moved = e.target(0).quantisation === null;
      const [yes, no] = moved ? [e.stored(1), e.stored(2)] : [e.real(1), e.real(2)];
      let condition = e.stored(0);
      const rank = e.rank(yes);
      if (byRow && e.rank(condition) === 1 && rank > 1)
        condition = e.b.op("Unsqueeze", [condition, e.b.ints(Array.from({ length: rank - 1 }, (_, axis) => axis + 1))]);
      const value = e.b.op("Where", [condition, yes, no]);
      if (moved) e.setStored(0, value);
      else e.setReal(0, value);
    },
  };
}
