import type { Node } from "../../graph/node.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { need, type ReferenceOp, refuse, result, valuesOf } from "../op.ts";

type Activation = (value: number) => number;

/** One direction of a layer, its weights as doubles; matrices are row-major [gates·hidden, columns]. */
interface Cell {
  readonly hidden: number;
  readonly inputSize: number;
  readonly w: Float64Array;
  readonly r: Float64Array;
  /** Biases of the input and of the recurrent product, each gates·hidden. */
  readonly wb: ArrayLike<number>;
  readonly rb: ArrayLike<number>;
  readonly peephole: ArrayLike<number>;
  readonly activations: readonly Activation[];
  readonly clip: number;
  readonly node: Node;
}

interface State {
  readonly h: Float64Array;
  readonly c: Float64Array;
}

type Step = (cell: Cell, x: Float64Array, state: State) => State;

interface Kind {
  readonly gates: number;
  readonly defaults: readonly string[];
  readonly step: Step;
}

function activation(name: string, alpha: number | undefined, beta: number | undefined, node: Node): Activation {
  const make: Readonly<Record<string, Activation>> = {
    sigmoid: (value) => 1 / (1 + Math.exp(-value)),
    tanh: Math.tanh,
    relu: (value) => Math.max(0, value),
    affine: (value) => (alpha ?? 1) * value + (beta ?? 0),
    leakyrelu: (value) => (value < 0 ? (alpha ?? 0.01) * value : value),
    thresholdedrelu: (value) => (value > (alpha ?? 1) ? value : 0),
    scaledtanh: (value) => (alpha ?? 1) * Math.tanh((beta ?? 1) * value),
    hardsigmoid: (value) => Math.min(1, Math.max(0, (alpha ?? 0.2) * value + (beta ?? 0.5))),
    elu: (value) => (value < 0 ? (alpha ?? 1) * Math.expm1(value) : value),
    softsign: (value) => value / (1 + Math.abs(value)),
    softplus: (value) => Math.log1p(Math.exp(value)),
  };
  const found = make[name.toLowerCase()];
  if (found === undefined) throw refuse(node, `has the activation ${JSON.stringify(name)}`);
  return found;
}

/** The pre-activation of a gate: W·x + R·h + both biases, row by row. */
function product(matrix: Float64Array, row: number, columns: number, vector: Float64Array): number {
  let sum = 0;
  for (let column = 0; column < columns; column += 1) sum += (matrix[row * columns + column] ?? 0) * (vector[column] ?? 0);
  return sum;
}

function gate(cell: Cell, index: number, x: Float64Array, h: Float64Array): Float64Array {
  return Float64Array.from({ length: cell.hidden }, (_, unit) => {
    const row = index * cell.hidden + unit;
    return product(cell.w, row, cell.inputSize, x) + product(cell.r, row, cell.hidden, h) + (cell.wb[row] ?? 0) + (cell.rb[row] ?? 0);
  });
}

const activate = (cell: Cell, index: number, values: Float64Array): Float64Array => {
  const f = cell.activations[index] ?? Math.tanh;
  return values.map((value) => f(Math.min(Math.max(value, -cell.clip), cell.clip)));
};

const rnnStep: Step = (cell, x, { h, c }) => ({ h: activate(cell, 0, gate(cell, 0, x, h)), c });

/** Gates z, r, h. */
const gruStep: Step = (cell, x, { h, c }) => {
  const z = activate(cell, 0, gate(cell, 0, x, h));
  const r = activate(cell, 0, gate(cell, 1, x, h));
  const resetAfter = cell.node.int("linear_before_reset", 0) !== 0;
  const reset = h.map((value, unit) => value * (r[unit] ?? 0));
  const candidate = Float64Array.from({ length: cell.hidden }, (_, unit) => {
    const row = 2 * cell.hidden + unit;
    const recurrent = resetAfter
      ? (r[unit] ?? 0) * (product(cell.r, row, cell.hidden, h) + (cell.rb[row] ?? 0))
      : product(cell.r, row, cell.hidden, reset) + (cell.rb[row] ?? 0);
    return product(cell.w, row, cell.inputSize, x) + recurrent + (cell.wb[row] ?? 0);
  });
  const fresh = activate(cell, 1, candidate);
  return { h: h.map((value, unit) => (1 - (z[unit] ?? 0)) * (fresh[unit] ?? 0) + (z[unit] ?? 0) * value), c };
};

/** Gates i, o, f, c; peepholes i, o, f. */
const lstmStep: Step = (cell, x, { h, c }) => {
  const peep = (values: Float64Array, index: number, state: Float64Array): Float64Array =>
    values.map((value, unit) => value + (cell.peephole[index * cell.hidden + unit] ?? 0) * (state[unit] ?? 0));
  const i = activate(cell, 0, peep(gate(cell, 0, x, h), 0, c));
  const coupled = cell.node.int("input_forget", 0) !== 0;
  const f = coupled ? i.map((value) => 1 - value) : activate(cell, 0, peep(gate(cell, 2, x, h), 2, c));
  const candidate = activate(cell, 1, gate(cell, 3, x, h));
  const next = c.map((value, unit) => (f[unit] ?? 0) * value + (i[unit] ?? 0) * (candidate[unit] ?? 0));
  const o = activate(cell, 0, peep(gate(cell, 1, x, h), 1, next));
  const out = cell.activations[2] ?? Math.tanh;
  return { h: next.map((value, unit) => (o[unit] ?? 0) * out(value)), c: next };
};

const KINDS: Readonly<Record<string, Kind>> = {
  RNN: { gates: 1, defaults: ["Tanh"], step: rnnStep },
  GRU: { gates: 3, defaults: ["Sigmoid", "Tanh"], step: gruStep },
  LSTM: { gates: 4, defaults: ["Sigmoid", "Tanh", "Tanh"], step: lstmStep },
};

function activationsOf(node: Node, kind: Kind, direction: number): Activation[] {
  const attribute = node.attributes.get("activations");
  const names = attribute?.kind === "strings" ? attribute.value.map((name) => Buffer.from(name).toString("utf8")) : kind.defaults;
  const floats = (name: string): readonly number[] => {
    const list = node.attributes.get(name);
    return list?.kind === "floats" ? list.value : [];
  };
  const [alphas, betas] = [floats("activation_alpha"), floats("activation_beta")];
  const offset = names.length > kind.defaults.length ? direction * kind.defaults.length : 0;
  return kind.defaults.map((fallback, index) =>
    activation(names[offset + index] ?? fallback, alphas[offset + index], betas[offset + index], node),
  );
}

function cellOf(inputs: readonly (Tensor | null)[], node: Node, kind: Kind, direction: number): Cell {
  const [w, r] = [need(inputs, 1, node), need(inputs, 2, node)];
  const hidden = r.dims[2] ?? 1;
  const inputSize = w.dims[2] ?? 1;
  const part = (tensor: Tensor | null | undefined, size: number): Float64Array =>
    tensor === null || tensor === undefined ? new Float64Array(size) : valuesOf(tensor).subarray(direction * size, (direction + 1) * size);
  const rows = kind.gates * hidden;
  const bias = part(inputs[3], 2 * rows);
  return {
    hidden,
    inputSize,
    w: part(w, rows * inputSize),
    r: part(r, rows * hidden),
    wb: bias.subarray(0, rows),
    rb: bias.subarray(rows),
    peephole: part(inputs[7], 3 * hidden),
    activations: activationsOf(node, kind, direction),
    clip: node.float("clip", Infinity),
    node,
  };
}

/** Inputs: X [time, batch, features] (layout 1: batch first), W, R, B, sequence_lens, initial_h, initial_c, P. Outputs: Y, Y_h, Y_c. */
const recurrent: ReferenceOp = (inputs, node) => {
  const kind = KINDS[node.opType];
  if (kind === undefined) throw refuse(node, "is no recurrent layer");
  const data = need(inputs, 0, node);
  const batchFirst = node.int("layout", 0) === 1;
  const [first = 1, second = 1, features = 1] = data.dims;
  const [time, batch] = batchFirst ? [second, first] : [first, second];
  const values = valuesOf(data);
  const direction = node.string("direction", "forward");
  const directions = direction === "bidirectional" ? 2 : 1;
  const hidden = need(inputs, 2, node).dims[2] ?? 1;
  const lengths = inputs[4] === null || inputs[4] === undefined ? null : valuesOf(inputs[4]);
  const initial = (tensor: Tensor | null | undefined, at: number, sample: number): Float64Array => {
    if (tensor === null || tensor === undefined) return new Float64Array(hidden);
    const row = batchFirst ? sample * directions + at : at * batch + sample;
    return valuesOf(tensor).slice(row * hidden, (row + 1) * hidden);
  };
  const y = new Float64Array(time * directions * batch * hidden);
  const [yh, yc] = [new Float64Array(directions * batch * hidden), new Float64Array(directions * batch * hidden)];
  for (let at = 0; at < directions; at += 1) {
    const cell = cellOf(inputs, node, kind, at);
    const backwards = direction === "reverse" || at === 1;
    for (let sample = 0; sample < batch; sample += 1) {
      let state: State = { h: initial(inputs[5], at, sample), c: initial(inputs[6], at, sample) };
      const length = lengths?.[sample] ?? time;
      for (let step = 0; step < length; step += 1) {
        const now = backwards ? length - 1 - step : step;
        const row = batchFirst ? sample * time + now : now * batch + sample;
        state = kind.step(cell, values.subarray(row * features, (row + 1) * features), state);
        y.set(state.h, (batchFirst ? (sample * time + now) * directions + at : (now * directions + at) * batch + sample) * hidden);
      }
      const last = (batchFirst ? sample * directions + at : at * batch + sample) * hidden;
      yh.set(state.h, last);
      yc.set(state.c, last);
    }
  }
  const stateDims = batchFirst ? [batch, directions, hidden] : [directions, batch, hidden];
  const dims = batchFirst ? [batch, time, directions, hidden] : [time, directions, batch, hidden];
  const outputs = [result(data.dataType, dims, y), result(data.dataType, stateDims, yh), result(data.dataType, stateDims, yc)];
  return outputs.slice(0, Math.max(1, node.outputs.length));
};

export const recurrentOps: Readonly<Record<string, ReferenceOp>> = { RNN: recurrent, GRU: recurrent, LSTM: recurrent };
