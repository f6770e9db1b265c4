import type { Graph } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import { isFilledWith, toNumbers } from "../graph/tensor.ts";
import { staticShape } from "../graph/types.ts";
import { sliceArguments } from "../infer/ops/movement.ts";
import { bypassNode } from "./bypass-node.ts";
import { type Pass, type PassContext, rewriteNodes } from "./pass.ts";

/**
 * Before:     y = Op(x) where y is x: Identity, Dropout at inference, Cast to the same type, Reshape, Flatten, Expand, Squeeze or Unsqueeze to the
 *             same shape, Transpose that moves nothing, Pad by nothing, Slice of everything, Tile once, Resize by 1, Clip without limits, Concat,
 *             Sum, Mean, Max or Min of one, Split into one, x + 0, x - 0, x * 1, x / 1, x ^ 1, and a second Relu, Abs, Floor, Ceil, Round or
 *             Sign behind the same
 * After:      readers of y read x
 * Conditions: each rule's own, below; second outputs (Dropout's mask) unused; an output of the graph keeps its name
 * Bit-equal, but that -0 + 0 is 0.
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
  return tensor !== null && isFilledWith(tensor, 0);
};

/** The second operand is `neutral` everywhere and does not widen the first. */
const neutral = (value: number): Rule => {
  return (graph, node) => {
    const tensor = graph.constantOf(node.inputs[1] ?? "");
    const shape = graph.typeOf(node.inputs[0] ?? "")?.shape ?? null;
    if (tensor === null || shape === null || tensor.dims.length > shape.length) return false;
    const fits = tensor.dims.every((dim, axis) => dim === 1 || dim === shape[axis + shape.length - tensor.dims.length]);
    return fits && isFilledWith(tensor, value);
  };
};

/** A value that an input holds everywhere; an absent input counts. */
const constantly = (graph: Graph, value: string, wanted: number): boolean => {
  if (value === "") return true;
  const tensor = graph.constantOf(value);
  return tensor !== null && isFilledWith(tensor, wanted);
};

/** From the first to the last of every axis, forwards. */
const slice: Rule = (graph, node) => {
  const limits = sliceArguments({ node, constant: (index) => graph.constantOf(node.inputs[index] ?? "") });
  const shape = graph.typeOf(node.inputs[0] ?? "")?.shape ?? null;
  if (limits === null) return false;
  return limits.starts.every((start, index) => {
    const axis = limits.axes[index] ?? 0;
    const size = shape?.[axis < 0 ? axis + shape.length : axis];
    const end = limits.ends[index] ?? 0;
    return start === 0 && limits.steps[index] === 1 && (end >= 2 ** 31 - 1 || (typeof size === "number" && end >= size));
  });
};

const clip: Rule = (graph, node) =>
  !node.attributes.has("min") &&
  !node.attributes.has("max") &&
  constantly(graph, node.inputs[1] ?? "", -Infinity) &&
  constantly(graph, node.inputs[2] ?? "", Infinity);

/** Every scale is 1 and nothing is cropped. */
const resize: Rule = (graph, node, context) => {
  const scales = node.inputs[2] ?? "";
  const cropped = node.string("coordinate_transformation_mode", "half_pixel") === "tf_crop_and_resize";
  if (context.opset < 11 || cropped) return false;
  return scales === "" || graph.constantOf(scales)?.dims[0] === 0 ? sameSizes(graph, node) : constantly(graph, scales, 1);
};

/** Every dimension known by size, and equal: a symbol could stand for what a Resize was asked for. */
const sameSizes = (graph: Graph, node: Node): boolean =>
  sameShape(graph, node, { opset: 11, entries: new Map() }) && staticShape(graph.typeOf(node.inputs[0] ?? "")) !== null;

/** The same operator stands right before it. */
const repeated: Rule = (graph, node) => graph.producerOf(node.inputs[0] ?? "")?.is(node.opType) === true;

const RULES: Readonly<Record<string, Rule>> = {
  Identity: () => true,
  Dropout: dropout,
  Cast: cast,
  Reshape: sameShape,
  Flatten: sameShape,
  Expand: sameShape,
  Squeeze: sameShape,
  Unsqueeze: sameShape,
  Slice: slice,
  Tile: (graph, node) => node.inputs.length === 2 && constantly(graph, node.inputs[1] ?? "", 1),
  Resize: resize,
  Clip: clip,
  Split: (_graph, node) => node.outputs.length === 1,
  Mean: alone,
  Pow: neutral(1),
  Relu: repeated,
  Abs: repeated,
  Floor: repeated,
  Ceil: repeated,
  Round: repeated,
  Sign: repeated,
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
