import { ActivationFunctionType, LSTMKernelType } from "../../tflite-schema/gen/tflite.ts";
import { dequantiseConstant } from "../dequantise-constant.ts";
import type { Emitter } from "../emitter.ts";
import type { OperatorView } from "../operator-view.ts";
import type { OperatorRule, Rules } from "../rule.ts";
import { refusal, type Refusal } from "../../reasons.ts";

/** Places of an LSTM's inputs behind its first one. Source: TFLite's kernels/lstm_shared.h */
const LSTM = { toInput: 0, recurrent: 4, peephole: 8, bias: 11, projection: 15, projectionBias: 16, normalisation: 19 } as const;
/** TFLite's gates are input, forget, cell, output; ONNX's input, output, forget, cell. Peepholes: input, forget, output; input, output, forget. */
const GATES = [0, 3, 1, 2] as const;
const PEEPHOLES = [0, 2, 1] as const;

const ACTIVATIONS: Readonly<Record<number, string>> = {
  [ActivationFunctionType.TANH]: "Tanh",
  [ActivationFunctionType.RELU]: "Relu",
};

/** A constant input as floats; zeros of the length given where it is left out. */
function floats(e: Emitter, index: number, length: number): Float32Array {
  const source = e.source(index);
  return source === null ? new Float32Array(length) : dequantiseConstant(e.tensor(source), source);
}

function joined(parts: readonly Float32Array[]): Float32Array {
  return Float32Array.from(parts.flatMap((part) => [...part]));
}

interface Direction {
  /** The first input behind the data. */
  readonly base: number;
  readonly reverse: boolean;
  readonly activation: string;
}

/** Data [time, batch, inputs] to [time, batch, cells]. */
function lstm(e: Emitter, data: string, { base, reverse, activation }: Direction): string {
  const [cells = 1, inputs = 1] = e.need(base + LSTM.toInput + 1).shape;
  const coupled = !e.has(base + LSTM.toInput);
  const gates = (first: number, length: number): Float32Array => joined(GATES.map((gate) => floats(e, base + first + gate, length)));
  const bias = joined([gates(LSTM.bias, cells), new Float32Array(4 * cells)]);
  const peepholes = e.has(base + LSTM.peephole + 1)
    ? [e.b.floats(joined(PEEPHOLES.map((gate) => floats(e, base + LSTM.peephole + gate, cells))), [1, 3 * cells])]
    : [];
  const [hidden = ""] = e.b.nodeOf(
    "LSTM",
    [
      data,
      e.b.floats(gates(LSTM.toInput, cells * inputs), [1, 4 * cells, inputs]),
      e.b.floats(gates(LSTM.recurrent, cells * cells), [1, 4 * cells, cells]),
      e.b.floats(bias, [1, 8 * cells]),
      ...(peepholes.length === 0 ? [] : ["", "", "", ...peepholes]),
    ],
    1,
    {
      hidden_size: BigInt(cells),
      ...(reverse ? { direction: "reverse" } : {}),
      ...(coupled ? { input_forget: 1n } : {}),
      ...(activation === "Tanh"
        ? {}
        : { activations: { kind: "strings", value: ["Sigmoid", activation, activation].map((name) => new TextEncoder().encode(name)) } }),
    },
  );
  return e.b.op("Squeeze", [hidden, e.b.ints([1])]);
}

function refuseLstm(view: OperatorView, base: number, activation: number): Refusal | null {
  if (ACTIVATIONS[activation] === undefined) return refusal("BUILT_IN_ACTIVATION", { activation });
  if (view.has(base + LSTM.projection)) return refusal("PROJECTION");
  if ([0, 1, 2, 3].some((gate) => view.has(base + LSTM.normalisation + gate))) return refusal("GATE_NORMALISATION");
  for (let index = 0; index < LSTM.projection; index += 1) {
    const source = view.source(base + index);
    if (source !== null && source.data === null) return refusal("COMPUTED_WEIGHTS");
  }
  return null;
}

/** Data of any order of axes as [time, batch, inputs], and back. */
function inTimeOrder(e: Emitter, timeMajor: boolean, run: (data: string) => string): string {
  const perm = [1n, 0n, 2n];
  const data = timeMajor ? e.real(0) : e.b.op("Transpose", [e.real(0)], { perm });
  const result = run(data);
  return timeMajor ? result : e.b.op("Transpose", [result], { perm });
}

const LSTM_LIMITS =
  "Starts from a state of zero at every run. A cell that reaches the clip of its state is not clipped. Weights of all-integer layers are made float.";

/**
 * UNIDIRECTIONAL_SEQUENCE_LSTM: data [batch, time, inputs], or time first. With peepholes, with coupled gates (no weights of an input gate). TFLite keeps
 * the state in variables between runs until they are reset; here each run starts anew, as an interpreter does that resets them.
 * Source: TFLite's kernels/unidirectional_sequence_lstm.cc
 */
const sequenceLstm: OperatorRule = {
  limits: LSTM_LIMITS,
  refuse: (view) => refuseLstm(view, 1, view.options("UnidirectionalSequenceLSTMOptions").fusedActivationFunction),
  convert: (e) => {
    const { timeMajor, fusedActivationFunction } = e.options("UnidirectionalSequenceLSTMOptions");
    const activation = ACTIVATIONS[fusedActivationFunction] ?? "Tanh";
    e.setReal(
      0,
      inTimeOrder(e, timeMajor, (data) => lstm(e, data, { base: 1, reverse: false, activation })),
    );
  },
};

/** BIDIRECTIONAL_SEQUENCE_LSTM: the second half of the inputs is for the way back. Source: TFLite's kernels/bidirectional_sequence_lstm.cc */
const bothWaysLstm: OperatorRule = {
  limits: LSTM_LIMITS,
  refuse: (view) => {
    const { fusedActivationFunction } = view.options("BidirectionalSequenceLSTMOptions");
    if (view.has(39)) return refusal("SECOND_INPUT");
    return refuseDirection(view, 1, fusedActivationFunction) ?? refuseDirection(view, 18, fusedActivationFunction);
  },
  convert: (e) => {
    const { timeMajor, fusedActivationFunction, mergeOutputs } = e.options("BidirectionalSequenceLSTMOptions");
    const activation = ACTIVATIONS[fusedActivationFunction] ?? "Tanh";
    const run = (base: number, reverse: boolean): string =>
      inTimeOrder(e, timeMajor, (data) => lstm(e, data, { base, reverse, activation }));
    setDirections(e, mergeOutputs, run(1, false), run(18, true));
  },
};

function refuseDirection(view: OperatorView, base: number, activation: number): Refusal | null {
  if (ACTIVATIONS[activation] === undefined) return refusal("BUILT_IN_ACTIVATION", { activation });
  if (view.has(base + LSTM.projection)) return refusal("PROJECTION");
  const weights = Array.from({ length: LSTM.projection }, (_, index) => view.source(base + index));
  return weights.some((source) => source !== null && source.data === null) ? refusal("COMPUTED_WEIGHTS") : null;
}

function setDirections(e: Emitter, merge: boolean, forward: string, backward: string): void {
  if (merge) e.setReal(0, e.b.op("Concat", [forward, backward], { axis: 2n }));
  else {
    e.setReal(0, forward);
    e.setReal(1, backward);
  }
}

/** LSTM: one step of the same, on data [batch, inputs]. */
const stepLstm: OperatorRule = {
  limits: LSTM_LIMITS,
  refuse: (view) => {
    const { kernelType, fusedActivationFunction } = view.options("LSTMOptions");
    return kernelType === LSTMKernelType.FULL ? refuseLstm(view, 1, fusedActivationFunction) : refusal("BASIC_LSTM");
  },
  convert: (e) => {
    const activation = ACTIVATIONS[e.options("LSTMOptions").fusedActivationFunction] ?? "Tanh";
    const data = e.b.op("Unsqueeze", [e.real(0), e.b.ints([0])]);
    e.setReal(0, e.b.op("Squeeze", [lstm(e, data, { base: 1, reverse: false, activation }), e.b.ints([0])]));
  },
};

/** Data [time, batch, inputs] through a plain recurrent layer: weights, recurrent weights, bias. */
function rnn(e: Emitter, data: string, base: number, reverse: boolean, activation: string): string {
  const [cells = 1, inputs = 1] = e.need(base).shape;
  const [hidden = ""] = e.b.nodeOf(
    "RNN",
    [
      data,
      e.b.floats(floats(e, base, 0), [1, cells, inputs]),
      e.b.floats(floats(e, base + 1, 0), [1, cells, cells]),
      e.b.floats(joined([floats(e, base + 2, cells), new Float32Array(cells)]), [1, 2 * cells]),
    ],
    1,
    {
      hidden_size: BigInt(cells),
      ...(reverse ? { direction: "reverse" } : {}),
      activations: { kind: "strings", value: [new TextEncoder().encode(activation)] },
    },
  );
  return e.b.op("Squeeze", [hidden, e.b.ints([1])]);
}

function refuseRnn(view: OperatorView, bases: readonly number[], activation: number): Refusal | null {
  if (ACTIVATIONS[activation] === undefined) return refusal("BUILT_IN_ACTIVATION", { activation });
  const open = bases.flatMap((base) => [base, base + 1, base + 2]).some((index) => view.need(index).data === null);
  return open ? refusal("COMPUTED_WEIGHTS") : null;
}

const RNN_LIMITS = "Starts from a state of zero at every run.";

/** UNIDIRECTIONAL_SEQUENCE_RNN: data, weights, recurrent weights, bias, state. Source: TFLite's kernels/unidirectional_sequence_rnn.cc */
const sequenceRnn: OperatorRule = {
  limits: RNN_LIMITS,
  refuse: (view) => refuseRnn(view, [1], view.options("SequenceRNNOptions").fusedActivationFunction),
  convert: (e) => {
    const { timeMajor, fusedActivationFunction } = e.options("SequenceRNNOptions");
    e.setReal(
      0,
      inTimeOrder(e, timeMajor, (data) => rnn(e, data, 1, false, ACTIVATIONS[fusedActivationFunction] ?? "Tanh")),
    );
  },
};

/** BIDIRECTIONAL_SEQUENCE_RNN: the way back has inputs 5 to 8. Source: TFLite's kernels/bidirectional_sequence_rnn.cc */
const bothWaysRnn: OperatorRule = {
  limits: RNN_LIMITS,
  refuse: (view) =>
    view.has(9)
      ? refusal("SECOND_INPUT")
      : refuseRnn(view, [1, 5], view.options("BidirectionalSequenceRNNOptions").fusedActivationFunction),
  convert: (e) => {
    const { timeMajor, fusedActivationFunction, mergeOutputs } = e.options("BidirectionalSequenceRNNOptions");
    const activation = ACTIVATIONS[fusedActivationFunction] ?? "Tanh";
    const run = (base: number, reverse: boolean): string => inTimeOrder(e, timeMajor, (data) => rnn(e, data, base, reverse, activation));
    setDirections(e, mergeOutputs, run(1, false), run(5, true));
  },
};

/** RNN: one step, on data [batch, inputs]. Source: TFLite's kernels/basic_rnn.cc */
const stepRnn: OperatorRule = {
  limits: RNN_LIMITS,
  refuse: (view) => refuseRnn(view, [1], view.options("RNNOptions").fusedActivationFunction),
  convert: (e) => {
    const activation = ACTIVATIONS[e.options("RNNOptions").fusedActivationFunction] ?? "Tanh";
    const data = e.b.op("Unsqueeze", [e.real(0), e.b.ints([0])]);
    e.setReal(0, e.b.op("Squeeze", [rnn(e, data, 1, false, activation), e.b.ints([0])]));
  },
};

export const recurrentRules: Rules = {
  UNIDIRECTIONAL_SEQUENCE_LSTM: sequenceLstm,
  BIDIRECTIONAL_SEQUENCE_LSTM: bothWaysLstm,
  LSTM: stepLstm,
  UNIDIRECTIONAL_SEQUENCE_RNN: sequenceRnn,
  BIDIRECTIONAL_SEQUENCE_RNN: bothWaysRnn,
  RNN: stepRnn,
};
