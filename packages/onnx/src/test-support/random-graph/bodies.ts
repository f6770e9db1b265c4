import { DataType } from "../../graph/data-types.ts";
import { intAttribute } from "../../graph/node.ts";
import { tensorFromNumbers } from "../../graph/tensor.ts";
import { clipped, type Step } from "./random-steps.ts";
import { Sketch, type Value } from "./sketch.ts";

/** Fills a body; called once for each. */
type Fill = (body: Sketch) => void;

/** An If on an input or a constant, with one output. */
export function addIf(sketch: Sketch, fill: Fill, constant = false): Value | null {
  const condition = tensorFromNumbers(DataType.BOOL, [], [sketch.random.int(0, 1)]);
  const flag = constant ? sketch.constant(condition) : sketch.graph.parent === null ? sketch.input(condition) : computedFlag(sketch);
  if (flag === null) return null;
  const branches = [branch(sketch, fill), branch(sketch, fill)];
  const [yes = null, no = null] = sketch.random.shuffled(branches);
  if (yes === null || no === null || !takesBoth(sketch, dimsOf(sketch, yes), dimsOf(sketch, no))) return null;
  return sketch.one("If", [flag], { then_branch: { kind: "graph", value: yes }, else_branch: { kind: "graph", value: no } });
}

function dimsOf(sketch: Sketch, body: Sketch["graph"]): readonly number[] {
  return sketch.sample(body.outputs[0] ?? "").dims;
}

/** The runtime refuses branches of different ranks, and in old operator sets of different shapes. */
function takesBoth({ opset }: Sketch, left: readonly number[], right: readonly number[]): boolean {
  return opset < 11 ? left.join() === right.join() : left.length === right.length;
}

/** A branch has no inputs of its own. */
function computedFlag(sketch: Sketch): Value | null {
  const data = sketch.any();
  const axes = data === null ? [] : [...data.tensor.dims.keys()];
  const total = data === null ? null : sketch.withAxes("ReduceSum", data, axes, 13, { keepdims: intAttribute(0) });
  return total === null || axes.length === 0 ? null : sketch.one("Greater", [total, sketch.scalar(0)]);
}

function branch(around: Sketch, fill: Fill): Sketch["graph"] | null {
  const body = new Sketch(around.random, around.opset, around);
  fill(body);
  const [result] = body.values.filter(({ tensor }) => tensor.dataType === DataType.FLOAT).slice(-1);
  if (result === undefined) return null;
  declare(body, result);
  return body.graph;
}

function declare(body: Sketch, value: Value): void {
  body.graph.outputs.push(value.name);
  body.graph.types.set(value.name, { elemType: value.tensor.dataType, shape: null });
}

/** A Loop of a few rounds with one state and one scanned output. */
export function addLoop(sketch: Sketch, fill: Fill): Value | null {
  const state = sketch.any();
  if (state === null) return null;
  const body = new Sketch(sketch.random, sketch.opset, sketch);
  body.input(tensorFromNumbers(DataType.INT64, [], [0]));
  const going = body.input(tensorFromNumbers(DataType.BOOL, [], [1]));
  const inner = body.input(state.tensor);
  fill(body);
  const on = body.one("Identity", [going]);
  const changed = body.one("Tanh", [inner]);
  const next = changed === null ? null : clipped(body, changed, -1, 1);
  const [scanned = null] = body.values
    .filter(({ tensor, name }) => tensor.dataType === DataType.FLOAT && body.graph.producerOf(name) !== null)
    .slice(-3);
  if (on === null || next === null || scanned === null) return null;
  for (const value of [on, next, scanned]) declare(body, value);
  const trips = sketch.constant(tensorFromNumbers(DataType.INT64, [], [sketch.random.int(1, 3)]));
  const start = sketch.constant(tensorFromNumbers(DataType.BOOL, [], [1]));
  const results = sketch.add("Loop", [trips, start, state], { body: { kind: "graph", value: body.graph } }, 2);
  return results === null ? null : sketch.random.pick(results);
}

/** A Scan along the first axis without a state. */
export function addScan(sketch: Sketch, fill: Fill): Value | null {
  const source = sketch.any((dims) => dims.length > 0);
  if (source === null || sketch.opset < 9) return null;
  const first = sketch.one("Identity", [source]);
  const [, ...rest] = source.tensor.dims;
  const body = new Sketch(sketch.random, sketch.opset, sketch);
  const count = rest.reduce((total, dim) => total * dim, 1);
  body.input({ dataType: DataType.FLOAT, dims: rest, bytes: source.tensor.bytes.slice(0, count * 4) });
  fill(body);
  const [scanned = null] = body.values
    .filter(({ tensor, name }) => tensor.dataType === DataType.FLOAT && body.graph.producerOf(name) !== null)
    .slice(-1);
  if (first === null || scanned === null) return null;
  body.graph.outputs.push(scanned.name);
  // The runtime wants to know how much a Scan will make.
  body.graph.types.set(scanned.name, { elemType: DataType.FLOAT, shape: scanned.tensor.dims });
  return sketch.one("Scan", [first], { body: { kind: "graph", value: body.graph }, num_scan_inputs: intAttribute(1) });
}

/** One of the three around `fill`. */
export function inBody(fill: Fill): Step {
  return (sketch) => {
    const add = sketch.random.pick([addIf, addIf, addLoop, addScan]);
    return add(sketch, fill);
  };
}
