import { DataType } from "../graph/data-types.ts";
import type { Graph } from "../graph/graph.ts";
import { floatAttribute, intAttribute, type Node } from "../graph/node.ts";
import { elementCount, floatTensor, type Tensor } from "../graph/tensor.ts";
import { staticShape } from "../graph/types.ts";
import { constantEntries, normaliseAxis } from "../infer/context.ts";
import { floatConstant } from "./channel-vector.ts";
import { type Pass, rewriteNodes } from "./pass.ts";
import { readOnce, sameRank, scalarConstant, termsOf } from "./products.ts";

/**
 * Before:     d = x − mean(x); y = d / √(mean(d²) + ε) [· γ] [+ β], means over the last axes
 * After:      y = LayerNormalization(x, γ, β)
 * Conditions: opset 17 (where the operator came); float32; γ and β are constant and vary along the normalised axes only, whose sizes are known;
 *             nothing else reads the values in between
 * Source:     Ba, Kiros and Hinton 2016, "Layer Normalization"; ONNX Runtime, core/optimizer/layer_norm_fusion.cc
 */
export const recogniseLayerNorm: Pass = {
  id: "recognise-layer-norm",
  run: (graph, context) =>
    context.opset < 17 ? { changed: false, notes: [] } : rewriteNodes(graph, (node) => node.is("Div", "Mul") && recognise(graph, node)),
};

interface Normalised {
  readonly x: string;
  readonly axis: number;
  readonly epsilon: number;
  /** The sizes of the normalised axes. */
  readonly dims: readonly number[];
}

function recognise(graph: Graph, node: Node): boolean {
  const found = normalisedBy(graph, node);
  if (found === null || graph.typeOf(found.x)?.elemType !== DataType.FLOAT || !sameRank(graph, found.x, node.outputs[0] ?? ""))
    return false;
  const scaling = follow(graph, node, "Mul", found);
  const shifting = follow(graph, scaling?.node ?? node, "Add", found);
  const last = shifting?.node ?? scaling?.node ?? node;
  const gamma = scaling?.tensor ?? floatTensor(found.dims, new Float32Array(elementCount(found.dims)).fill(1));
  const inputs = [found.x, graph.addConstant(gamma, "gamma")];
  if (shifting !== null) inputs.push(graph.addConstant(shifting.tensor, "beta"));
  for (const gone of new Set([node, scaling?.node, shifting?.node])) if (gone !== undefined && gone !== last) graph.removeNode(gone);
  graph.replaceNode(last, {
    opType: "LayerNormalization",
    name: last.name,
    inputs,
    outputs: last.outputs,
    attributes: { axis: intAttribute(found.axis), epsilon: floatAttribute(found.epsilon) },
  });
  return true;
}

/** The node behind `node` that scales or shifts its result by a constant along the normalised axes. */
function follow(graph: Graph, node: Node, opType: string, { dims }: Normalised): { node: Node; tensor: Tensor } | null {
  const output = node.outputs[0] ?? "";
  const [next] = graph.consumersOf(output);
  if (next === undefined || !readOnce(graph, output) || !next.is(opType)) return null;
  const other = next.inputs[0] === output ? (next.inputs[1] ?? "") : (next.inputs[0] ?? "");
  const tensor = floatConstant(graph, other);
  const trimmed = tensor?.dims.slice(Math.max(0, tensor.dims.length - dims.length)) ?? [];
  if (tensor === null || elementCount(tensor.dims) !== elementCount(dims) || trimmed.join() !== dims.join()) return null;
  return { node: next, tensor: { ...tensor, dims } };
}

/** d / √(mean(d²) + ε), or d · 1/√(…). */
function normalisedBy(graph: Graph, node: Node): Normalised | null {
  const [left = "", right = ""] = node.inputs;
  if (node.is("Div")) return match(graph, left, graph.producerOf(right), right);
  for (const [difference, inverse] of [
    [left, right],
    [right, left],
  ] as const) {
    const reciprocal = graph.producerOf(inverse);
    if (reciprocal === null || !reciprocal.is("Reciprocal") || !readOnce(graph, inverse)) continue;
    const root = reciprocal.inputs[0] ?? "";
    return match(graph, difference, graph.producerOf(root), root);
  }
  return null;
}

function match(graph: Graph, difference: string, root: Node | null, rootValue: string): Normalised | null {
  const subtraction = graph.producerOf(difference);
  if (root === null || !root.is("Sqrt") || !readOnce(graph, rootValue) || subtraction === null || !subtraction.is("Sub")) return null;
  const [x = "", mean = ""] = subtraction.inputs;
  const center = meanOf(graph, mean);
  const spread = varianceOf(graph, root.inputs[0] ?? "", difference);
  const shape = graph.typeOf(x)?.shape ?? null;
  if (center === null || spread === null || shape === null || center.of !== x || !readOnce(graph, mean)) return null;
  const [first = 0] = center.axes;
  const trailing = center.axes.every((axis, index) => axis === first + index) && first + center.axes.length === shape.length;
  const dims = staticShape({ elemType: DataType.FLOAT, shape: shape.slice(first) });
  if (!trailing || dims === null || center.axes.join() !== spread.axes.join()) return null;
  return { x, axis: first - shape.length, epsilon: spread.epsilon, dims };
}

interface Mean {
  readonly of: string;
  readonly axes: readonly number[];
}

function meanOf(graph: Graph, value: string): Mean | null {
  const node = graph.producerOf(value);
  const of = node?.inputs[0] ?? "";
  const rank = graph.typeOf(of)?.shape?.length;
  if (node === null || !node.is("ReduceMean") || rank === undefined || node.int("keepdims", 1) !== 1) return null;
  const axes = node.ints("axes") ?? constantEntries(graph.constantOf(node.inputs[1] ?? ""));
  if (axes === null || axes.length === 0) return null;
  return { of, axes: axes.map((axis) => normaliseAxis(axis, rank)).sort((left, right) => left - right) };
}

/** mean(d²) + ε */
function varianceOf(graph: Graph, value: string, difference: string): { axes: readonly number[]; epsilon: number } | null {
  const sum = readOnce(graph, value) ? graph.producerOf(value) : null;
  const terms = sum === null ? null : termsOf(graph, sum);
  const [mean = ""] = terms?.values ?? [];
  const found = terms === null || terms.values.length !== 1 || !readOnce(graph, mean) ? null : meanOf(graph, mean);
  const square = found === null || !readOnce(graph, found.of) ? null : graph.producerOf(found.of);
  if (terms === null || found === null || square === null) return null;
  const [base = "", exponent = ""] = square.inputs;
  const squared =
    (square.is("Pow") && base === difference && scalarConstant(graph, exponent) === 2) ||
    (square.is("Mul") && base === difference && exponent === difference);
  // The deviation itself is read by the division and by the square, by nothing else.
  const readers = graph.consumersOf(difference).length;
  return squared && readers === 2 && !graph.isOutput(difference) ? { axes: found.axes, epsilon: terms.constant } : null;
}
