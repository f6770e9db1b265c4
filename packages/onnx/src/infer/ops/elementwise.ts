import { DataType } from "../../graph/data-types.ts";
import type { Dim, TensorValueType } from "../../graph/types.ts";
import type { InferContext, InferRule } from "../context.ts";

/** NumPy broadcasting of two dimensions; a symbol against a size above 1 must be that size. */
export function broadcastDim(left: Dim, right: Dim): Dim {
  if (left === right || right === 1) return left;
  if (left === 1) return right;
  if (typeof left === "number") return left;
  return typeof right === "number" ? right : null;
}

export function broadcastShapes(left: readonly Dim[], right: readonly Dim[]): Dim[] {
  const rank = Math.max(left.length, right.length);
  return Array.from({ length: rank }, (_, axis) =>
    broadcastDim(
      left[axis - rank + left.length] ?? padded(left, axis - rank),
      right[axis - rank + right.length] ?? padded(right, axis - rank),
    ),
  );
}

/** A missing leading axis counts as 1; an axis that is there but unknown stays unknown. */
function padded(shape: readonly Dim[], fromEnd: number): Dim {
  return shape.length + fromEnd < 0 ? 1 : null;
}

function broadcastInputs(context: InferContext, from = 0): readonly Dim[] | null {
  let shape: readonly Dim[] | null = [];
  for (const input of context.inputs.slice(from)) {
    const next: readonly Dim[] | null = input?.shape ?? null;
    shape = shape === null || next === null ? null : broadcastShapes(shape, next);
  }
  return shape;
}

const unary: InferRule = ({ inputs, node }) => node.outputs.map((_, index) => (index === 0 ? (inputs[0] ?? null) : null));

const variadic: InferRule = (context) => {
  const elemType = context.inputs.find((input) => input !== null && input.elemType !== 0)?.elemType ?? 0;
  followArithmetic(context);
  return [{ elemType, shape: broadcastInputs(context) }];
};

const comparison: InferRule = (context) => [{ elemType: DataType.BOOL, shape: broadcastInputs(context) }];

const where: InferRule = (context) => [
  { elemType: context.inputs[1]?.elemType ?? context.inputs[2]?.elemType ?? 0, shape: broadcastInputs(context) },
];

const dropout: InferRule = ({ inputs, node }) => {
  const data: TensorValueType | null = inputs[0] ?? null;
  return node.outputs.map((_, index) => (index === 0 ? data : { elemType: DataType.BOOL, shape: data?.shape ?? null }));
};

const ARITHMETIC: Readonly<Record<string, (left: number, right: number) => number>> = {
  Add: (left, right) => left + right,
  Sub: (left, right) => left - right,
  Mul: (left, right) => left * right,
  Div: (left, right) => (right === 0 ? Number.NaN : Math.trunc(left / right)),
};

/** Shape arithmetic, such as `height * 2`: known entries are computed, a symbol times 1 stays. */
function followArithmetic(context: InferContext): void {
  const operation = ARITHMETIC[context.node.opType];
  const left = context.entries(0);
  const right = context.entries(1);
  if (operation === undefined || left === null || right === null || context.inputs.length !== 2) return;
  const length = Math.max(left.length, right.length);
  if ((left.length !== length && left.length !== 1) || (right.length !== length && right.length !== 1)) return;
  context.setEntries(
    Array.from({ length }, (_, index) => {
      const a = left[left.length === 1 ? 0 : index] ?? null;
      const b = right[right.length === 1 ? 0 : index] ?? null;
      if (typeof a !== "number" || typeof b !== "number")
        return b === 1 && (context.node.opType === "Mul" || context.node.opType === "Div") ? a : null;
      const value = operation(a, b);
      return Number.isSafeInteger(value) ? value : null;
    }),
  );
}

const UNARY = [
  "Relu",
  "Sigmoid",
  "Tanh",
  "Exp",
  "Log",
  "Sqrt",
  "Abs",
  "Erf",
  "Floor",
  "Ceil",
  "Round",
  "Clip",
  "LeakyRelu",
  "Elu",
  "Selu",
  "Celu",
  "HardSigmoid",
  "HardSwish",
  "Softplus",
  "Softsign",
  "Softmax",
  "LogSoftmax",
  "Hardmax",
  "Gelu",
  "Mish",
  "Swish",
  "PRelu",
  "ThresholdedRelu",
  "Reciprocal",
  "Sign",
  "Sin",
  "Cos",
  "Tan",
  "Asin",
  "Acos",
  "Atan",
  "Sinh",
  "Asinh",
  "Acosh",
  "Atanh",
  "Shrink",
  "Scatter",
  "Cosh",
  "Not",
  "LpNormalization",
  "MeanVarianceNormalization",
  "LRN",
  "CumSum",
  "Trilu",
  "ScatterElements",
  "ScatterND",
  "ReverseSequence",
  "BitwiseNot",
];
const VARIADIC = [
  "Add",
  "Sub",
  "Mul",
  "Div",
  "Pow",
  "Min",
  "Max",
  "Mean",
  "Sum",
  "Mod",
  "BitwiseAnd",
  "BitwiseOr",
  "BitwiseXor",
  "BitShift",
];
const COMPARISON = ["Equal", "Less", "Greater", "LessOrEqual", "GreaterOrEqual", "And", "Or", "Xor"];

export const elementwiseRules: Readonly<Record<string, InferRule>> = {
  ...Object.fromEntries(UNARY.map((op) => [op, unary])),
  ...Object.fromEntries(VARIADIC.map((op) => [op, variadic])),
  ...Object.fromEntries(COMPARISON.map((op) => [op, comparison])),
  Where: where,
  Dropout: dropout,
  Neg: (context) => {
    context.setEntries(context.entries(0)?.map((entry) => (typeof entry === "number" ? -entry : null)) ?? null);
    return [context.inputs[0] ?? null];
  },
  IsNaN: ({ inputs }) => [{ elemType: DataType.BOOL, shape: inputs[0]?.shape ?? null }],
  IsInf: ({ inputs }) => [{ elemType: DataType.BOOL, shape: inputs[0]?.shape ?? null }],
  Identity: (context) => {
    context.setEntries(context.entries(0));
    return [context.inputs[0] ?? null];
  },
  EyeLike: ({ inputs, node }) => [{ elemType: node.int("dtype", inputs[0]?.elemType ?? 0), shape: inputs[0]?.shape ?? null }],
  CastLike: ({ inputs }) => [{ elemType: inputs[1]?.elemType ?? 0, shape: inputs[0]?.shape ?? null }],
  Cast: (context) => {
    context.setEntries(context.entries(0));
    return [{ elemType: context.node.int("to", 0), shape: context.inputs[0]?.shape ?? null }];
  },
};
