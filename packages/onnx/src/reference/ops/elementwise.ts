import { need, type ReferenceOp, result, scalarOf, valuesOf } from "../op.ts";
import { erf } from "./erf.ts";

export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

type Parameter = (name: string, fallback: number) => number;

function unary(apply: (value: number, float: Parameter) => number): ReferenceOp {
  return (inputs, node) => {
    const data = need(inputs, 0, node);
    const float: Parameter = (name, fallback) => node.float(name, fallback);
    return [
      result(
        data.dataType,
        data.dims,
        valuesOf(data).map((value) => apply(value, float)),
      ),
    ];
  };
}

const clip: ReferenceOp = (inputs, node) => {
  const data = need(inputs, 0, node);
  const low = scalarOf(inputs[1], node.float("min", -Infinity));
  const high = scalarOf(inputs[2], node.float("max", Infinity));
  return [
    result(
      data.dataType,
      data.dims,
      valuesOf(data).map((value) => Math.min(Math.max(value, low), high)),
    ),
  ];
};

const gelu: ReferenceOp = (inputs, node, opset) =>
  unary(
    node.string("approximate", "none") === "tanh"
      ? (value) => 0.5 * value * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (value + 0.044715 * value ** 3)))
      : (value) => 0.5 * value * (1 + erf(value / Math.SQRT2)),
  )(inputs, node, opset);

const softplus = (value: number): number => Math.log1p(Math.exp(-Math.abs(value))) + Math.max(value, 0);
const elu = (value: number, alpha: number): number => (value < 0 ? alpha * Math.expm1(value) : value);
const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));

function shrink(value: number, float: Parameter): number {
  const [lambd, bias] = [float("lambd", 0.5), float("bias", 0)];
  return value < -lambd ? value + bias : value > lambd ? value - bias : 0;
}

export const elementwiseOps: Readonly<Record<string, ReferenceOp>> = {
  Relu: unary((value) => Math.max(value, 0)),
  LeakyRelu: unary((value, float) => (value < 0 ? value * float("alpha", 0.01) : value)),
  ThresholdedRelu: unary((value, float) => (value > float("alpha", 1) ? value : 0)),
  Elu: unary((value, float) => elu(value, float("alpha", 1))),
  Celu: unary((value, float) => Math.max(value, 0) + Math.min(0, float("alpha", 1) * Math.expm1(value / float("alpha", 1)))),
  Selu: unary((value, float) => float("gamma", 1.0507009873554805) * elu(value, float("alpha", 1.6732632423543772))),
  Sigmoid: unary(sigmoid),
  Swish: unary((value, float) => value * sigmoid(float("alpha", 1) * value)),
  Mish: unary((value) => value * Math.tanh(softplus(value))),
  HardSigmoid: unary((value, float) => Math.min(1, Math.max(0, float("alpha", 0.2) * value + float("beta", 0.5)))),
  HardSwish: unary((value) => value * Math.min(1, Math.max(0, value / 6 + 0.5))),
  Softplus: unary(softplus),
  Softsign: unary((value) => value / (1 + Math.abs(value))),
  Shrink: unary(shrink),
  Gelu: gelu,
  Tanh: unary(Math.tanh),
  Erf: unary(erf),
  Exp: unary(Math.exp),
  Log: unary(Math.log),
  Sqrt: unary(Math.sqrt),
  Reciprocal: unary((value) => 1 / value),
  Neg: unary((value) => -value),
  Abs: unary(Math.abs),
  Sign: unary(Math.sign),
  Floor: unary(Math.floor),
  Ceil: unary(Math.ceil),
  Round: unary(roundHalfEven),
  Sin: unary(Math.sin),
  Cos: unary(Math.cos),
  Tan: unary(Math.tan),
  Asin: unary(Math.asin),
  Acos: unary(Math.acos),
  Atan: unary(Math.atan),
  Sinh: unary(Math.sinh),
  Cosh: unary(Math.cosh),
  Asinh: unary(Math.asinh),
  Acosh: unary(Math.acosh),
  Atanh: unary(Math.atanh),
  Clip: clip,
};
