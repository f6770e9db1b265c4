import { OnnxError } from "../errors.ts";
import { DataType } from "../graph/data-types.ts";
import type { Graph } from "../graph/graph.ts";
import { type Attribute, floatAttribute, intAttribute, type Node, stringAttribute } from "../graph/node.ts";
import { elementCount, floatTensor, int64Tensor, type Tensor, tensorFromNumbers, toNumbers } from "../graph/tensor.ts";

/** Rewrites one node from the version before `since` to `since`. */
export interface OpsetStep {
  readonly since: number;
  readonly operators: readonly string[];
  /** @throws OnnxError UNSUPPORTED_OPSET where the newer operator cannot say the same */
  readonly upgrade: (graph: Graph, node: Node) => void;
}

type Upgrade = OpsetStep["upgrade"];

/** Moves an attribute to the input `index` as a constant; nothing where the attribute is absent. */
function toInput(name: string, index: number, make: (graph: Graph, node: Node) => Tensor | null): Upgrade {
  return (graph, node) => {
    const tensor = make(graph, node);
    node.attributes.delete(name);
    if (tensor !== null) graph.setInput(node, index, graph.addConstant(tensor, name));
  };
}

/** As bigints: "to the end" is 2^63 − 1, which a double cannot hold. */
function ints(name: string): (graph: Graph, node: Node) => Tensor | null {
  return (_graph, node) => {
    const attribute = node.attributes.get(name);
    return attribute?.kind === "ints" ? int64Tensor(attribute.value) : null;
  };
}

/** A scalar in the element type of the node's first input. */
function float(name: string): (graph: Graph, node: Node) => Tensor | null {
  return (graph, node) => {
    const known = graph.typeOf(node.inputs[0] ?? "")?.elemType ?? 0;
    return node.attributes.has(name) ? tensorFromNumbers(known === 0 ? DataType.FLOAT : known, [], [node.float(name, 0)]) : null;
  };
}

function inOrder(...steps: readonly Upgrade[]): Upgrade {
  return (graph, node) => {
    for (const step of steps) step(graph, node);
  };
}

function refuse(node: Node, why: string): OnnxError {
  return new OnnxError(
    "UNSUPPORTED_OPSET",
    `The node ${node.describe()} ${why}, which newer operator sets cannot say. Export the model again with opset 17.`,
  );
}

/** Until opset 6 the second operand was widened only on request, from `axis` on; now trailing axes are matched. */
function alignOperand(graph: Graph, node: Node): void {
  const asked = node.int("broadcast", 0) === 1 && node.attributes.has("axis");
  const axis = node.int("axis", 0);
  node.attributes.delete("broadcast");
  node.attributes.delete("axis");
  if (!asked) return;
  const rank = graph.typeOf(node.inputs[0] ?? "")?.shape?.length;
  const second = graph.typeOf(node.inputs[1] ?? "")?.shape?.length;
  if (rank === undefined || second === undefined) throw refuse(node, `adds along axis ${axis} of tensors of unknown rank`);
  const missing = rank - second - (axis < 0 ? axis + rank : axis);
  if (missing <= 0) return;
  const tensor = graph.constantOf(node.inputs[1] ?? "");
  if (tensor === null) throw refuse(node, `is broadcast along axis ${axis}`);
  const dims = [...tensor.dims, ...Array.from({ length: missing }, () => 1)];
  graph.setInput(node, 1, graph.addConstant({ ...tensor, dims }, "b"));
}

/** Until opset 12 Softmax flattened everything from `axis` (default 1) on; the same as one axis only where it is the last. */
function flattenForSoftmax(graph: Graph, node: Node): void {
  const input = node.inputs[0] ?? "";
  const output = node.outputs[0] ?? "";
  const rank = graph.typeOf(input)?.shape?.length;
  const axis = node.int("axis", 1);
  node.attributes.set("axis", intAttribute(-1));
  if (axis === -1 || axis + 1 === rank) return;
  const [flat, shape, result] = [graph.freshName("flat"), graph.freshName("shape"), graph.freshName("softmax")];
  graph.addNode({ opType: "Flatten", inputs: [input], outputs: [flat], attributes: { axis: intAttribute(axis) } });
  graph.addNode({ opType: "Shape", inputs: [input], outputs: [shape] });
  graph.setInput(node, 0, flat);
  graph.setOutput(node, 0, result);
  graph.addNode({ opType: "Reshape", inputs: [result, shape], outputs: [output] });
}

/** Upsample and Resize 10 sampled at `index / scale`, rounded down, or up where they shrink (onnxruntime's reading of the silent text). */
function toResize11(graph: Graph, node: Node): void {
  const attribute = node.attributes.get("scales");
  const scales =
    attribute?.kind === "floats"
      ? graph.addConstant(floatTensor([attribute.value.length], attribute.value), "scales")
      : (node.inputs[1] ?? "");
  const known = graph.constantOf(scales);
  const values = known === null ? [] : [...toNumbers(known)];
  const shrinks = values.some((value) => value < 1);
  if (shrinks && values.some((value) => value > 1)) throw refuse(node, "widens one axis and shrinks another");
  graph.replaceNode(node, {
    opType: "Resize",
    name: node.name,
    inputs: [node.inputs[0] ?? "", "", scales],
    outputs: node.outputs,
    attributes: {
      mode: stringAttribute(node.string("mode", "nearest")),
      coordinate_transformation_mode: stringAttribute("asymmetric"),
      nearest_mode: stringAttribute(shrinks ? "ceil" : "floor"),
    },
  });
}

/** Gone since opset 13: floor((i + ½) / s) is (i + ½) / s − ½ rounded half up. */
function replaceTfHalfPixel(_graph: Graph, node: Node): void {
  if (node.string("coordinate_transformation_mode", "") !== "tf_half_pixel_for_nn") return;
  if (node.string("nearest_mode", "round_prefer_floor") !== "floor") throw refuse(node, "rounds tf_half_pixel_for_nn positions");
  node.attributes.set("coordinate_transformation_mode", stringAttribute("half_pixel"));
  node.attributes.set("nearest_mode", stringAttribute("round_prefer_ceil"));
}

function toScatterElements(graph: Graph, node: Node): void {
  const { name, inputs, outputs, attributes } = node;
  graph.replaceNode(node, { opType: "ScatterElements", name, inputs, outputs, attributes });
}

function checkBatchNorm(_graph: Graph, node: Node): void {
  if (node.outputs.slice(1).some((output) => output !== "")) throw refuse(node, "is in training mode");
}

/** The axis became an input, with another default. */
function moveDftAxis(graph: Graph, node: Node): void {
  const axis = tensorFromNumbers(DataType.INT64, [], [node.int("axis", 1)]);
  node.attributes.delete("axis");
  if (node.inputs.length < 2) graph.setInput(node, 1, "");
  graph.setInput(node, 2, graph.addConstant(axis, "axis"));
}

function renameGridMode(_graph: Graph, node: Node): void {
  const mode = node.string("mode", "bilinear");
  node.attributes.set("mode", stringAttribute(mode.replace(/^bi/u, "")));
}

/** Scale and bias are per channel now, not per group. */
function widenGroupNorm(graph: Graph, node: Node): void {
  const channels = graph.typeOf(node.inputs[0] ?? "")?.shape?.[1];
  for (const index of [1, 2]) {
    const tensor = graph.constantOf(node.inputs[index] ?? "");
    if (tensor === null || typeof channels !== "number") throw refuse(node, "has a computed scale per group");
    const values = toNumbers(tensor);
    const each = channels / elementCount(tensor.dims);
    const spread = Float64Array.from({ length: channels }, (_, channel) => values[Math.floor(channel / each)] ?? 0);
    graph.setInput(node, index, graph.addConstant(tensorFromNumbers(tensor.dataType, [channels], spread), "g"));
  }
  node.attributes.set("epsilon", floatAttribute(node.float("epsilon", 1e-5)));
}

const REDUCTIONS = [
  "ReduceMean",
  "ReduceMax",
  "ReduceMin",
  "ReduceProd",
  "ReduceL1",
  "ReduceL2",
  "ReduceLogSum",
  "ReduceLogSumExp",
  "ReduceSumSquare",
];

const BROADCAST = ["Add", "Sub", "Mul", "Div", "Pow", "And", "Or", "Xor", "Equal", "Greater", "Less", "PRelu"];

/** Says what was a silent default, where the default changed. */
function setUnless(name: string, value: Attribute): Upgrade {
  return (_graph, node) => {
    if (!node.attributes.has(name)) node.attributes.set(name, value);
  };
}

function drop(...names: readonly string[]): Upgrade {
  return (_graph, node) => {
    for (const name of names) node.attributes.delete(name);
  };
}

/** Every change between operator sets 6 and 21 that an inference graph meets, in the order of the sets (onnx/docs/Changelog.md). */
export const OPSET_STEPS: readonly OpsetStep[] = [
  { since: 7, operators: BROADCAST, upgrade: alignOperand },
  { since: 7, operators: ["Gemm", "BatchNormalization", "Dropout"], upgrade: drop("broadcast", "is_test") },
  {
    since: 9,
    operators: ["BatchNormalization"],
    upgrade: (_graph, node) => {
      if (node.int("spatial", 1) === 0) throw refuse(node, "normalises every position by itself");
      node.attributes.delete("spatial");
    },
  },
  {
    since: 9,
    operators: ["Scan"],
    upgrade: (_graph, node) => {
      throw refuse(node, "is the first version of Scan");
    },
  },
  {
    since: 10,
    operators: ["Slice"],
    upgrade: inOrder(toInput("starts", 1, ints("starts")), toInput("ends", 2, ints("ends")), toInput("axes", 3, ints("axes"))),
  },
  { since: 10, operators: ["TopK"], upgrade: toInput("k", 1, (_graph, node) => int64Tensor([node.int("k", 1)])) },
  { since: 11, operators: ["Upsample", "Resize"], upgrade: toResize11 },
  { since: 11, operators: ["Scatter"], upgrade: toScatterElements },
  { since: 11, operators: ["Clip"], upgrade: inOrder(toInput("min", 1, float("min")), toInput("max", 2, float("max"))) },
  { since: 11, operators: ["Pad"], upgrade: inOrder(toInput("pads", 1, ints("pads")), toInput("value", 2, float("value"))) },
  { since: 12, operators: ["Dropout"], upgrade: toInput("ratio", 1, float("ratio")) },
  { since: 13, operators: ["Squeeze", "Unsqueeze", "ReduceSum"], upgrade: toInput("axes", 1, ints("axes")) },
  { since: 13, operators: ["Split"], upgrade: toInput("split", 1, ints("split")) },
  { since: 13, operators: ["Softmax", "LogSoftmax", "Hardmax"], upgrade: flattenForSoftmax },
  { since: 13, operators: ["Resize"], upgrade: replaceTfHalfPixel },
  { since: 14, operators: ["BatchNormalization"], upgrade: checkBatchNorm },
  // The old version had no say: it sampled at half a pixel more.
  { since: 16, operators: ["RoiAlign"], upgrade: setUnless("coordinate_transformation_mode", stringAttribute("output_half_pixel")) },
  { since: 18, operators: REDUCTIONS, upgrade: toInput("axes", 1, ints("axes")) },
  {
    since: 18,
    operators: ["Split"],
    upgrade: (_graph, node) => {
      if ((node.inputs[1] ?? "") === "") node.attributes.set("num_outputs", intAttribute(node.outputs.length));
    },
  },
  { since: 20, operators: ["DFT"], upgrade: moveDftAxis },
  { since: 20, operators: ["GridSample"], upgrade: renameGridMode },
  { since: 21, operators: ["GroupNormalization"], upgrade: widenGroupNorm },
];
