import { DataType, type Dim } from "@flotilla/onnx";
import type { Emitter } from "../emitter.ts";

/** The weights of one gate, as floats; null where it has none of them. */
export interface Gate {
  /** [cells, inputs] and [cells, outputs]. */
  readonly input: Float32Array;
  readonly recurrent: Float32Array;
  readonly bias: Float32Array;
  readonly peephole: Float32Array | null;
  /** Factors of the layer normalisation of its sum, which has no bias then until it is normalised. */
  readonly normalisation: Float32Array | null;
}

/** An LSTM of TFLite that ONNX's operator is not. */
export interface LstmPlan {
  readonly inputs: number;
  readonly cells: number;
  readonly outputs: number;
  /** Null where it is one minus the forget gate. */
  readonly input: Gate | null;
  readonly forget: Gate;
  readonly cell: Gate;
  readonly output: Gate;
  readonly activation: string;
  /** [outputs, cells], and [outputs]. */
  readonly projection: { readonly weights: Float32Array; readonly bias: Float32Array | null } | null;
  /** Between which values the cell and the projected output are kept; 0 for anything. */
  readonly cellClip: number;
  readonly projectionClip: number;
  readonly reverse: boolean;
}

/** What TFLite adds to a variance before its root. Source: TFLite's kernels/internal/reference/portable_tensor_utils.cc, kNormalizationConstant */
const EPSILON = 1e-8;

/**
 * Data [time, batch, inputs] through an LSTM with a projection of its output, normalised gates or clipped cells, to [time, batch, outputs]: a Scan of one step.
 * Gates are σ(W x + R h + p ⊙ c + b), c the cell before the step for input and forget, behind it for output; a normalised gate is σ(n ⊙ norm(W x + R h + p ⊙ c) + b).
 * The state is zero at first.
 * Source: TFLite's kernels/lstm_eval.cc, LstmStepFloat
 */
export function scanLstm(e: Emitter, data: string, plan: LstmPlan): string {
  const { cells, outputs, inputs, reverse } = plan;
  const [steps = null, batch = null] = e.shape(data);
  const size = e.b.op("Slice", [e.b.op("Shape", [data]), e.b.ints([1]), e.b.ints([2])]);
  const zeros = (places: number): string => e.b.op("Expand", [e.b.floats(0), e.b.op("Concat", [size, e.b.ints([places])], { axis: 0n })]);
  const body = e.b.body();
  body.graph.name = "step";
  const declare = (name: string, places: number): string => body.input(body.graph.freshName(name), DataType.FLOAT, [batch, places]);
  const [hidden, cell, slice] = [declare("hidden", outputs), declare("cell", cells), declare("slice", inputs)];
  const next = step(body, plan, { hidden, cell, slice });
  for (const value of [next.hidden, next.cell, next.hidden]) body.output(value, body.graph.freshName("next"));
  body.graph.sortTopologically();
  const [, , sequence = ""] = e.b.nodeOf("Scan", [zeros(outputs), zeros(cells), data], 3, {
    body: { kind: "graph", value: body.graph },
    num_scan_inputs: 1n,
    ...(reverse ? { scan_input_directions: [1n], scan_output_directions: [1n] } : {}),
  });
  const shape: Dim[] = [steps, batch, outputs];
  e.b.graph.types.set(sequence, { elemType: DataType.FLOAT, shape });
  return sequence;
}

type Body = Emitter["b"];

function step(
  b: Body,
  plan: LstmPlan,
  state: { readonly hidden: string; readonly cell: string; readonly slice: string },
): { readonly hidden: string; readonly cell: string } {
  const { activation, projection } = plan;
  const sum = (gate: Gate, cell: string): string => gateSum(b, plan, gate, { ...state, cell });
  const open = (gate: Gate, cell: string): string => b.op("Sigmoid", [sum(gate, cell)]);
  const forget = open(plan.forget, state.cell);
  const input = plan.input === null ? b.op("Sub", [b.floats(1), forget]) : open(plan.input, state.cell);
  const candidate = b.op(activation, [sum(plan.cell, state.cell)]);
  const cell = clipped(b, b.op("Add", [b.op("Mul", [forget, state.cell]), b.op("Mul", [input, candidate])]), plan.cellClip);
  const shown = b.op("Mul", [open(plan.output, cell), b.op(activation, [cell])]);
  if (projection === null) return { hidden: shown, cell };
  const projected = product(b, shown, projection.weights, plan.outputs, plan.cells);
  const moved = projection.bias === null ? projected : b.op("Add", [projected, b.floats(projection.bias)]);
  return { hidden: clipped(b, moved, plan.projectionClip), cell };
}

function gateSum(
  b: Body,
  { cells, inputs, outputs }: LstmPlan,
  gate: Gate,
  state: { readonly hidden: string; readonly cell: string; readonly slice: string },
): string {
  let value = b.op("Add", [product(b, state.slice, gate.input, cells, inputs), product(b, state.hidden, gate.recurrent, cells, outputs)]);
  if (gate.peephole !== null) value = b.op("Add", [value, b.op("Mul", [state.cell, b.floats(gate.peephole)])]);
  if (gate.normalisation !== null) value = b.op("Mul", [normalised(b, value), b.floats(gate.normalisation)]);
  return b.op("Add", [value, b.floats(gate.bias)]);
}

function normalised(b: Body, value: string): string {
  const mean = (of: string): string =>
    b.opset >= 18 ? b.op("ReduceMean", [of, b.ints([1])], { keepdims: 1n }) : b.op("ReduceMean", [of], { axes: [1n], keepdims: 1n });
  const centred = b.op("Sub", [value, mean(value)]);
  const variance = mean(b.op("Mul", [centred, centred]));
  return b.op("Div", [centred, b.op("Sqrt", [b.op("Add", [variance, b.floats(EPSILON)])])]);
}

/** value [batch, columns] · weightsᵀ, weights [rows, columns]. */
function product(b: Body, value: string, weights: Float32Array, rows: number, columns: number): string {
  return b.op("Gemm", [value, b.floats(weights, [rows, columns])], { transB: 1n });
}

function clipped(b: Body, value: string, limit: number): string {
  return limit > 0 ? b.op("Clip", [value, b.floats(-limit), b.floats(limit)]) : value;
}
