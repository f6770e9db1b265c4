import type { Node } from "@flotilla/onnx";
import type { Lowering, NodeBuilder } from "./lowering.ts";

type Build = (builder: NodeBuilder, input: string, node: Node) => string;

const BUILDS: Readonly<Record<string, Build>> = {
  HardSigmoid: (b, x, node) =>
    clip(b, b.op("Add", [b.op("Mul", [x, b.scalar(node.float("alpha", 0.2))]), b.scalar(node.float("beta", 0.5))]), 0, 1),
  // log(1 + e^x) = max(x, 0) + log(1 + e^−|x|), which does not overflow.
  Softplus: (b, x) => softplus(b, x),
  Softsign: (b, x) => b.op("Div", [x, b.op("Add", [b.op("Abs", [x]), b.scalar(1)])]),
  Mish: (b, x) => b.op("Mul", [x, b.op("Tanh", [softplus(b, x)])]),
  Elu: (b, x, node) => elu(b, x, node.float("alpha", 1), 1),
  Selu: (b, x, node) => elu(b, x, node.float("alpha", 1.67326319217681884765625), node.float("gamma", 1.05070102214813232421875)),
  // max(0, x) + min(0, α (e^(x/α) − 1))
  Celu: (b, x, node) => {
    const alpha = node.float("alpha", 1);
    const low = b.op("Min", [b.op("Div", [x, b.scalar(alpha)]), b.scalar(0)]);
    return b.op("Add", [b.op("Relu", [x]), b.op("Mul", [b.op("Sub", [b.op("Exp", [low]), b.scalar(1)]), b.scalar(alpha)])]);
  },
  ThresholdedRelu: (b, x, node) => b.op("Where", [b.op("Greater", [x, b.scalar(node.float("alpha", 1))]), x, b.scalar(0)]),
  Reciprocal: (b, x) => b.op("Div", [b.scalar(1), x]),
  Sign: (b, x) => sign(b, x),
  Erf: (b, x) => erf(b, x),
  Gelu: (b, x, node) => {
    const half = b.op("Mul", [x, b.scalar(0.5)]);
    const inner =
      node.string("approximate", "none") === "tanh"
        ? b.op("Tanh", [
            b.op("Mul", [
              b.op("Add", [x, b.op("Mul", [b.op("Mul", [b.square(x), x]), b.scalar(0.044715)])]),
              b.scalar(Math.sqrt(2 / Math.PI)),
            ]),
          ])
        : erf(b, b.op("Mul", [x, b.scalar(Math.SQRT1_2)]));
    return b.op("Mul", [half, b.op("Add", [inner, b.scalar(1)])]);
  },
  // x − bias above λ, x + bias below −λ, 0 between.
  Shrink: (b, x, node) => {
    const [bias, limit] = [b.scalar(node.float("bias", 0)), b.scalar(node.float("lambd", 0.5))];
    const above = b.op("Where", [b.op("Greater", [x, limit]), b.op("Sub", [x, bias]), b.scalar(0)]);
    return b.op("Where", [b.op("Less", [x, b.op("Neg", [limit])]), b.op("Add", [x, bias]), above]);
  },
  Tan: (b, x) => b.op("Div", [b.op("Sin", [x]), b.op("Cos", [x])]),
};

/**
 * Activations and functions without an operator of their own in the runtimes that are in use, out of ones that every runtime has.
 * Erf is Abramowitz and Stegun's formula 7.1.26, right to 1.5e-7.
 */
export const activations: Lowering = {
  operators: Object.keys(BUILDS),
  build: (builder, node) => BUILDS[node.opType]?.(builder, node.inputs[0] ?? "", node) ?? "",
};

export function clip(b: NodeBuilder, x: string, low: number, high: number): string {
  return b.op("Clip", [x, b.scalar(low), b.scalar(high)]);
}

function softplus(b: NodeBuilder, x: string): string {
  const rest = b.op("Log", [b.op("Add", [b.op("Exp", [b.op("Neg", [b.op("Abs", [x])])]), b.scalar(1)])]);
  return b.op("Add", [b.op("Relu", [x]), rest]);
}

/** γ (max(x, 0) + α (e^min(x, 0) − 1)) */
function elu(b: NodeBuilder, x: string, alpha: number, gamma: number): string {
  const low = b.op("Mul", [b.op("Sub", [b.op("Exp", [b.op("Min", [x, b.scalar(0)])]), b.scalar(1)]), b.scalar(alpha * gamma)]);
  const high = b.op("Relu", [x]);
  return b.op("Add", [gamma === 1 ? high : b.op("Mul", [high, b.scalar(gamma)]), low]);
}

/** −1, 0 or 1; the factor lifts every normal float above 1. */
function sign(b: NodeBuilder, x: string): string {
  return clip(b, b.op("Mul", [b.op("Mul", [x, b.scalar(1e30)]), b.scalar(1e8)]), -1, 1);
}

function erf(b: NodeBuilder, x: string): string {
  const size = b.op("Abs", [x]);
  const t = b.op("Div", [b.scalar(1), b.op("Add", [b.op("Mul", [size, b.scalar(0.3275911)]), b.scalar(1)])]);
  let sum = b.scalar(1.061405429);
  for (const factor of [-1.453152027, 1.421413741, -0.284496736, 0.254829592]) sum = b.op("Add", [b.op("Mul", [sum, t]), b.scalar(factor)]);
  const tail = b.op("Mul", [b.op("Mul", [sum, t]), b.op("Exp", [b.op("Neg", [b.square(x)])])]);
  return b.op("Mul", [sign(b, x), b.op("Sub", [b.scalar(1), tail])]);
}
