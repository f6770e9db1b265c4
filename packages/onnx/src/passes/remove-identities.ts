import type { Graph } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import { toNumbers } from "../graph/tensor.ts";
import { bypassNode } from "./bypass-node.ts";
import { type Pass, type PassContext, rewriteNodes } from "./pass.ts";

/**
 * Before:     y = Op(x) where y is x: Identity, Dropout at inference, Cast to the same type, Reshape, Flatten or Expand to the same shape, Transpose
 *             that moves nothing, Pad by nothing, Concat, Sum, Max or Min of one, x + 0, x - 0, x * 1, x / 1
 * After:      readers of y read x
 * Conditions: each rule's own, below; second outputs (Dropout's mask) unused; an output of the graph keeps its name
 */
export const removeIdentities: Pass = {
  id: "remove-identities",
  run: (graph, context) =>
    rewriteNodes(graph, (node) => {
      const rule = node.domain === "" ? RULES[node.opType] : undefined;
      if (
        rule === undefined ||
        node.outputs.slice(1).some((output) => output !== "" && (graph.consumerCount(output) > 0 || graph.isOutput(output)))
      )
        return false;
      return rule(graph, node, context) && bypassNode(graph, node);
    }),
};

type Rule = (graph: Graph, node: Node, context: PassContext) => boolean;

const alone: Rule = (_graph, node) => node.inputs.length === 1;

/** Every dimension known by size or symbol, and equal. */
const sameShape: Rule = (graph, node) => {
  const before = graph.typeOf(node.inputs[0] ?? "")?.shape ?? null;
  const after = graph.typeOf(node.outputs[0] ?? "")?.shape ?? null;
  if (before === null || after === null || before.length !== after.length) return false;
  return before.every((dim, axis) => dim !== null && dim === after[axis]);
};

const dropout: Rule = (graph, node, { opset }) => {
  const training = node.inputs[2] ?? "";
  if (opset < 12 || training === "") return true;
  const value = graph.constantOf(training);
  return value !== null && toNumbers(value)[0] === 0;
};

const cast: Rule = (graph, node) => {
  const type = graph.typeOf(node.inputs[0] ?? "")?.elemType ?? 0;
  return type !== 0 && type === node.int("to", 0);
};

const transpose: Rule = (graph, node) => {
  const rank = graph.typeOf(node.inputs[0] ?? "")?.shape?.length;
  const perm = node.ints("perm");
  return perm === null ? rank !== undefined && rank < 2 : perm.every((axis, index) => axis === index);
};

const pad: Rule = (graph, node) => {
  const pads = node.ints("pads");
  const tensor = graph.constantOf(node.inputs[1] ?? "");
  if (pads !== null) return pads.every((value) => value === 0);
  return tensor !== null && toNumbers(tensor).every((value) => value === 0);
};

/** The second operand is `neutral` everywhere and does not widen the first. */
const neutral = (value: number): Rule => {
  return (graph, node) => {
    const tensor = graph.constantOf(node.inputs[1] ?? "");
    const shape = graph.typeOf(node.inputs[0] ?? "")?.shape ?? null;
    if (tensor === null || shape === null || tensor.strings !== undefined || tensor.dims.length > shape.length) return false;
    const fits = tensor.dims.every((dim, axis) => dim === 1 || dim === shape[axis + shape.length - tensor.dims.length]);
    return fits && toNumbers(tensor).every((entry) => entry === value);
  };
};

const RULES: Readonly<Record<string, Rule>> = {
  Identity: () => true,
  Dropout: dropout,
  Cast: cast,
  Reshape: sameShape,
  Flatten: sameShape,
  Expand: sameShape,
  Transpose: transpose,
  Pad: pad,
  Concat: alone,
  Sum: alone,
  Max: alone,
  Min: alone,
  Add: neutral(0),
  Sub: neutral(0),
  Mul: neutral(1),
  Div: neutral(1),
};
