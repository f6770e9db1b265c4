import { DataType, tensorFromNumbers } from "@flotilla/onnx";
import { FUNCTIONS } from "../emit/activation-functions.ts";
import { transpose } from "../emit/axes.ts";
import { reshape } from "../emit/reshape.ts";
import { toFloat, type LayerCall } from "./layer-call.ts";
import type { LayerKind } from "./layer-kind.ts";
import { getItem } from "./get-item.ts";

/**
 * Operations on tensors that a functional model contains beside its layers: `keras.ops` of Keras 3 (`ops.Add`) and TensorFlow functions of
 * Keras 2 (`tf.math.add`, in files `TFOpLambda`). They are data, not code: the file names a function, and the table below knows it.
 * Source: keras/src/ops/{numpy,nn,core}.py; keras/src/layers/core/tf_op_layer.py
 */
const BINARY: Readonly<Record<string, readonly string[]>> = {
  Add: ["ops.Add", "tf.__operators__.add", "tf.math.add"],
  Sub: ["ops.Subtract", "tf.math.subtract"],
  Mul: ["ops.Multiply", "tf.math.multiply"],
  Div: ["ops.Divide", "ops.TrueDivide", "tf.math.truediv", "tf.math.divide", "tf.compat.v1.div"],
  Pow: ["ops.Power", "tf.math.pow"],
  Max: ["ops.Maximum", "tf.math.maximum"],
  Min: ["ops.Minimum", "tf.math.minimum"],
};

const UNARY: Readonly<Record<string, readonly string[]>> = {
  Neg: ["ops.Negative", "tf.math.negative"],
  Abs: ["ops.Absolute", "ops.Abs", "tf.math.abs"],
  Exp: ["ops.Exp", "tf.math.exp"],
  Log: ["ops.Log", "tf.math.log"],
  Sqrt: ["ops.Sqrt", "tf.math.sqrt"],
  Sin: ["ops.Sin", "tf.math.sin"],
  Cos: ["ops.Cos", "tf.math.cos"],
  Floor: ["ops.Floor", "tf.math.floor"],
  Ceil: ["ops.Ceil", "tf.math.ceil"],
  Sign: ["ops.Sign", "tf.math.sign"],
  Erf: ["ops.Erf", "tf.math.erf"],
};

/** They give booleans, of which Keras 3 makes the masks of a functional model. */
const COMPARE: Readonly<Record<string, readonly string[]>> = {
  Equal: ["ops.Equal", "tf.math.equal"],
  Less: ["ops.Less", "tf.math.less"],
  LessOrEqual: ["ops.LessEqual", "tf.math.less_equal"],
  Greater: ["ops.Greater", "tf.math.greater"],
  GreaterOrEqual: ["ops.GreaterEqual", "tf.math.greater_equal"],
};

const LOGIC: Readonly<Record<string, readonly string[]>> = {
  And: ["ops.LogicalAnd", "tf.math.logical_and"],
  Or: ["ops.LogicalOr", "tf.math.logical_or"],
  Xor: ["ops.LogicalXor", "tf.math.logical_xor"],
};

const NAMED: Readonly<Record<string, readonly string[]>> = {
  relu: ["ops.Relu", "tf.nn.relu"],
  relu6: ["ops.Relu6", "tf.nn.relu6"],
  sigmoid: ["ops.Sigmoid", "tf.math.sigmoid", "tf.nn.sigmoid"],
  tanh: ["ops.Tanh", "tf.math.tanh", "tf.nn.tanh"],
  silu: ["ops.Silu", "tf.nn.silu", "tf.nn.swish"],
  softplus: ["ops.Softplus", "tf.math.softplus"],
  softsign: ["ops.Softsign", "tf.nn.softsign"],
  hard_sigmoid: ["ops.HardSigmoid"],
  hard_silu: ["ops.HardSilu"],
  selu: ["ops.Selu", "tf.nn.selu"],
};

const REDUCE: Readonly<Record<string, readonly string[]>> = {
  ReduceMean: ["ops.Mean", "tf.math.reduce_mean"],
  ReduceSum: ["ops.Sum", "tf.math.reduce_sum"],
  ReduceMax: ["ops.Max", "tf.math.reduce_max"],
  ReduceMin: ["ops.Min", "tf.math.reduce_min"],
  ReduceProd: ["ops.Prod", "tf.math.reduce_prod"],
};

/** The first tensor argument, wherever it stands. */
function first(call: LayerCall): string {
  return call.inputs[0] ?? [...call.kwargs.keys()].flatMap((name) => call.tensors(-1, name))[0] ?? call.fail("has no input");
}

/** A setting among the arguments, at `position` or under one of `names`, or in the layer's config. */
function setting(call: LayerCall, position: number, ...names: readonly string[]): unknown {
  for (const name of names) {
    const found = call.plain(position, name) ?? call.config.raw(name);
    if (found !== null && found !== undefined) return found;
  }
  return call.plain(position, "");
}

function axesOf(call: LayerCall, value: unknown): number[] | null {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  if (value === null || value === undefined) return null;
  return list.every((axis): axis is number => typeof axis === "number" && Number.isInteger(axis))
    ? list
    : call.fail("has axes that are no whole numbers");
}

/** Two operands, of which one may be a number: it takes the type of the other. */
function operands(call: LayerCall): [string, string] {
  const { b } = call;
  const tensors = [call.tensors(0, "x1")[0] ?? call.tensors(-1, "x")[0], call.tensors(1, "x2")[0] ?? call.tensors(-1, "y")[0]];
  const other = tensors[0] ?? tensors[1] ?? call.fail("has no input");
  const constant = (position: number, ...names: string[]): string => {
    const value = setting(call, position, ...names);
    const numbers = (Array.isArray(value) ? value.flat(8) : [value]) as unknown[];
    if (!numbers.every((item): item is number => typeof item === "number"))
      return call.fail("has an operand that is neither a tensor nor a number");
    const whole = numbers.every((item) => Number.isInteger(item));
    const elemType = whole ? b.type(other).elemType : DataType.FLOAT;
    return b.constant(tensorFromNumbers(elemType, Array.isArray(value) ? [numbers.length] : [], numbers));
  };
  const pair: [string, string] = [tensors[0] ?? constant(0, "x1", "x"), tensors[1] ?? constant(1, "x2", "y")];
  return b.type(pair[0]).elemType === b.type(pair[1]).elemType ? pair : [toFloat(b, pair[0]), toFloat(b, pair[1])];
}

const kinds = (table: Readonly<Record<string, readonly string[]>>, convert: (call: LayerCall, name: string) => string): LayerKind[] =>
  Object.entries(table).map(([name, classes]) => ({ classes, about: name, passesMask: true, convert: (call) => convert(call, name) }));

function reduce(call: LayerCall, operator: string): string {
  const { b } = call;
  const x = first(call);
  const axes = axesOf(call, setting(call, 1, "axis")) ?? b.shape(x).map((_, axis) => axis);
  const keepdims = setting(call, 2, "keepdims") === true ? 1n : 0n;
  return operator === "ReduceSum"
    ? b.op(operator, [x, b.ints(axes)], { keepdims })
    : b.op(operator, [x], { axes: axes.map(BigInt), keepdims });
}

function reshapeTo(call: LayerCall): string {
  const { b } = call;
  const x = first(call);
  const sizes = axesOf(call, setting(call, 1, "newshape", "shape")) ?? call.fail("has no shape");
  const shape = b.shape(x);
  // −1 in front of what a sample has is the batch.
  const whole =
    shape.slice(1).every((dim) => typeof dim === "number") && shape.slice(1).reduce<number>((total, dim) => total * Number(dim), 1);
  const keeps = sizes[0] === -1 && typeof whole === "number" && sizes.slice(1).reduce((total, size) => total * size, 1) === whole;
  return reshape(
    b,
    x,
    sizes.map((size, index) => (size !== -1 ? size : keeps && index === 0 ? (shape[0] ?? null) : null)),
  );
}

function cast(call: LayerCall): string {
  const name = /(bool|u?int(?:8|16|32|64)|float(?:16|32|64)|bfloat16)/.exec(String(setting(call, 1, "dtype")))?.[1] ?? "";
  const types: Readonly<Record<string, number>> = {
    bool: 9,
    uint8: 2,
    int8: 3,
    uint16: 4,
    int16: 5,
    int32: 6,
    int64: 7,
    uint32: 12,
    uint64: 13,
  };
  return call.b.op("Cast", [first(call)], { to: BigInt(types[name] ?? DataType.FLOAT) });
}

function gelu(call: LayerCall): string {
  const { b } = call;
  const x = toFloat(b, first(call));
  if (setting(call, 1, "approximate") !== true) return FUNCTIONS["gelu"]?.(b, x, call.config.keras) ?? x;
  const cubed = b.op("Mul", [b.op("Mul", [b.op("Mul", [x, x]), x]), b.floats(0.044715)]);
  const inner = b.op("Tanh", [b.op("Mul", [b.op("Add", [x, cubed]), b.floats(Math.sqrt(2 / Math.PI))])]);
  return b.op("Mul", [b.op("Mul", [x, b.op("Add", [inner, b.floats(1)])]), b.floats(0.5)]);
}

function clip(call: LayerCall): string {
  const { b } = call;
  const x = toFloat(b, first(call));
  const bound = (position: number, ...names: string[]): string => {
    const value = setting(call, position, ...names);
    return typeof value === "number" ? b.floats(value) : call.fail("has a bound that is no number");
  };
  return b.op("Clip", [x, bound(1, "x_min", "clip_value_min"), bound(2, "x_max", "clip_value_max")]);
}

function matmul(call: LayerCall): string {
  const { b } = call;
  const operand = (position: number, name: string, flag: string): string => {
    const value = call.tensors(position, name)[0] ?? call.fail("multiplies something that is no tensor");
    const rank = b.rank(value);
    const perm = Array.from({ length: rank }, (_, axis) => (axis < rank - 2 ? axis : 2 * rank - 3 - axis));
    return setting(call, -1, flag) === true ? transpose(b, value, perm) : value;
  };
  return b.op("MatMul", [operand(0, "a", "transpose_a"), operand(1, call.kwargs.has("b") ? "b" : "x2", "transpose_b")]);
}

function join(call: LayerCall, stacked: boolean): string {
  const { b } = call;
  const axis = axesOf(call, setting(call, 1, "axis"))?.[0] ?? 0;
  const rank = b.rank(call.rawInput()) + (stacked ? 1 : 0);
  const place = call.axis(axis, rank);
  const inputs = stacked ? call.inputs.map((input) => b.op("Unsqueeze", [input, b.ints([place])])) : call.inputs;
  return b.op("Concat", inputs, { axis: BigInt(place) });
}

const single = (classes: readonly string[], about: string, convert: (call: LayerCall) => string): LayerKind => ({
  classes,
  about,
  convert,
});

/** Whether any or all along an axis are true, through numbers: ONNX has no reduction of booleans. */
function someOrAll(call: LayerCall, operator: "ReduceMax" | "ReduceMin"): string {
  const { b } = call;
  const x = first(call);
  const axes = axesOf(call, setting(call, 1, "axis")) ?? b.shape(x).map((_, axis) => axis);
  const numbers = toFloat(b, b.op("Cast", [x], { to: BigInt(DataType.BOOL) }));
  const keepdims = setting(call, 2, "keepdims") === true ? 1n : 0n;
  return b.op("Cast", [b.op(operator, [numbers], { axes: axes.map(BigInt), keepdims })], { to: BigInt(DataType.BOOL) });
}

export const tensorOperations: readonly LayerKind[] = [
  ...kinds(COMPARE, (call, operator) => call.b.op(operator, operands(call))),
  ...kinds(LOGIC, (call, operator) => call.b.op(operator, operands(call))),
  single(["ops.NotEqual", "tf.math.not_equal"], "Equal, Not", (call) => call.b.op("Not", [call.b.op("Equal", operands(call))])),
  single(["ops.LogicalNot", "tf.math.logical_not"], "Not", (call) => call.b.op("Not", [first(call)])),
  single(["ops.Any", "tf.math.reduce_any"], "ReduceMax", (call) => someOrAll(call, "ReduceMax")),
  single(["ops.All", "tf.math.reduce_all"], "ReduceMin", (call) => someOrAll(call, "ReduceMin")),
  ...kinds(BINARY, (call, operator) => call.b.op(operator, operands(call))),
  ...kinds(UNARY, (call, operator) => call.b.op(operator, [first(call)])),
  ...kinds(NAMED, (call, name) => FUNCTIONS[name]?.(call.b, toFloat(call.b, first(call)), call.config.keras) ?? first(call)),
  ...kinds(REDUCE, reduce),
  single(["ops.Square", "tf.math.square"], "Mul", (call) => call.b.op("Mul", [first(call), first(call)])),
  single(["ops.Rsqrt", "tf.math.rsqrt"], "Sqrt, Reciprocal", (call) => call.b.op("Reciprocal", [call.b.op("Sqrt", [first(call)])])),
  single(["ops.Gelu", "tf.nn.gelu"], "Erf or Tanh", gelu),
  single(["ops.Softmax", "tf.nn.softmax"], "Softmax", (call) =>
    call.b.op("Softmax", [toFloat(call.b, first(call))], { axis: BigInt(axesOf(call, setting(call, 1, "axis"))?.[0] ?? -1) }),
  ),
  single(["ops.Clip", "tf.clip_by_value"], "Clip", clip),
  single(["ops.Cast", "tf.cast"], "Cast", cast),
  single(["ops.Matmul", "tf.linalg.matmul"], "MatMul", matmul),
  single(["ops.Reshape", "tf.reshape"], "Reshape", reshapeTo),
  single(["ops.Transpose", "tf.transpose", "tf.compat.v1.transpose"], "Transpose", (call) => {
    const rank = call.b.rank(first(call));
    const axes = axesOf(call, setting(call, 1, "axes", "perm"))?.map((axis) => call.axis(axis, rank));
    return transpose(call.b, first(call), axes ?? Array.from({ length: rank }, (_, axis) => rank - 1 - axis));
  }),
  single(["ops.ExpandDims", "tf.expand_dims"], "Unsqueeze", (call) =>
    call.b.op("Unsqueeze", [first(call), call.b.ints(axesOf(call, setting(call, 1, "axis")) ?? [0])]),
  ),
  single(["ops.Squeeze", "tf.squeeze", "tf.compat.v1.squeeze"], "Squeeze", (call) => {
    const axes = axesOf(call, setting(call, 1, "axis"));
    return call.b.op("Squeeze", [first(call), ...(axes === null || axes.length === 0 ? [] : [call.b.ints(axes)])]);
  }),
  single(["ops.Concatenate", "tf.concat"], "Concat", (call) => join(call, false)),
  single(["ops.Stack", "tf.stack"], "Unsqueeze, Concat", (call) => join(call, true)),
  single(["ops.GetItem", "tf.__operators__.getitem"], "Slice, Squeeze, Unsqueeze", (call) =>
    getItem(call, setting(call, 1, "slice_spec", "key")),
  ),
];
