import { OnnxError } from "../errors.ts";
import type { Graph } from "../graph/graph.ts";
import { type OnnxModel, opsetOf } from "../graph/model.ts";
import { intAttribute, type Node, stringAttribute } from "../graph/node.ts";
import { floatTensor, int64Tensor, type Tensor } from "../graph/tensor.ts";
import { inferModel } from "../infer/infer-model.ts";

/** Rewrites one node from the version before `since` to `since`. */
interface Step {
  readonly since: number;
  readonly operators: readonly string[];
  readonly upgrade: (graph: Graph, node: Node) => void;
}

const LOWEST = 7;
const HIGHEST = 21;

/**
 * Before:     a model of an older standard operator set
 * After:      the same model of operator set `target` (or newer, if it was); attributes that became inputs are constants
 * Conditions: opset 7 to 21; Softmax over several flattened axes, Scan of opset 8 and non-spatial BatchNormalization are refused
 * @returns what was done, as notes
 * @throws OnnxError UNSUPPORTED_OPSET
 */
export function upgradeOpset(model: OnnxModel, target: number): string[] {
  const from = opsetOf(model);
  if (from >= target) return [];
  if (from < LOWEST || target > HIGHEST) {
    throw new OnnxError(
      "UNSUPPORTED_OPSET",
      `The model uses operator set ${from}; this recipe needs ${target}, and upgrading is possible from ${LOWEST} to ${HIGHEST}. Export it again with opset ${Math.max(target, 17)}.`,
    );
  }
  inferModel(model);
  for (const step of STEPS) if (step.since > from && step.since <= target) upgradeGraph(model.graph, step);
  model.opsets.set("", target);
  // An operator set needs the IR version that it was released with, or a newer one (onnx/docs/Versioning.md).
  model.irVersion = Math.max(model.irVersion, target >= 21 ? 10 : target >= 19 ? 9 : target >= 15 ? 8 : 7);
  return [`The operator set was raised from ${from} to ${target}.`];
}

function upgradeGraph(graph: Graph, step: Step): void {
  for (const node of graph.nodes) {
    for (const subgraph of node.subgraphs()) upgradeGraph(subgraph, step);
    if (node.is(...step.operators)) step.upgrade(graph, node);
  }
}

/** Moves an attribute to the input `index` as a constant; nothing where the attribute is absent. */
function toInput(name: string, index: number, make: (node: Node) => Tensor | null): Step["upgrade"] {
  return (graph, node) => {
    const tensor = make(node);
    node.attributes.delete(name);
    if (tensor !== null) graph.setInput(node, index, graph.addConstant(tensor, name));
  };
}

function ints(name: string): (node: Node) => Tensor | null {
  return (node) => {
    const values = node.ints(name);
    return values === null ? null : int64Tensor(values);
  };
}

function float(name: string): (node: Node) => Tensor | null {
  return (node) => (node.attributes.has(name) ? floatTensor([], [node.float(name, 0)]) : null);
}

function inOrder(...steps: readonly Step["upgrade"][]): Step["upgrade"] {
  return (graph, node) => {
    for (const step of steps) step(graph, node);
  };
}

/** Until opset 12 Softmax flattened everything from `axis` (default 1) on; the same as one axis only where it is the last. */
function pinSoftmaxAxis(graph: Graph, node: Node): void {
  const rank = graph.typeOf(node.inputs[0] ?? "")?.shape?.length;
  const axis = node.int("axis", 1);
  if (axis !== -1 && (rank === undefined || axis !== rank - 1)) throw refuse(node, "normalises over several axes at once");
  node.attributes.set("axis", intAttribute(-1));
}

/** Upsample and Resize 10 sampled at `index / scale`, rounded down. */
function toResize11(graph: Graph, node: Node): void {
  const attribute = node.attributes.get("scales");
  const scales =
    attribute?.kind === "floats"
      ? graph.addConstant(floatTensor([attribute.value.length], attribute.value), "scales")
      : (node.inputs[1] ?? "");
  const mode = node.string("mode", "nearest");
  graph.replaceNode(node, {
    opType: "Resize",
    name: node.name,
    inputs: [node.inputs[0] ?? "", "", scales],
    outputs: node.outputs,
    attributes: {
      mode: stringAttribute(mode),
      coordinate_transformation_mode: stringAttribute("asymmetric"),
      nearest_mode: stringAttribute("floor"),
    },
  });
}

function refuse(node: Node, why: string): OnnxError {
  return new OnnxError(
    "UNSUPPORTED_OPSET",
    `The node ${node.describe()} ${why}, which newer operator sets cannot say. Export the model again with opset 17.`,
  );
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

const STEPS: readonly Step[] = [
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
  { since: 10, operators: ["TopK"], upgrade: toInput("k", 1, (node) => int64Tensor([node.int("k", 1)])) },
  { since: 11, operators: ["Upsample", "Resize"], upgrade: toResize11 },
  { since: 11, operators: ["Clip"], upgrade: inOrder(toInput("min", 1, float("min")), toInput("max", 2, float("max"))) },
  { since: 11, operators: ["Pad"], upgrade: inOrder(toInput("pads", 1, ints("pads")), toInput("value", 2, float("value"))) },
  { since: 12, operators: ["Dropout"], upgrade: toInput("ratio", 1, float("ratio")) },
  { since: 13, operators: ["Squeeze", "Unsqueeze", "ReduceSum"], upgrade: toInput("axes", 1, ints("axes")) },
  { since: 13, operators: ["Split"], upgrade: toInput("split", 1, ints("split")) },
  { since: 13, operators: ["Softmax", "LogSoftmax", "Hardmax"], upgrade: pinSoftmaxAxis },
  { since: 18, operators: REDUCTIONS, upgrade: toInput("axes", 1, ints("axes")) },
  {
    since: 18,
    operators: ["Split"],
    upgrade: (_graph, node) => {
      if ((node.inputs[1] ?? "") === "") node.attributes.set("num_outputs", intAttribute(node.outputs.length));
    },
  },
];
