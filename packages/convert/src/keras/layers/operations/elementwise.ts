import { DataType } from "@flotilla/onnx";
import { FUNCTIONS } from "../../emit/activation-functions.ts";
import { type LayerCall, toBool, toFloat } from "../layer-call.ts";
import type { LayerKind } from "../layer-kind.ts";
import { axesOf, first, kinds, operand, operands, setting, single } from "./arguments.ts";

/** Operations on each element. Source: keras/src/ops/{numpy,nn,math}.py; tensorflow/python/ops/{math_ops,nn_ops}.py */
const BINARY: Readonly<Record<string, readonly string[]>> = {
  Add: ["ops.Add", "tf.__operators__.add", "tf.math.add"],
  Sub: ["ops.Subtract", "tf.math.subtract"],
  Mul: ["ops.Multiply", "tf.math.multiply"],
  Div: ["ops.Divide", "ops.TrueDivide", "tf.math.truediv", "tf.math.divide", "tf.compat.v1.div", "tf.realdiv"],
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
  Tan: ["ops.Tan", "tf.math.tan"],
  Asin: ["ops.Arcsin", "tf.math.asin"],
  Acos: ["ops.Arccos", "tf.math.acos"],
  Atan: ["ops.Arctan", "tf.math.atan"],
  Sinh: ["ops.Sinh", "tf.math.sinh"],
  Cosh: ["ops.Cosh", "tf.math.cosh"],
  Asinh: ["ops.Arcsinh", "tf.math.asinh"],
  Acosh: ["ops.Arccosh", "tf.math.acosh"],
  Atanh: ["ops.Arctanh", "tf.math.atanh"],
  Reciprocal: ["ops.Reciprocal", "tf.math.reciprocal"],
  Round: ["tf.math.round"],
  IsNaN: ["ops.Isnan", "tf.math.is_nan"],
  IsInf: ["ops.Isinf", "tf.math.is_inf"],
  Identity: ["ops.StopGradient", "ops.Copy", "tf.identity", "tf.stop_gradient"],
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
  log_sigmoid: ["ops.LogSigmoid", "tf.math.log_sigmoid"],
  hard_tanh: ["ops.HardTanh"],
  tanh_shrink: ["ops.TanhShrink"],
  sparse_plus: ["ops.SparsePlus"],
  sparse_sigmoid: ["ops.SparseSigmoid"],
};

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
  // convert_to_tensor need not name a type.
  if (name === "") return call.b.op("Identity", [first(call)]);
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

/** A number among the settings. */
function number(call: LayerCall, fallback: number, position: number, ...names: readonly string[]): number {
  const value = setting(call, position, ...names) ?? fallback;
  return typeof value === "number" ? value : call.fail(`has no number as its ${names[0] ?? "setting"}`);
}

/** An activation with one parameter, which ONNX has as an attribute. */
const tuned = (classes: readonly string[], operator: string, attribute: string, name: string, fallback: number): LayerKind =>
  single(classes, operator, (call) =>
    call.b.op(operator, [toFloat(call.b, first(call))], { [attribute]: number(call, fallback, 1, name, "alpha") }),
  );

/** A constant in the shape of the input. */
function filled(call: LayerCall, value: string): string {
  const { b } = call;
  return b.op("Expand", [value, b.op("Shape", [first(call)])]);
}

/** The remainder with the sign of the divisor. */
function remainder(call: LayerCall): string {
  const { b } = call;
  const [left, right] = operands(call);
  if (b.type(left).elemType !== DataType.FLOAT) return b.op("Mod", [left, right]);
  return b.op("Sub", [left, b.op("Mul", [b.op("Floor", [b.op("Div", [left, right])]), right])]);
}

function floorDivide(call: LayerCall): string {
  const { b } = call;
  const [left, right] = operands(call);
  const { elemType } = b.type(left);
  const quotient = b.op("Floor", [b.op("Div", [toFloat(b, left), toFloat(b, right)])]);
  return elemType === DataType.FLOAT ? quotient : b.op("Cast", [quotient], { to: BigInt(elemType) });
}

function choose(call: LayerCall): string {
  const { b } = call;
  const condition = operand(call, 0, ["condition"], null);
  const like = [1, 2].map((position) => call.tensors(position, position === 1 ? "x" : "y")[0]);
  const other = like[0] ?? like[1] ?? null;
  const pair = [operand(call, 1, ["x", "x1"], other), operand(call, 2, ["y", "x2"], other)];
  const same = b.type(pair[0] ?? "").elemType === b.type(pair[1] ?? "").elemType;
  return b.op("Where", [toBool(b, condition), ...(same ? pair : pair.map((value) => toFloat(b, value)))]);
}

/** log(eᵃ + eᵇ) without overflow. */
function logAddExp(call: LayerCall): string {
  const { b } = call;
  const [left, right] = operands(call).map((value) => toFloat(b, value)) as [string, string];
  const apart = b.op("Neg", [b.op("Abs", [b.op("Sub", [left, right])])]);
  return b.op("Add", [b.op("Max", [left, right]), b.op("Log", [b.op("Add", [b.op("Exp", [apart]), b.floats(1)])])]);
}

export const elementwise: readonly LayerKind[] = [
  ...kinds(COMPARE, (call, operator) => call.b.op(operator, operands(call))),
  ...kinds(LOGIC, (call, operator) =>
    call.b.op(
      operator,
      operands(call).map((value) => toBool(call.b, value)),
    ),
  ),
  ...kinds(BINARY, (call, operator) => call.b.op(operator, operands(call))),
  ...kinds(UNARY, (call, operator) => call.b.op(operator, [first(call)])),
  ...kinds(NAMED, (call, name) => FUNCTIONS[name]?.(call.b, toFloat(call.b, first(call)), call.config.keras) ?? first(call)),
  single(["ops.NotEqual", "tf.math.not_equal"], "Equal, Not", (call) => call.b.op("Not", [call.b.op("Equal", operands(call))])),
  single(["ops.LogicalNot", "tf.math.logical_not"], "Not", (call) => call.b.op("Not", [toBool(call.b, first(call))])),
  single(["ops.Square", "tf.math.square"], "Mul", (call) => call.b.op("Mul", [first(call), first(call)])),
  single(["ops.Rsqrt", "tf.math.rsqrt"], "Sqrt, Reciprocal", (call) => call.b.op("Reciprocal", [call.b.op("Sqrt", [first(call)])])),
  single(["ops.Log1p", "tf.math.log1p"], "Add, Log", (call) => call.b.op("Log", [call.b.op("Add", [first(call), call.b.floats(1)])])),
  single(["ops.Expm1", "tf.math.expm1"], "Exp, Sub", (call) => call.b.op("Sub", [call.b.op("Exp", [first(call)]), call.b.floats(1)])),
  single(["ops.Log2"], "Log, Mul", (call) => call.b.op("Mul", [call.b.op("Log", [first(call)]), call.b.floats(Math.LOG2E)])),
  single(["ops.Log10"], "Log, Mul", (call) => call.b.op("Mul", [call.b.op("Log", [first(call)]), call.b.floats(Math.LOG10E)])),
  single(["ops.Round"], "Round", (call) =>
    number(call, 0, 1, "decimals") === 0 ? call.b.op("Round", [first(call)]) : call.refuse("decimals"),
  ),
  single(["ops.Mod", "tf.math.floormod", "tf.math.mod"], "Mod, or Div, Floor, Mul, Sub", remainder),
  single(["ops.FloorDivide", "tf.math.floordiv", "tf.compat.v1.floor_div"], "Div, Floor", floorDivide),
  single(["tf.math.squared_difference"], "Sub, Mul", (call) => {
    const away = call.b.op("Sub", operands(call));
    return call.b.op("Mul", [away, away]);
  }),
  single(["tf.math.add_n"], "Sum", (call) => call.b.op("Sum", call.inputs)),
  single(["ops.Logaddexp"], "Max, Exp, Log", logAddExp),
  single(["ops.Where", "tf.where"], "Where", choose),
  single(["ops.ZerosLike", "tf.zeros_like"], "Expand", (call) => filled(call, call.b.op("CastLike", [call.b.floats(0), first(call)]))),
  single(["ops.OnesLike", "tf.ones_like"], "Expand", (call) => filled(call, call.b.op("CastLike", [call.b.floats(1), first(call)]))),
  single(["ops.FullLike"], "Expand", (call) => filled(call, operand(call, 1, ["fill_value"], first(call)))),
  single(["ops.Gelu", "tf.nn.gelu"], "Erf or Tanh", gelu),
  ...(["Softmax", "LogSoftmax"] as const).map((operator) =>
    single([`ops.${operator}`, operator === "Softmax" ? "tf.nn.softmax" : "tf.nn.log_softmax"], operator, (call) =>
      call.b.op(operator, [toFloat(call.b, first(call))], { axis: BigInt(axesOf(call, setting(call, 1, "axis"))?.[0] ?? -1) }),
    ),
  ),
  tuned(["ops.Elu", "tf.nn.elu"], "Elu", "alpha", "alpha", 1),
  tuned(["ops.Celu"], "Celu", "alpha", "alpha", 1),
  tuned(["ops.LeakyRelu", "tf.nn.leaky_relu"], "LeakyRelu", "alpha", "negative_slope", 0.2),
  single(["ops.HardShrink"], "Shrink", (call) =>
    call.b.op("Shrink", [toFloat(call.b, first(call))], { lambd: number(call, 0.5, 1, "threshold"), bias: 0.0 }),
  ),
  single(["ops.SoftShrink"], "Shrink", (call) => {
    const threshold = number(call, 0.5, 1, "threshold");
    return call.b.op("Shrink", [toFloat(call.b, first(call))], { lambd: threshold, bias: threshold });
  }),
  single(["ops.Threshold"], "Greater, Where", (call) => {
    const x = toFloat(call.b, first(call));
    const above = call.b.op("Greater", [x, call.b.floats(number(call, 0, 1, "threshold"))]);
    return call.b.op("Where", [above, x, call.b.floats(number(call, 0, 2, "default_value", "value"))]);
  }),
  single(["ops.Glu"], "Split, Sigmoid, Mul", (call) => {
    const axis = BigInt(axesOf(call, setting(call, 1, "axis"))?.[0] ?? -1);
    const [value = "", gate = ""] = call.b.nodeOf("Split", [toFloat(call.b, first(call))], 2, { axis });
    return call.b.op("Mul", [value, call.b.op("Sigmoid", [gate])]);
  }),
  single(["ops.Clip", "tf.clip_by_value"], "Clip", clip),
  single(["ops.Cast", "ops.ConvertToTensor", "tf.cast", "tf.convert_to_tensor"], "Cast", cast),
];
