import {
  type Attribute,
  floatAttribute,
  type Graph,
  intAttribute,
  type Node,
  type Tensor,
  tensorFromNumbers,
  toNumbers,
  DataType,
} from "@flotilla/onnx";
import { knownShape, type Lowering, type NodeBuilder } from "./lowering.ts";

/** Longer sequences would make thousands of operators. */
const MOST_STEPS = 512;

/**
 * LSTM, GRU and RNN, step by step. TFLite's fused LSTM keeps its state from one run to the next, which ONNX's does not: written as plain operators, a run depends on
 * nothing but its inputs. The products of the inputs with W are calculated for all steps at once.
 *
 * Layout: [steps, batch, inputs] as ONNX has it. Gates: LSTM i, o, f, c; GRU z, r, h.
 * Source: https://onnx.ai/onnx/operators/onnx__LSTM.html, onnx__GRU.html, onnx__RNN.html
 */
export const recurrent: Lowering = {
  operators: ["LSTM", "GRU", "RNN"],
  refuse: (graph, node) => refusal(graph, node),
  build: (b, node) => {
    const directions = directionsOf(node).map((backwards, index) => runDirection(b, node, index, backwards));
    const joined = (values: readonly string[], axis: number): string =>
      values.length === 1 ? (values[0] ?? "") : b.op("Concat", values, { axis: intAttribute(axis) });
    const steps = joined(
      directions.map(({ all }) => all),
      1,
    );
    const hidden = joined(
      directions.map(({ hidden: last }) => last),
      0,
    );
    return node.is("LSTM")
      ? [
          steps,
          hidden,
          joined(
            directions.map(({ cell }) => cell),
            0,
          ),
        ]
      : [steps, hidden];
  },
};

function refusal(graph: Graph, node: Node): string | null {
  const shape = knownShape(graph, node.inputs[0] ?? "");
  if (shape === null) return "the length of its sequence is not known. Give the model fixed input sizes.";
  if ((shape[0] ?? 0) > MOST_STEPS) return `its sequence has ${shape[0]} steps; up to ${MOST_STEPS} are written out.`;
  if (node.int("layout", 0) !== 0) return "it has its batch first (layout 1). Transpose its data.";
  if (node.attributes.has("clip") || node.int("input_forget", 0) !== 0) return "it clips its cells or couples its gates.";
  if ([1, 2, 3, 7].some((index) => (node.inputs[index] ?? "") !== "" && graph.constantOf(node.inputs[index] ?? "") === null))
    return "its weights are calculated.";
  if (node.int("hidden_size", hiddenSize(graph, node)) !== hiddenSize(graph, node)) return "its hidden size disagrees with its weights.";
  const functions = functionNames(node);
  return functions.every((name) => KNOWN_FUNCTIONS.includes(name)) ? null : `it uses the activation functions ${functions.join(", ")}.`;
}

/** Functions with parameters, and their defaults; those of a node are listed in the functions' order. */
const PARAMETERS: Readonly<Record<string, { readonly alpha: number; readonly beta?: number }>> = {
  HardSigmoid: { alpha: 0.2, beta: 0.5 },
  Elu: { alpha: 1 },
  LeakyRelu: { alpha: 0.01 },
};
const KNOWN_FUNCTIONS = ["Sigmoid", "Tanh", "Relu", "Softsign", "Softplus", ...Object.keys(PARAMETERS)];

interface GateFunction {
  readonly name: string;
  readonly attributes: Readonly<Record<string, Attribute>>;
}

function gateFunctions(node: Node): GateFunction[] {
  const floats = (name: string): number[] => {
    const attribute = node.attributes.get(name);
    return attribute?.kind === "floats" ? [...attribute.value] : [];
  };
  const [alphas, betas] = [floats("activation_alpha"), floats("activation_beta")];
  return functionNames(node).map((name) => {
    const defaults = PARAMETERS[name];
    if (defaults === undefined) return { name, attributes: {} };
    const attributes: Record<string, Attribute> = { alpha: floatAttribute(alphas.shift() ?? defaults.alpha) };
    if (defaults.beta !== undefined) attributes["beta"] = floatAttribute(betas.shift() ?? defaults.beta);
    return { name, attributes };
  });
}

function functionNames(node: Node): string[] {
  const given = node.attributes.get("activations");
  const defaults = node.is("LSTM") ? ["Sigmoid", "Tanh", "Tanh"] : node.is("GRU") ? ["Sigmoid", "Tanh"] : ["Tanh"];
  if (given?.kind !== "strings") return directionsOf(node).flatMap(() => defaults);
  return given.value.map((name) => Buffer.from(name).toString("utf8"));
}

function directionsOf(node: Node): readonly boolean[] {
  const direction = node.string("direction", "forward");
  return direction === "bidirectional" ? [false, true] : [direction === "reverse"];
}

function hiddenSize(graph: Graph, node: Node): number {
  return graph.constantOf(node.inputs[2] ?? "")?.dims[2] ?? 0;
}

interface Direction {
  readonly b: NodeBuilder;
  readonly node: Node;
  readonly hidden: number;
  readonly batch: number;
  readonly functions: readonly GateFunction[];
  /** [hidden, gates · hidden] */
  readonly recurrence: string;
  /** Of GRU with linear_before_reset: the part of the recurrence for the hidden gate, and its bias. */
  readonly weights: { readonly zr: string; readonly h: string; readonly biasH: string } | null;
  readonly peepholes: readonly string[] | null;
}

interface Result {
  /** [steps, 1, batch, hidden] */
  readonly all: string;
  /** [1, batch, hidden] */
  readonly hidden: string;
  readonly cell: string;
}

function runDirection(b: NodeBuilder, node: Node, index: number, backwards: boolean): Result {
  const [steps = 0, batch = 0, inputs = 0] = knownShape(b.graph, node.inputs[0] ?? "") ?? [];
  const hidden = hiddenSize(b.graph, node);
  const direction = prepare(b, node, index, { hidden, batch });
  const { weights: projection, bias } = inputWeights(b, node, index, hidden);
  // [steps, batch, gates · hidden]
  const flat = b.reshape(node.inputs[0] ?? "", [steps * batch, inputs]);
  const gates = b.graph.constantOf(node.inputs[1] ?? "")?.dims[1] ?? 0;
  const projected = b.op("Gemm", [flat, projection, bias]);
  const parts =
    steps === 1
      ? [projected]
      : b.ops("Split", [b.reshape(projected, [steps, batch, gates]), b.integers(Array.from({ length: steps }, () => 1))], steps, {
          axis: intAttribute(0),
        });
  let state = initial(b, node.inputs[5], index, batch, hidden);
  let cell = initial(b, node.inputs[6], index, batch, hidden);
  const results: string[] = [];
  const lengths = lengthsOf(b, node, batch);
  for (let count = 0; count < steps; count += 1) {
    const step = backwards ? steps - 1 - count : count;
    const [before, cellBefore] = [state, cell];
    const part = b.reshape(parts[step] ?? "", [batch, gates]);
    if (node.is("LSTM")) [state, cell] = lstmStep(direction, part, state, cell);
    else
      state = node.is("GRU")
        ? gruStep(direction, part, state)
        : activate(direction, 0, b.op("Add", [part, b.op("MatMul", [state, direction.recurrence])]));
    const goes = lengths === null ? null : b.op("Greater", [lengths, b.scalar(step)]);
    let written = state;
    if (goes !== null) {
      // Behind its end a sequence keeps its state and writes zeros.
      written = b.op("Where", [goes, state, b.scalar(0)]);
      state = b.op("Where", [goes, state, before]);
      if (node.is("LSTM")) cell = b.op("Where", [goes, cell, cellBefore]);
    }
    results[step] = b.reshape(written, [1, 1, batch, hidden]);
  }
  const all = results.length === 1 ? (results[0] ?? "") : b.op("Concat", results, { axis: intAttribute(0) });
  return { all, hidden: b.reshape(state, [1, batch, hidden]), cell: node.is("LSTM") ? b.reshape(cell, [1, batch, hidden]) : "" };
}

function prepare(
  b: NodeBuilder,
  node: Node,
  index: number,
  { hidden, batch }: { readonly hidden: number; readonly batch: number },
): Direction {
  const recurrence = slicePart(b, node.inputs[2], index) ?? { dims: [0, 0], values: new Float64Array() };
  const functions = gateFunctions(node);
  const each = functions.length / directionsOf(node).length;
  const peepholes = slicePart(b, node.inputs[7], index);
  const bias = slicePart(b, node.inputs[3], index)?.values ?? new Float64Array((recurrence.dims[0] ?? 0) * 2);
  return {
    b,
    node,
    hidden,
    batch,
    functions: functions.slice(index * each, index * each + each),
    recurrence: transposed(b, recurrence.values, recurrence.dims[0] ?? 0, hidden),
    weights: node.is("GRU")
      ? {
          zr: transposed(b, recurrence.values.subarray(0, 2 * hidden * hidden), 2 * hidden, hidden),
          h: transposed(b, recurrence.values.subarray(2 * hidden * hidden), hidden, hidden),
          biasH: b.floats([hidden], bias.subarray(5 * hidden, 6 * hidden)),
        }
      : null,
    peepholes:
      peepholes === null
        ? null
        : [0, 1, 2].map((gate) => b.floats([hidden], peepholes.values.subarray(gate * hidden, (gate + 1) * hidden))),
  };
}

/** Wᵀ, and the biases that can be added before the recurrence: both of them, except GRU's recurrent one of the hidden gate where it is reset afterwards. */
function inputWeights(b: NodeBuilder, node: Node, index: number, hidden: number): { readonly weights: string; readonly bias: string } {
  const part = slicePart(b, node.inputs[1], index) ?? { dims: [0, 0], values: new Float64Array() };
  const [gates = 0, inputs = 0] = part.dims;
  const given = slicePart(b, node.inputs[3], index)?.values ?? new Float64Array(gates * 2);
  const later = node.is("GRU") && node.int("linear_before_reset", 0) !== 0;
  const bias = Float64Array.from(
    { length: gates },
    (_, gate) => (given[gate] ?? 0) + (later && gate >= 2 * hidden ? 0 : (given[gate + gates] ?? 0)),
  );
  return { weights: transposed(b, part.values, gates, inputs), bias: b.floats([gates], bias) };
}

/** Direction `index` of a constant whose first axis is the direction. */
function slicePart(
  b: NodeBuilder,
  name: string | undefined,
  index: number,
): { readonly dims: readonly number[]; readonly values: Float64Array } | null {
  const tensor: Tensor | null = b.graph.constantOf(name ?? "");
  if (tensor === null) return null;
  const dims = tensor.dims.slice(1);
  const size = dims.reduce((total, dim) => total * dim, 1);
  return { dims, values: toNumbers(tensor).slice(index * size, (index + 1) * size) };
}

function transposed(b: NodeBuilder, values: Float64Array, rows: number, columns: number): string {
  const turned = Float64Array.from(
    { length: rows * columns },
    (_, place) => values[(place % rows) * columns + Math.floor(place / rows)] ?? 0,
  );
  return b.graph.addConstant(tensorFromNumbers(DataType.FLOAT, [columns, rows], turned));
}

/** The sequences' own lengths as [batch, 1]; null where all are whole. */
function lengthsOf(b: NodeBuilder, node: Node, batch: number): string | null {
  const name = node.inputs[4] ?? "";
  return name === "" ? null : b.reshape(b.op("Cast", [name], { to: intAttribute(DataType.FLOAT) }), [batch, 1]);
}

function initial(b: NodeBuilder, name: string | undefined, index: number, batch: number, hidden: number): string {
  if (name === undefined || name === "") return b.floats([batch, hidden], new Float64Array(batch * hidden));
  const tensor = b.graph.constantOf(name);
  if (tensor !== null) {
    const part = slicePart(b, name, index);
    return b.floats([batch, hidden], part?.values ?? []);
  }
  const picked = b.op("Slice", [name, b.integers([index]), b.integers([index + 1]), b.integers([0])]);
  return b.reshape(picked, [batch, hidden]);
}

function activate({ b, functions }: Direction, index: number, value: string): string {
  const { name, attributes } = functions[index] ?? { name: "Tanh", attributes: {} };
  return b.op(name, [value], attributes);
}

function gatesOf({ b, hidden }: Direction, value: string, count: number): readonly string[] {
  const attributes: Record<string, Attribute> = { axis: intAttribute(1) };
  return b.ops("Split", [value, b.integers(Array.from({ length: count }, () => hidden))], count, attributes);
}

function lstmStep(direction: Direction, part: string, state: string, cell: string): [string, string] {
  const { b, peepholes } = direction;
  const [i = "", o = "", f = "", c = ""] = gatesOf(direction, b.op("Add", [part, b.op("MatMul", [state, direction.recurrence])]), 4);
  const peep = (value: string, from: string, gate: number): string =>
    peepholes === null ? value : b.op("Add", [value, b.op("Mul", [from, peepholes[gate] ?? ""])]);
  const kept = b.op("Mul", [activate(direction, 0, peep(f, cell, 2)), cell]);
  const added = b.op("Mul", [activate(direction, 0, peep(i, cell, 0)), activate(direction, 1, c)]);
  const next = b.op("Add", [kept, added]);
  return [b.op("Mul", [activate(direction, 0, peep(o, next, 1)), activate(direction, 2, next)]), next];
}

function gruStep(direction: Direction, part: string, state: string): string {
  const { b, hidden, weights, node } = direction;
  const sizes = b.integers([2 * hidden, hidden]);
  const [zr = "", h = ""] = b.ops("Split", [part, sizes], 2, { axis: intAttribute(1) });
  const [z = "", r = ""] = gatesOf(direction, activate(direction, 0, b.op("Add", [zr, b.op("MatMul", [state, weights?.zr ?? ""])])), 2);
  const later = node.int("linear_before_reset", 0) !== 0;
  const recalled = later
    ? b.op("Mul", [r, b.op("Add", [b.op("MatMul", [state, weights?.h ?? ""]), weights?.biasH ?? ""])])
    : b.op("MatMul", [b.op("Mul", [r, state]), weights?.h ?? ""]);
  const candidate = activate(direction, 1, b.op("Add", [h, recalled]));
  // (1 − z) · candidate + z · state = candidate + z · (state − candidate)
  return b.op("Add", [candidate, b.op("Mul", [z, b.op("Sub", [state, candidate])])]);
}
