import type { GraphBuilder } from "@flotilla/onnx";

export type ActivationFunction = (b: GraphBuilder, x: string, keras: 1 | 2 | 3) => string;

const op =
  (opType: string, attributes: Readonly<Record<string, number | bigint>> = {}): ActivationFunction =>
  (b, x) =>
    b.op(opType, [x], attributes);
const clip = (b: GraphBuilder, x: string, low: number, high: number): string => b.op("Clip", [x, b.floats(low), b.floats(high)]);
const times = (b: GraphBuilder, left: string, right: string): string => b.op("Mul", [left, right]);

/** 0.2x + 0.5 until Keras 2; Keras 3 took relu6(x + 3) / 6 instead, under the same name. */
const hardSigmoid: ActivationFunction = (b, x, keras) => b.op("HardSigmoid", [x], { alpha: keras === 3 ? 1 / 6 : 0.2, beta: 0.5 });

const silu: ActivationFunction = (b, x) => times(b, x, b.op("Sigmoid", [x]));

/** The exact form, x · Φ(x). */
const gelu: ActivationFunction = (b, x) => {
  const erf = b.op("Erf", [b.op("Div", [x, b.floats(Math.SQRT2)])]);
  return times(b, times(b, x, b.op("Add", [erf, b.floats(1)])), b.floats(0.5));
};

/** Zero within the threshold. `shift` moves the rest towards zero by it. */
const shrink =
  (shift: number): ActivationFunction =>
  (b, x) =>
    b.op("Shrink", [x], { lambd: 0.5, bias: shift });

/**
 * Keras' activation functions by name, on values of any shape; `softmax` works along the last axis. float32 in and out.
 * Source: keras/src/activations/activations.py (Keras 3), keras/activations.py (Keras 2), defaults of their parameters
 */
export const FUNCTIONS: Readonly<Record<string, ActivationFunction>> = {
  linear: (_, x) => x,
  relu: op("Relu"),
  relu6: (b, x) => clip(b, x, 0, 6),
  leaky_relu: op("LeakyRelu", { alpha: 0.2 }),
  elu: op("Elu", { alpha: 1 }),
  celu: op("Celu", { alpha: 1 }),
  selu: op("Selu"),
  gelu,
  silu,
  swish: silu,
  sigmoid: op("Sigmoid"),
  log_sigmoid: (b, x) => b.op("Neg", [b.op("Softplus", [b.op("Neg", [x])])]),
  hard_sigmoid: hardSigmoid,
  sparse_sigmoid: op("HardSigmoid", { alpha: 0.5, beta: 0.5 }),
  sparse_plus: (b, x) => {
    const middle = b.op("Add", [b.op("Clip", [x, b.floats(-1), b.floats(1)]), b.floats(1)]);
    const curve = b.op("Mul", [times(b, middle, middle), b.floats(0.25)]);
    return b.op("Add", [curve, b.op("Relu", [b.op("Sub", [x, b.floats(1)])])]);
  },
  glu: (b, x) => {
    const [value = "", gate = ""] = b.nodeOf("Split", [x], 2, { axis: -1n });
    return times(b, value, b.op("Sigmoid", [gate]));
  },
  hard_silu: op("HardSwish"),
  hard_swish: op("HardSwish"),
  tanh: op("Tanh"),
  hard_tanh: (b, x) => clip(b, x, -1, 1),
  tanh_shrink: (b, x) => b.op("Sub", [x, b.op("Tanh", [x])]),
  soft_shrink: shrink(0.5),
  hard_shrink: shrink(0),
  softmax: op("Softmax", { axis: -1n }),
  log_softmax: op("LogSoftmax", { axis: -1n }),
  softplus: op("Softplus"),
  softsign: op("Softsign"),
  exponential: op("Exp"),
  mish: (b, x) => times(b, x, b.op("Tanh", [b.op("Softplus", [x])])),
  squareplus: (b, x) => {
    const root = b.op("Sqrt", [b.op("Add", [times(b, x, x), b.floats(4)])]);
    return times(b, b.op("Add", [x, root]), b.floats(0.5));
  },
};
