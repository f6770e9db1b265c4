import { ActivationFunctionType, LSTMKernelType } from "../../tflite-schema/gen/tflite.ts";
import { dequantiseConstant } from "../dequantise-constant.ts";
import type { Emitter } from "../emitter.ts";
import type { OperatorView } from "../operator-view.ts";
import type { OperatorRule, Rules } from "../rule.ts";
import { refusal, type Refusal } from "../../reasons.ts";
import { type Gate, type LstmPlan, scanLstm } from "./lstm-step.ts";
import type { SourceTensor } from "../source/types.ts";

/** Places of an LSTM's inputs behind its first one. Source: TFLite's kernels/lstm_shared.h */
const LSTM = { toInput: 0, recurrent: 4, peephole: 8, bias: 11, projection: 15, projectionBias: 16, state: 17, normalisation: 19 } as const;
/** TFLite's gates are input, forget, cell, output; ONNX's input, output, forget, cell. Peepholes: input, forget, output; input, output, forget. */
const GATES = [0, 3, 1, 2] as const;
const PEEPHOLES = [0, 2, 1] as const;

const ACTIVATIONS: Readonly<Record<number, string>> = {
  [ActivationFunctionType.TANH]: "Tanh",
  [ActivationFunctionType.RELU]: "Relu",
};

/** A constant input as floats; zeros of the length given where it is left out. */
function floats(e: Emitter, index: number, length: number): Float32Array {
  const source = e.constant(index);
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
  /** 0 for none. */
  readonly cellClip: number;
  readonly projectionClip: number;
}

/**
 * An all-integer layer stores its output with the scale of its hidden state, and reads it, as its state, with that of the state, which may be another one: what it
 * reads is `ratio` times what it stored, and `offset`. Null where layers calculate in float, or both are the same.
 * Source: TFLite's kernels/unidirectional_sequence_lstm.cc, effective_hidden_scale and the recurrent effective scales
 */
function rereading(e: Emitter, base: number): { readonly ratio: number; readonly offset: number; readonly first: number } | null {
  const [hidden, state] = [hiddenState(e), e.source(base + LSTM.state)];
  const [stored, read] = [hidden?.quantisation, state?.quantisation];
  const [scale, wanted] = [stored?.scale[0], read?.scale[0]];
  if (hidden === null || state === null || scale === undefined || wanted === undefined) return null;
  const apart = zeroOf(hidden) - zeroOf(state);
  if (scale === wanted && apart === 0) return null;
  return { ratio: wanted / scale, offset: wanted * apart, first: -scale * apart };
}

/** What the integers of an all-integer layer's hidden state mean. */
function hiddenState(e: OperatorView): SourceTensor | null {
  return e.graph.tensors[e.operator.intermediates[4] ?? -1] ?? null;
}

function zeroOf({ quantisation, origin }: SourceTensor): number {
  return (quantisation?.zeroPoint[0] ?? 0) - origin;
}

function clipsOf({
  cellClip,
  projClip,
}: {
  readonly cellClip: number;
  readonly projClip: number;
}): Pick<Direction, "cellClip" | "projectionClip"> {
  return { cellClip, projectionClip: projClip };
}

/** A layer that ONNX's operator is not: with a projection or normalised gates, or with an input gate that is one minus the forget gate, where ONNX has it the other way round. */
function planSteps(e: Emitter, { base, reverse, activation, cellClip, projectionClip }: Direction): LstmPlan | null {
  const projected = e.has(base + LSTM.projection);
  // Of a layer of both directions the inputs there are others.
  const normalises = (gate: number): boolean =>
    base === 1 && e.operator.kind !== "BIDIRECTIONAL_SEQUENCE_LSTM" && e.has(base + LSTM.normalisation + gate);
  if (!projected && e.has(base + LSTM.toInput) && ![0, 1, 2, 3].some(normalises)) return null;
  const [cells = 1, inputs = 1] = e.need(base + LSTM.toInput + 1).shape;
  const outputs = e.need(base + LSTM.recurrent + 1).shape[1] ?? cells;
  const optional = (index: number): Float32Array | null => (e.has(index) ? floats(e, index, 0) : null);
  const gate = (index: number, peephole: number | null): Gate => ({
    input: floats(e, base + LSTM.toInput + index, 0),
    recurrent: floats(e, base + LSTM.recurrent + index, 0),
    bias: floats(e, base + LSTM.bias + index, cells),
    peephole: peephole === null ? null : optional(base + LSTM.peephole + peephole),
    normalisation: normalises(index) ? optional(base + LSTM.normalisation + index) : null,
  });
  return {
    inputs,
    cells,
    outputs,
    input: e.has(base + LSTM.toInput) ? gate(0, 0) : null,
    forget: gate(1, 1),
    cell: gate(2, null),
    output: gate(3, 2),
    activation,
    projection: projected ? { weights: floats(e, base + LSTM.projection, 0), bias: optional(base + LSTM.projectionBias) } : null,
    cellClip,
    projectionClip,
    reverse,
  };
}

/** Data [time, batch, inputs] to [time, batch, outputs], which are as many as the cells where nothing projects them. */
function lstm(e: Emitter, data: string, direction: Direction): string {
  const steps = planSteps(e, direction);
  if (steps !== null) return scanLstm(e, data, steps);
  const { base, reverse, activation } = direction;
  const [cells = 1, inputs = 1] = e.need(base + LSTM.toInput + 1).shape;
  const gates = (first: number, length: number): Float32Array => joined(GATES.map((gate) => floats(e, base + first + gate, length)));
  const again = rereading(e, base);
  const recurrent = gates(LSTM.recurrent, cells * cells);
  const bias = gates(LSTM.bias, cells);
  if (again !== null)
    for (let row = 0; row < 4 * cells; row += 1) {
      const weights = recurrent.subarray(row * cells, (row + 1) * cells);
      bias[row] = (bias[row] ?? 0) + weights.reduce((sum, weight) => sum + weight, 0) * again.offset;
      for (const [column, weight] of weights.entries()) weights[column] = weight * again.ratio;
    }
  const peepholes = e.has(base + LSTM.peephole + 1)
    ? e.b.floats(joined(PEEPHOLES.map((gate) => floats(e, base + LSTM.peephole + gate, cells))), [1, 3 * cells])
    : "";
  const first = again === null ? "" : e.b.op("Expand", [e.b.floats(again.first), firstShape(e, data, cells)]);
  const optional = ["", first, "", peepholes];
  while (optional.at(-1) === "") optional.pop();
  const [hidden = ""] = e.b.nodeOf(
    "LSTM",
    [
      data,
      e.b.floats(gates(LSTM.toInput, cells * inputs), [1, 4 * cells, inputs]),
      e.b.floats(recurrent, [1, 4 * cells, cells]),
      e.b.floats(joined([bias, new Float32Array(4 * cells)]), [1, 8 * cells]),
      ...optional,
    ],
    1,
    {
      hidden_size: BigInt(cells),
      ...(reverse ? { direction: "reverse" } : {}),
      ...(activation === "Tanh"
        ? {}
        : { activations: { kind: "strings", value: ["Sigmoid", activation, activation].map((name) => new TextEncoder().encode(name)) } }),
    },
  );
  return e.b.op("Squeeze", [hidden, e.b.ints([1])]);
}

/** [1, batch, cells], where data are [time, batch, inputs]. */
function firstShape(e: Emitter, data: string, cells: number): string {
  const batch = e.b.op("Slice", [e.b.op("Shape", [data]), e.b.ints([1]), e.b.ints([2])]);
  return e.b.op("Concat", [e.b.ints([1]), batch, e.b.ints([cells])], { axis: 0n });
}

/** Sets output 0: of an all-integer layer as the integers of its hidden state, whatever scale the output has. */
function setHidden(e: Emitter, value: string): void {
  const [hidden, target] = [hiddenState(e), e.target(0)];
  if (hidden === null || hidden.quantisation === null || target.quantisation === null || e.has(1 + LSTM.projection))
    return e.setReal(0, value);
  e.setStored(0, e.quantise(value, { ...hidden.quantisation, zeroPoint: [zeroOf(hidden) + target.origin] }, target.type));
}

function refuseLstm(view: OperatorView, base: number, activation: number, normalises = true): Refusal | null {
  if (ACTIVATIONS[activation] === undefined) return refusal("BUILT_IN_ACTIVATION", { activation });
  const gates = [0, 1, 2, 3].filter((gate) => normalises && view.has(base + LSTM.normalisation + gate));
  const special = view.has(base + LSTM.projection) || gates.length > 0 || !view.has(base + LSTM.toInput);
  if (special && view.need(0).quantisation !== null) return refusal("INTEGER_LSTM");
  const indices = [...Array.from({ length: LSTM.state }, (_, index) => index), ...gates.map((gate) => LSTM.normalisation + gate)];
  const open = indices.some((index) => view.has(base + index) && view.constant(base + index) === null);
  return open ? refusal("COMPUTED_WEIGHTS") : null;
}

/** Data of any order of axes as [time, batch, inputs], and back. */
function inTimeOrder(e: Emitter, timeMajor: boolean, run: (data: string) => string): string {
  const perm = [1n, 0n, 2n];
  const data = timeMajor ? e.real(0) : e.b.op("Transpose", [e.real(0)], { perm });
  const result = run(data);
  return timeMajor ? result : e.b.op("Transpose", [result], { perm });
}

const LSTM_LIMITS =
  "Starts from a state of zero at every run. A cell that reaches the clip of its state is clipped only where outputs are projected or gates normalised. Weights of all-integer layers are made float.";

/**
 * UNIDIRECTIONAL_SEQUENCE_LSTM: data [batch, time, inputs], or time first. With peepholes, with coupled gates (no weights of an input gate). TFLite keeps
 * the state in variables between runs until they are reset; here each run starts anew, as an interpreter does that resets them.
 * Source: TFLite's kernels/unidirectional_sequence_lstm.cc
 */
const sequenceLstm: OperatorRule = {
  limits: LSTM_LIMITS,
  refuse: (view) => refuseLstm(view, 1, view.options("UnidirectionalSequenceLSTMOptions").fusedActivationFunction),
  convert: (e) => {
    const { timeMajor, fusedActivationFunction, ...clips } = e.options("UnidirectionalSequenceLSTMOptions");
    const activation = ACTIVATIONS[fusedActivationFunction] ?? "Tanh";
    setHidden(
      e,
      inTimeOrder(e, timeMajor, (data) => lstm(e, data, { base: 1, reverse: false, activation, ...clipsOf(clips) })),
    );
  },
};

/** BIDIRECTIONAL_SEQUENCE_LSTM: the second half of the inputs is for the way back. Source: TFLite's kernels/bidirectional_sequence_lstm.cc */
const bothWaysLstm: OperatorRule = {
  limits: LSTM_LIMITS,
  refuse: (view) => {
    const { fusedActivationFunction } = view.options("BidirectionalSequenceLSTMOptions");
    if (view.has(39)) return refusal("SECOND_INPUT");
    return refuseLstm(view, 1, fusedActivationFunction, false) ?? refuseLstm(view, 18, fusedActivationFunction, false);
  },
  convert: (e) => {
    const { timeMajor, fusedActivationFunction, mergeOutputs, ...clips } = e.options("BidirectionalSequenceLSTMOptions");
    const activation = ACTIVATIONS[fusedActivationFunction] ?? "Tanh";
    const run = (base: number, reverse: boolean): string =>
      inTimeOrder(e, timeMajor, (data) => lstm(e, data, { base, reverse, activation, ...clipsOf(clips) }));
    setDirections(e, mergeOutputs, run(1, false), run(18, true));
  },
};

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
    const { fusedActivationFunction, ...clips } = e.options("LSTMOptions");
    const activation = ACTIVATIONS[fusedActivationFunction] ?? "Tanh";
    const data = e.b.op("Unsqueeze", [e.real(0), e.b.ints([0])]);
    setHidden(e, e.b.op("Squeeze", [lstm(e, data, { base: 1, reverse: false, activation, ...clipsOf(clips) }), e.b.ints([0])]));
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
  const open = bases.flatMap((base) => [base, base + 1, base + 2]).some((index) => view.has(index) && view.constant(index) === null);
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
