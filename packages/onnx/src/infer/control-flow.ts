import { DataType } from "../graph/data-types.ts";
import type { Graph } from "../graph/graph.ts";
import { allGraphs } from "../graph/model.ts";
import type { Node } from "../graph/node.ts";
import type { Dim, TensorValueType } from "../graph/types.ts";
import { constantEntries } from "./context.ts";
import { commonType, mergeTypes } from "./merge-types.ts";

type Types = readonly (TensorValueType | null)[];

/** The types of the outputs of an If, Loop or Scan, after those inside its bodies. */
export function inferSubgraphs(node: Node, graph: Graph, opset: number, infer: (body: Graph) => void): Types {
  const inputs = node.inputs.map((input) => (input === "" ? null : graph.typeOf(input)));
  const body = node.attributes.get("body");
  if (body?.kind === "graph" && node.is("Loop")) return inferLoop(body.value, node, inputs, tripsOf(node, graph), infer);
  if (body?.kind === "graph" && node.is("Scan"))
    return opset >= 9 ? inferScan(body.value, node, inputs, infer) : inferBatched(body.value, node, inputs, infer);
  for (const subgraph of node.subgraphs()) infer(subgraph);
  const [first, second] = node.subgraphs();
  return node.outputs.map((_, index) =>
    node.is("If")
      ? commonType(first?.typeOf(first.outputs[index] ?? "") ?? null, second?.typeOf(second.outputs[index] ?? "") ?? null)
      : null,
  );
}

function elementsOnly(type: TensorValueType | null): TensorValueType | null {
  return type === null ? null : { elemType: type.elemType, shape: null };
}

/** The trip count, where it is constant and nothing can stop the loop earlier. */
function tripsOf(node: Node, graph: Graph): number | null {
  return (node.inputs[1] ?? "") === "" ? (constantEntries(graph.constantOf(node.inputs[0] ?? ""))?.[0] ?? null) : null;
}

/**
 * Types the body for a state that keeps its shape; where a round changes it, for the dimensions that stay. The types of a first attempt
 * must not linger, so they are put back.
 */
function settleState(body: Graph, first: number, state: Types, skipped: number, infer: (body: Graph) => void): Types {
  let given = state;
  for (;;) {
    const before = allGraphs(body).map((graph) => [graph, [...graph.types]] as const);
    setTypes(body, first, given);
    infer(body);
    const produced = given.map((_, index) => body.typeOf(body.outputs[skipped + index] ?? ""));
    const common = given.map((type, index) => commonType(type, produced[index] ?? null));
    if (common.every((type, index) => sameType(type, given[index] ?? null))) return given;
    for (const [graph, types] of before) {
      graph.types.clear();
      for (const [name, type] of types) graph.types.set(name, type);
    }
    given = common;
  }
}

function setTypes(body: Graph, first: number, types: Types): void {
  for (const [index, type] of types.entries()) {
    const name = body.inputs[first + index];
    const merged = mergeTypes(type, name === undefined ? null : (body.types.get(name) ?? null));
    if (name !== undefined && merged !== null) body.types.set(name, merged);
  }
}

function sameType(left: TensorValueType | null, right: TensorValueType | null): boolean {
  if (left === null || right === null) return left === right;
  if (left.elemType !== right.elemType || (left.shape === null) !== (right.shape === null)) return false;
  return left.shape === null || left.shape.every((dim, axis) => dim === right.shape?.[axis]);
}

function inferLoop(body: Graph, node: Node, inputs: Types, trips: number | null, infer: (body: Graph) => void): Types {
  setTypes(body, 0, [
    { elemType: DataType.INT64, shape: [] },
    { elemType: DataType.BOOL, shape: [] },
  ]);
  const state = settleState(body, 2, inputs.slice(2), 1, infer);
  return node.outputs.map((_, index) =>
    index < state.length ? (state[index] ?? null) : stacked(body.typeOf(body.outputs[index + 1] ?? ""), 0, trips),
  );
}

function inferScan(body: Graph, node: Node, inputs: Types, infer: (body: Graph) => void): Types {
  const stateCount = inputs.length - node.int("num_scan_inputs", 1);
  const sources = inputs.slice(stateCount);
  const axes = sources.map((_, index) => node.ints("scan_input_axes")?.[index] ?? 0);
  const slices = sources.map((source, index): TensorValueType | null => {
    if (source === null || source.shape === null) return elementsOnly(source);
    return { elemType: source.elemType, shape: source.shape.toSpliced(axes[index] ?? 0, 1) };
  });
  setTypes(body, stateCount, slices);
  const state = settleState(body, 0, inputs.slice(0, stateCount), 0, infer);
  const length = sources[0]?.shape?.at(axes[0] ?? 0) ?? null;
  return node.outputs.map((_, index) => {
    if (index < stateCount) return state[index] ?? null;
    const axis = node.ints("scan_output_axes")?.[index - stateCount] ?? 0;
    return stacked(body.typeOf(body.outputs[index] ?? ""), axis, length);
  });
}

/** Opset 8: sequence lengths come first, and every value has a batch axis in front. */
function inferBatched(body: Graph, node: Node, inputs: Types, infer: (body: Graph) => void): Types {
  const batch = inputs.find((type) => type !== null && type.shape !== null)?.shape?.[0] ?? null;
  const inner = inputs
    .slice(1)
    .map((type) => (type === null || type.shape === null ? elementsOnly(type) : { ...type, shape: type.shape.slice(1) }));
  return inferScan(body, node, inner, infer).map((type) => stacked(type, 0, batch));
}

function stacked(slice: TensorValueType | null, axis: number, length: Dim): TensorValueType | null {
  if (slice === null || slice.shape === null) return elementsOnly(slice);
  const { shape } = slice;
  return { elemType: slice.elemType, shape: shape.toSpliced(axis < 0 ? axis + shape.length + 1 : axis, 0, length) };
}
