import type { Graph } from "../graph/graph.ts";
import { DataType } from "../graph/data-types.ts";
import type { Node } from "../graph/node.ts";
import { elementCount, type Tensor, tensorFromNumbers } from "../graph/tensor.ts";
import { axisOf, need, pickElements, refuse, scalarOf, stridesOf } from "./op.ts";

/** Computes a subgraph with the given inputs. */
type RunBody = (body: Graph, inputs: readonly Tensor[]) => Tensor[];

/** No loop of the interpreter goes round more often. */
const MAX_TRIPS = 100_000;

/** If, Loop and Scan; null for every other node. */
export function runControlFlow(node: Node, inputs: readonly (Tensor | null)[], run: RunBody): Tensor[] | null {
  if (node.is("If")) return run(bodyOf(node, scalarOf(need(inputs, 0, node), 0) === 0 ? "else_branch" : "then_branch"), []);
  if (node.is("Loop")) return loop(node, inputs, run);
  return node.is("Scan") ? scan(node, inputs, run) : null;
}

export function bodyOf(node: Node, name: string): Graph {
  const attribute = node.attributes.get(name);
  if (attribute?.kind !== "graph") throw refuse(node, `lacks its ${name}`);
  return attribute.value;
}

/** Body: (iteration, condition, state…) → (condition, state…, scanned…). */
function loop(node: Node, inputs: readonly (Tensor | null)[], run: RunBody): Tensor[] {
  const body = bodyOf(node, "body");
  const trips = scalarOf(inputs[0], Infinity);
  let going = scalarOf(inputs[1], 1) !== 0;
  let state = inputs.slice(2).map((_, index) => need(inputs, index + 2, node));
  const scanned: Tensor[][] = Array.from({ length: Math.max(0, body.outputs.length - 1 - state.length) }, () => []);
  for (let trip = 0; trip < trips && going; trip += 1) {
    if (trip >= MAX_TRIPS) throw refuse(node, `goes round more than ${MAX_TRIPS} times`);
    const [condition, ...rest] = run(body, [
      tensorFromNumbers(DataType.INT64, [], [trip]),
      tensorFromNumbers(DataType.BOOL, [], [going ? 1 : 0]),
      ...state,
    ]);
    going = scalarOf(condition, 1) !== 0;
    for (const [index, list] of scanned.entries()) {
      const slice = rest[state.length + index];
      if (slice !== undefined) list.push(slice);
    }
    state = rest.slice(0, state.length);
  }
  return [...state, ...scanned.map((slices, index) => stack(slices, 0, node, emptySlice(body, 1 + state.length + index, node)))];
}

/** What a loop that never went round stacks: only a type that the body declares says it. */
function emptySlice(body: Graph, output: number, node: Node): () => Tensor {
  return () => {
    const type = body.typeOf(body.outputs[output] ?? "");
    const dims = type?.shape?.map((dim) => (typeof dim === "number" ? dim : 0));
    if (type === null || dims === undefined) throw refuse(node, "does not go round and does not say what it would have made");
    return tensorFromNumbers(type.elemType, [0, ...dims], []);
  };
}

/** How a Scan walks: the axes and directions of its scanned inputs and outputs. */
interface Walk {
  readonly inputAxes: readonly number[];
  readonly inputDirections: readonly number[];
  readonly outputAxes: readonly number[];
  readonly outputDirections: readonly number[];
}

/** Body: (state…, slice of each scanned input…) → (state…, slice of each scanned output…). */
function scan(node: Node, inputs: readonly (Tensor | null)[], run: RunBody): Tensor[] {
  const body = bodyOf(node, "body");
  if (body.inputs.length === inputs.length - 1) return batchedScan(node, body, inputs, run);
  const given = inputs.map((_, index) => need(inputs, index, node));
  return walk(node, body, given, run, {
    inputAxes: node.ints("scan_input_axes") ?? [],
    inputDirections: node.ints("scan_input_directions") ?? [],
    outputAxes: node.ints("scan_output_axes") ?? [],
    outputDirections: node.ints("scan_output_directions") ?? [],
  });
}

/** Opset 8: sequence lengths come first, and a batch axis stands around everything. */
function batchedScan(node: Node, body: Graph, inputs: readonly (Tensor | null)[], run: RunBody): Tensor[] {
  if ((inputs[0] ?? null) !== null) throw refuse(node, "scans sequences of different lengths");
  const given = inputs.slice(1).map((_, index) => need(inputs, index + 1, node));
  const plain: Walk = { inputAxes: [], inputDirections: node.ints("directions") ?? [], outputAxes: [], outputDirections: [] };
  const samples = Array.from({ length: given[0]?.dims[0] ?? 0 }, (_, sample) =>
    walk(
      node,
      body,
      given.map((tensor) => sliceAt(tensor, 0, sample, node)),
      run,
      plain,
    ),
  );
  return node.outputs.map((_, index) =>
    stack(
      samples.flatMap((results) => results[index] ?? []),
      0,
      node,
      emptySlice(body, index, node),
    ),
  );
}

function walk(node: Node, body: Graph, inputs: readonly Tensor[], run: RunBody, how: Walk): Tensor[] {
  const stateCount = inputs.length - node.int("num_scan_inputs", 1);
  let state = inputs.slice(0, stateCount);
  const sources = inputs.slice(stateCount);
  const axes = sources.map((source, index) => axisOf(how.inputAxes[index] ?? 0, source.dims.length, node));
  const length = sources[0]?.dims[axes[0] ?? 0] ?? 0;
  const scanned: Tensor[][] = Array.from({ length: body.outputs.length - stateCount }, () => []);
  for (let step = 0; step < length; step += 1) {
    const slices = sources.map((source, index) =>
      sliceAt(source, axes[index] ?? 0, how.inputDirections[index] === 1 ? length - 1 - step : step, node),
    );
    const results = run(body, [...state, ...slices]);
    for (const [index, list] of scanned.entries()) {
      const slice = results[stateCount + index];
      if (slice === undefined) continue;
      if (how.outputDirections[index] === 1) list.unshift(slice);
      else list.push(slice);
    }
    state = results.slice(0, stateCount);
  }
  const outputs = scanned.map((slices, index) => {
    const axis = axisOf(how.outputAxes[index] ?? 0, (slices[0]?.dims.length ?? 0) + 1, node);
    return stack(slices, axis, node, emptySlice(body, stateCount + index, node));
  });
  return [...state, ...outputs];
}

function sliceAt(tensor: Tensor, axis: number, at: number, node: Node): Tensor {
  const strides = stridesOf(tensor.dims);
  const kept = strides.filter((_, index) => index !== axis);
  return pickElements(
    tensor,
    tensor.dims.filter((_, index) => index !== axis),
    node,
    (index) => index.reduce((flat, here, position) => flat + here * (kept[position] ?? 0), at * (strides[axis] ?? 0)),
  );
}

function stack(slices: readonly Tensor[], axis: number, node: Node, empty: () => Tensor): Tensor {
  const [first] = slices;
  if (first === undefined) return empty();
  const size = elementCount(first.dims);
  const strides = stridesOf(first.dims);
  const all: Tensor = {
    dataType: first.dataType,
    dims: [slices.length * size],
    bytes: Buffer.concat(slices.map((slice) => slice.bytes)),
    ...(first.strings === undefined ? {} : { strings: slices.flatMap((slice) => [...(slice.strings ?? [])]) }),
  };
  return pickElements(all, first.dims.toSpliced(axis, 0, slices.length), node, (index) => {
    const inner = index.toSpliced(axis, 1);
    return (index[axis] ?? 0) * size + inner.reduce((flat, at, position) => flat + at * (strides[position] ?? 0), 0);
  });
}
