import { DataType, type GraphBuilder, type Tensor } from "@flotilla/onnx";
import { transpose } from "./axes.ts";

/** A recurrent layer in ONNX's terms. */
export interface RecurrentCell {
  readonly opType: "LSTM" | "GRU" | "RNN";
  readonly units: number;
  readonly kernel: Tensor;
  readonly recurrentKernel: Tensor;
  readonly bias: Tensor | null;
  readonly activations: readonly RnnActivation[];
  /** GRU: the reset gate is applied behind the product with the state. */
  readonly resetAfter?: boolean;
}

export interface RnnActivation {
  readonly name: string;
  readonly alpha?: number;
  readonly beta?: number;
}

export interface RecurrentRun {
  readonly reverse: boolean;
  /** bool [batch, steps]; masked steps are passed over. */
  readonly mask: string | null;
  /** Masked steps give 0 instead of the output before. */
  readonly zeroWhereMasked: boolean;
  /** [batch, units] each: h, and c of an LSTM. Empty for zeros. */
  readonly initial: readonly string[];
}

export interface RecurrentResult {
  /** [batch, steps, units] in the order of time, also when run backwards. */
  readonly sequence: string;
  /** [batch, units] each: h, and c of an LSTM. */
  readonly states: readonly string[];
}

/** Runs a cell over `x` of [batch, steps, features]. */
export function runRecurrent(b: GraphBuilder, cell: RecurrentCell, x: string, run: RecurrentRun): RecurrentResult {
  return run.mask === null ? runPlain(b, cell, x, "", run) : runMasked(b, cell, x, run.mask, run);
}

function runPlain(b: GraphBuilder, cell: RecurrentCell, x: string, lengths: string, run: RecurrentRun): RecurrentResult {
  const lstm = cell.opType === "LSTM";
  const [h, c] = run.initial.map((state) => b.op("Unsqueeze", [state, b.ints([0])]));
  const inputs = [
    transpose(b, x, [1, 0, 2]),
    b.constant(cell.kernel, "kernel"),
    b.constant(cell.recurrentKernel, "recurrent_kernel"),
    cell.bias === null ? "" : b.constant(cell.bias, "bias"),
    lengths,
    h ?? "",
    ...(lstm ? [c ?? ""] : []),
  ];
  while (inputs.at(-1) === "") inputs.pop();
  const [sequence = "", ...states] = b.nodeOf(cell.opType, inputs, lstm ? 3 : 2, {
    hidden_size: BigInt(cell.units),
    ...(run.reverse ? { direction: "reverse" } : {}),
    ...(cell.resetAfter === true ? { linear_before_reset: 1n } : {}),
    ...activationAttributes(cell.activations),
  });
  return {
    sequence: transpose(b, b.op("Squeeze", [sequence, b.ints([1])]), [1, 0, 2]),
    states: states.map((state) => b.op("Squeeze", [state, b.ints([0])])),
  };
}

const texts = (values: readonly string[]) => ({ kind: "strings", value: values.map((value) => new TextEncoder().encode(value)) }) as const;

/** ONNX takes alphas and betas from lists, one for each function that has any; its defaults are left out. */
function activationAttributes(activations: readonly RnnActivation[]): Parameters<GraphBuilder["op"]>[2] {
  const names = activations.map(({ name }) => name);
  const plain = names.every((name, index) => name === (index === 0 && names.length > 1 ? "Sigmoid" : "Tanh"));
  if (plain) return {};
  const alphas = activations.flatMap(({ alpha }) => (alpha === undefined ? [] : [alpha]));
  const betas = activations.flatMap(({ beta }) => (beta === undefined ? [] : [beta]));
  return {
    activations: texts(names),
    ...(alphas.length === 0 ? {} : { activation_alpha: { kind: "floats", value: alphas } }),
    ...(betas.length === 0 ? {} : { activation_beta: { kind: "floats", value: betas } }),
  };
}

/**
 * Keras keeps state and output over masked steps, wherever they are; ONNX knows only shorter sequences. So the steps that count are moved to the
 * front, run, and each step then takes the output of the last one that counted. Exact for any mask.
 */
function runMasked(b: GraphBuilder, cell: RecurrentCell, x: string, mask: string, run: RecurrentRun): RecurrentResult {
  const counts = b.op("Cast", [mask], { to: BigInt(DataType.INT32) });
  const steps = b.op("Slice", [b.op("Shape", [x]), b.ints([1]), b.ints([2])]);
  // Equal keys keep their order: TopK prefers the lower index.
  const [, order = ""] = b.nodeOf("TopK", [b.op("Cast", [mask], { to: BigInt(DataType.FLOAT) }), steps], 2, { axis: 1n });
  const compact = take(b, x, order);
  const total = b.op("ReduceSum", [counts, b.ints([1])], { keepdims: 0n });
  const one = b.op("Cast", [b.ints([1])], { to: BigInt(DataType.INT32) });
  const zero = b.op("Cast", [b.ints([0])], { to: BigInt(DataType.INT32) });
  const { sequence, states } = runPlain(b, cell, compact, b.op("Max", [total, one]), run);
  const before = b.op("CumSum", [counts, b.int(1)], run.reverse ? { exclusive: 1n } : {});
  const place = run.reverse ? before : b.op("Max", [b.op("Sub", [before, one]), zero]);
  const known = run.zeroWhereMasked
    ? mask
    : run.reverse
      ? b.op("Less", [before, b.op("Unsqueeze", [total, b.ints([1])])])
      : b.op("Greater", [before, zero]);
  const limited = b.op("Min", [place, b.op("Sub", [b.op("Cast", [steps], { to: BigInt(DataType.INT32) }), one])]);
  const spread = take(b, sequence, b.op("Cast", [limited], { to: BigInt(DataType.INT64) }));
  const shown = b.op("Where", [b.op("Unsqueeze", [known, b.ints([2])]), spread, b.floats(0)]);
  const some = b.op("Unsqueeze", [b.op("Greater", [total, zero]), b.ints([1])]);
  return { sequence: shown, states: states.map((state, index) => b.op("Where", [some, state, run.initial[index] ?? b.floats(0)])) };
}

/** Steps `order` ([batch, steps]) of `x` ([batch, steps, features]). */
function take(b: GraphBuilder, x: string, order: string): string {
  return b.op("GatherND", [x, b.op("Unsqueeze", [order, b.ints([2])])], { batch_dims: 1n });
}
