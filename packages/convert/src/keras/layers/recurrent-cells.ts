import { float32View, type Tensor } from "@flotilla/onnx";
import { activationName } from "../emit/activation.ts";
import { fromCudnn, gateBias, gateKernel, joinLast } from "../emit/gates.ts";
import { float } from "../emit/permute.ts";
import type { RecurrentCell, RnnActivation } from "../emit/recurrent.ts";
import type { KerasLayer } from "../graph/keras-graph.ts";
import type { LayerCall } from "./layer-call.ts";
import { kernelAndBias, type LayerKind, trained } from "./layer-kind.ts";
import { refusal } from "../../reasons.ts";

/** Keras' functions as ONNX's recurrent operators know them. */
const RNN_ACTIVATIONS: Readonly<Record<string, RnnActivation>> = {
  tanh: { name: "Tanh" },
  sigmoid: { name: "Sigmoid" },
  relu: { name: "Relu" },
  linear: { name: "Affine", alpha: 1, beta: 0 },
  elu: { name: "Elu", alpha: 1 },
  softsign: { name: "Softsign" },
  softplus: { name: "Softplus" },
};

/** Gates by name in the order in which Keras 1 made their weights. */
const KERAS1_GATES = { LSTM: ["i", "c", "f", "o"], GRU: ["z", "r", "h"], RNN: [] } as const;
/** The same in the order of Keras 2's joined kernels. */
const GATES = { LSTM: ["i", "f", "c", "o"], GRU: ["z", "r", "h"], RNN: [] } as const;
/** Gate `order[n]` of Keras stands at place n of ONNX: i, o, f, c and z, r, h. */
const ONNX_ORDER = { LSTM: [0, 3, 1, 2], GRU: [0, 1, 2], RNN: [0] } as const;

type Kind = keyof typeof ONNX_ORDER;

function kindOf(className: string): Kind {
  return className.startsWith("LSTM") ? "LSTM" : className.startsWith("GRU") ? "GRU" : "RNN";
}

/**
 * Cells of LSTM, GRU and SimpleRNN. Kernel [inputs, gates · units], recurrent kernel [units, gates · units]; gates i, f, c, o (LSTM) and z, r, h
 * (GRU). Bias [gates · units], or [2, gates · units] for a GRU with reset_after: of the input, of the state. A bias of [2 · gates · units] says that
 * CuDNN's layers wrote the weights.
 * Source: keras/src/layers/rnn/{lstm,gru,simple_rnn}.py
 */
export const recurrentCells: LayerKind = {
  classes: ["LSTMCell", "GRUCell", "SimpleRNNCell"],
  about: "LSTM, GRU or RNN, inside a recurrent layer. Activations tanh, sigmoid, hard_sigmoid, relu, linear, elu, softsign, softplus",
  slots: (layer) =>
    layer.config.keras === 1 && layer.config.raw("consume_less") !== "gpu"
      ? keras1Slots(layer)
      : kernelAndBias("kernel", "recurrent_kernel")(layer),
  refuse: ({ className, config }) => {
    const settings = kindOf(className) === "RNN" ? ["activation"] : ["activation", "recurrent_activation"];
    const unknown = settings
      .map((setting) => activationName(config, setting, "tanh"))
      .find((name) => rnnActivation(name, config.keras) === null);
    return unknown === undefined ? null : refusal("CELL_ACTIVATION", { name: unknown });
  },
  convert: (call) => call.fail("is a cell outside a recurrent layer"),
};

function rnnActivation(name: string, keras: number): RnnActivation | null {
  if (name === "hard_sigmoid") return { name: "HardSigmoid", alpha: keras === 3 ? 1 / 6 : 0.2, beta: 0.5 };
  return Object.hasOwn(RNN_ACTIVATIONS, name) ? (RNN_ACTIVATIONS[name] ?? null) : null;
}

function keras1Slots({ className }: KerasLayer): ReturnType<typeof trained> {
  const kind = kindOf(className);
  if (kind === "RNN") return trained("kernel", "recurrent_kernel", "bias");
  return KERAS1_GATES[kind].flatMap((gate) => trained(`W_${gate}`, `U_${gate}`, `b_${gate}`));
}

/** The cell with its weights in ONNX's order. `inputs` features come in, null where that is not known. */
export function readCell(call: LayerCall, inputs: number | null): RecurrentCell {
  const { config, layer } = call;
  const kind = kindOf(layer.className);
  const units = config.int("units");
  const order = ONNX_ORDER[kind];
  const width = order.length * units;
  // CuDNN has two biases side by side, and its own order inside the kernels.
  const cudnn = kind !== "RNN" && call.has("bias") && call.weight("bias").dims.join() === String(2 * width);
  const turned = (tensor: Tensor): Tensor => (cudnn ? fromCudnn(tensor, units) : tensor);
  const kernel = turned(joined(call, kind, "kernel", "W", [inputs, width]));
  const recurrent = turned(joined(call, kind, "recurrent_kernel", "U", [units, width]));
  const resetAfter = kind === "GRU" && (cudnn || config.bool("reset_after", false));
  const hasBias = call.has("bias") || call.has("b_i") || call.has("b_z");
  const biasDims = cudnn ? [2 * width] : resetAfter ? [2, width] : [width];
  const bias = hasBias ? biasOf(joined(call, kind, "bias", "b", biasDims), units, order) : null;
  const names =
    kind === "RNN"
      ? ["activation"]
      : kind === "GRU"
        ? ["recurrent_activation", "activation"]
        : ["recurrent_activation", "activation", "activation"];
  const fallback = (setting: string): string => (setting === "activation" ? "tanh" : config.keras === 3 ? "sigmoid" : "hard_sigmoid");
  return {
    opType: kind,
    units,
    kernel: gateKernel(kernel, units, order),
    recurrentKernel: gateKernel(recurrent, units, order),
    bias,
    activations: names.map(
      (setting) => rnnActivation(activationName(config, setting, fallback(setting)), config.keras) ?? { name: "Tanh" },
    ),
    ...(resetAfter ? { resetAfter } : {}),
  };
}

/** A joined weight, or the one that the gates' own weights of Keras 1 make together. */
function joined(call: LayerCall, kind: Kind, name: string, letter: string, dims: readonly (number | null)[]): Tensor {
  const gates = GATES[kind].map((gate) => `${letter}_${gate}`);
  if (gates.length === 0 || !gates.every((gate) => call.has(gate))) return call.weight(name, dims);
  const units = call.config.int("units");
  return joinLast(gates.map((gate) => call.weight(gate, [...dims.slice(0, -1), units])));
}

function biasOf(bias: Tensor, units: number, order: readonly number[]): Tensor {
  const values = float32View(bias);
  const width = order.length * units;
  if (values.length === width) return gateBias(values, null, units, order);
  return gateBias(values.subarray(0, width), float32View(float([width], values.slice(width))), units, order);
}
