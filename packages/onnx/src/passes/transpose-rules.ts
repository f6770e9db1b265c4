import type { Graph } from "../graph/graph.ts";
import { intAttribute, intsAttribute, Node } from "../graph/node.ts";
import { isPacked } from "../graph/packed-integers.ts";
import { elementCount, int64Tensor, type Tensor } from "../graph/tensor.ts";
import { constantEntries, normaliseAxis } from "../infer/context.ts";
import { runNode } from "../reference/run-node.ts";

const UNARY = [
  ...[
    "Relu",
    "LeakyRelu",
    "Elu",
    "Selu",
    "Celu",
    "Sigmoid",
    "HardSigmoid",
    "HardSwish",
    "Softplus",
    "Softsign",
    "Tanh",
    "Erf",
    "Gelu",
    "Mish",
  ],
  ...["Exp", "Log", "Sqrt", "Reciprocal", "Neg", "Abs", "Sign", "Floor", "Ceil", "Round", "Sin", "Cos", "Clip", "Cast", "Identity", "Not"],
];
const BROADCAST = [
  "Add",
  "Sub",
  "Mul",
  "Div",
  "Pow",
  "Min",
  "Max",
  "Sum",
  "Mean",
  "PRelu",
  "Equal",
  "Less",
  "Greater",
  "And",
  "Or",
  "Where",
];
const QUANTISE = ["QuantizeLinear", "DequantizeLinear"];
const ALONG_AXIS = ["Softmax", "LogSoftmax"];

/**
 * Whether `node` can work on data that are not yet transposed by `perm`, transposing its result instead. `fits` says of an operand that it is
 * one of those data, or a constant.
 */
export function canMove(graph: Graph, node: Node, perm: readonly number[], opset: number, fits: (value: string) => boolean): boolean {
  if (node.domain !== "" || node.outputs.slice(1).some((output) => output !== "")) return false;
  const data = node.inputs[0] ?? "";
  if (node.is(...UNARY)) return fits(data);
  if (node.is(...QUANTISE)) return fits(data) && graph.constantOf(data) === null && quantises(graph, node);
  if (node.is("Pad")) return fits(data) && graph.constantOf(data) === null && padsOf(graph, node, perm) !== null;
  if (node.is(...ALONG_AXIS)) return fits(data) && node.attributes.has("axis") && staysLast(node, perm, opset);
  if (node.is("Concat")) return node.inputs.every((input) => fits(input) && rankFits(graph, input, perm, true));
  return node.is(...BROADCAST) && node.inputs.every((input) => fits(input) && rankFits(graph, input, perm, false));
}

/**
 * Whether Softmax would work along the last axis before the Transpose: runtimes are slow along another one. Until opset 12 it took all axes
 * from its own on at once, so that must be the last one behind the Transpose as well.
 */
function staysLast(node: Node, perm: readonly number[], opset: number): boolean {
  const axis = normaliseAxis(node.int("axis", -1), perm.length);
  return perm[axis] === perm.length - 1 && (opset >= 13 || axis === perm.length - 1);
}

/** A constant can be transposed if it has as many axes, or fewer where it is broadcast. */
function rankFits(graph: Graph, value: string, perm: readonly number[], exact: boolean): boolean {
  const constant = graph.constantOf(value);
  if (constant === null) return graph.typeOf(value)?.shape?.length === perm.length;
  return (
    constant.strings === undefined &&
    !isPacked(constant.dataType) &&
    (exact ? constant.dims.length === perm.length : constant.dims.length <= perm.length)
  );
}

function quantises(graph: Graph, node: Node): boolean {
  const scale = graph.constantOf(node.inputs[1] ?? "");
  const zeroPoint = node.inputs[2] ?? "";
  return (
    scale !== null && elementCount(scale.dims) === 1 && scale.dims.length < 2 && (zeroPoint === "" || graph.constantOf(zeroPoint) !== null)
  );
}

/** The pads in the order of axes before the Transpose. */
function padsOf(graph: Graph, node: Node, perm: readonly number[]): number[] | null {
  const pads = node.ints("pads") ?? constantEntries(graph.constantOf(node.inputs[1] ?? ""));
  if (pads === null || (node.inputs[3] ?? "") !== "" || pads.length !== perm.length * 2) return null;
  const before = [...pads];
  for (const [axis, source] of perm.entries()) {
    before[source] = pads[axis] ?? 0;
    before[source + perm.length] = pads[axis + perm.length] ?? 0;
  }
  return before;
}

/** Rewires `node` to data that are not transposed; `insideOf` gives an operand's name there, null for a constant. */
export function moveNode(graph: Graph, node: Node, perm: readonly number[], insideOf: (value: string) => string | null): void {
  if (node.is("Pad")) movePads(graph, node, perm);
  if (node.is("Concat", ...ALONG_AXIS))
    node.attributes.set("axis", intAttribute(perm[normaliseAxis(node.int("axis", 0), perm.length)] ?? 0));
  for (const [index, input] of node.inputs.entries()) {
    const inner = insideOf(input);
    if (inner !== null) graph.setInput(node, index, inner);
    else if (node.is("Concat", ...BROADCAST)) moveConstant(graph, node, index, perm);
  }
}

function movePads(graph: Graph, node: Node, perm: readonly number[]): void {
  const pads = padsOf(graph, node, perm);
  if (pads === null) return;
  if (node.attributes.has("pads")) node.attributes.set("pads", intsAttribute(pads));
  else graph.setInput(node, 1, graph.addConstant(int64Tensor(pads), "pads"));
}

function moveConstant(graph: Graph, node: Node, index: number, perm: readonly number[]): void {
  const constant = graph.constantOf(node.inputs[index] ?? "");
  if (constant === null || elementCount(constant.dims) === 1) return;
  const widened = { ...constant, dims: [...Array.from({ length: perm.length - constant.dims.length }, () => 1), ...constant.dims] };
  graph.setInput(node, index, graph.addConstant(transposeBack(widened, perm), "t"));
}

function transposeBack(tensor: Tensor, perm: readonly number[]): Tensor {
  const inverse = perm.map((_, axis) => perm.indexOf(axis));
  const node = new Node({ opType: "Transpose", inputs: ["x"], outputs: ["y"], attributes: { perm: intsAttribute(inverse) } });
  return runNode(node, [tensor], 21)?.[0] ?? tensor;
}
