import type { Graph } from "../graph/graph.ts";
import type { Attribute, Node } from "../graph/node.ts";
import { toNumbers } from "../graph/tensor.ts";
import {
  checkEqualShapes,
  checkIntegers,
  checkReshape,
  checkScalarScale,
  checkedLayerNorm,
  fillResize,
  firstInt,
  ints,
  positiveAxis,
  refuseOlder,
  rename,
  shapePart,
  softmaxAtEnd,
  spreadAxes,
  toClip6,
  toGridMode16,
  toPad2,
  toResize10,
  toSlice1,
} from "./downgrade-operators.ts";
import { expressCelu, expressGelu, expressHardSwish, expressMish, expressOrEqual } from "./express-older.ts";

/** Rewrites one node from the version `since` to the one before it. */
export interface DowngradeStep {
  readonly since: number;
  readonly operators: readonly string[];
  /** @throws OnnxError UNSUPPORTED_OPSET where the older operator cannot say the same */
  readonly downgrade: (graph: Graph, node: Node) => void;
}

type Downgrade = DowngradeStep["downgrade"];

/** An input that was an attribute becomes one again; it must be constant. */
function toAttribute(name: string, index: number, read: (graph: Graph, node: Node) => Attribute | null): Downgrade {
  return (graph, node) => {
    const input = node.inputs[index] ?? "";
    const attribute = input === "" ? null : read(graph, node);
    if (input !== "" && attribute === null) throw refuseOlder(node, `calculates its ${name}`);
    graph.replaceNode(node, {
      opType: node.opType,
      name: node.name,
      inputs: withoutInput(node.inputs, index),
      outputs: node.outputs,
      attributes: new Map([...node.attributes, ...(attribute === null ? [] : [[name, attribute] as const])]),
    });
  };
}

function withoutInput(inputs: readonly string[], index: number): readonly string[] {
  const left = inputs.slice(0, index);
  while (left.at(-1) === "") left.pop();
  return left;
}

/** Without an attribute that may only have its default. */
function dropDefault(name: string, isDefault: (node: Node) => boolean): Downgrade {
  return (_graph, node) => {
    if (node.attributes.has(name) && !isDefault(node)) throw refuseOlder(node, `sets ${name}`);
    node.attributes.delete(name);
  };
}

function inOrder(...steps: readonly Downgrade[]): Downgrade {
  return (graph, node) => {
    let current = node;
    for (const step of steps) {
      step(graph, current);
      current = graph.producerOf(node.outputs.find((output) => output !== "") ?? "") ?? current;
    }
  };
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
const AXIS_OPERATORS = [
  "ArgMax",
  "ArgMin",
  "Concat",
  "Flatten",
  "Gather",
  "Softmax",
  "LogSoftmax",
  "Hardmax",
  "Split",
  "Squeeze",
  "Unsqueeze",
  "ReduceSum",
  "TopK",
  ...REDUCTIONS,
];

const reduceAxes = inOrder(
  (_graph, node) => {
    if ((node.inputs[1] ?? "") === "" && node.int("noop_with_empty_axes", 0) === 1) throw refuseOlder(node, "reduces no axis");
    node.attributes.delete("noop_with_empty_axes");
  },
  toAttribute("axes", 1, ints(1)),
);

/** From the newest to the oldest. */
export const DOWNGRADE_STEPS: readonly DowngradeStep[] = [
  { since: 21, operators: ["QuantizeLinear", "DequantizeLinear"], downgrade: checkIntegers },
  { since: 20, operators: ["Gelu"], downgrade: expressGelu },
  { since: 20, operators: ["GridSample"], downgrade: toGridMode16 },
  {
    since: 19,
    operators: ["AveragePool"],
    downgrade: dropDefault("dilations", (node) => (node.ints("dilations") ?? []).every((dilation) => dilation === 1)),
  },
  { since: 19, operators: ["Cast"], downgrade: (_graph, node) => void node.attributes.delete("saturate") },
  { since: 18, operators: ["Mish"], downgrade: expressMish },
  { since: 18, operators: REDUCTIONS, downgrade: reduceAxes },
  { since: 18, operators: ["Split"], downgrade: (_graph, node) => void node.attributes.delete("num_outputs") },
  { since: 18, operators: ["Pad"], downgrade: spreadAxes },
  {
    since: 18,
    operators: ["Resize"],
    downgrade: inOrder(
      dropDefault("antialias", (node) => node.int("antialias", 0) === 0),
      dropDefault("keep_aspect_ratio_policy", (node) => node.string("keep_aspect_ratio_policy", "stretch") === "stretch"),
      dropDefault("axes", () => false),
    ),
  },
  { since: 17, operators: ["LayerNormalization"], downgrade: (graph, node) => checkedLayerNorm(graph, node) },
  {
    since: 16,
    operators: ["ScatterElements", "ScatterND"],
    downgrade: dropDefault("reduction", (node) => node.string("reduction", "none") === "none"),
  },
  {
    since: 16,
    operators: ["RoiAlign"],
    downgrade: (graph, node) => {
      if (node.string("coordinate_transformation_mode", "half_pixel") !== "output_half_pixel")
        throw refuseOlder(node, "samples at half pixels");
      dropDefault("coordinate_transformation_mode", () => true)(graph, node);
    },
  },
  { since: 15, operators: ["Shape"], downgrade: shapePart },
  { since: 14, operators: ["HardSwish"], downgrade: expressHardSwish },
  { since: 14, operators: ["Reshape"], downgrade: checkReshape },
  { since: 14, operators: ["BatchNormalization"], downgrade: dropDefault("training_mode", (node) => node.int("training_mode", 0) === 0) },
  { since: 14, operators: ["LSTM", "GRU", "RNN"], downgrade: dropDefault("layout", (node) => node.int("layout", 0) === 0) },
  { since: 13, operators: ["ReduceSum"], downgrade: reduceAxes },
  { since: 13, operators: ["Resize"], downgrade: fillResize },
  { since: 13, operators: ["Squeeze", "Unsqueeze"], downgrade: toAttribute("axes", 1, ints(1)) },
  { since: 13, operators: ["Split"], downgrade: toAttribute("split", 1, ints(1)) },
  { since: 13, operators: ["Softmax", "LogSoftmax", "Hardmax"], downgrade: softmaxAtEnd },
  { since: 13, operators: ["QuantizeLinear", "DequantizeLinear"], downgrade: checkScalarScale },
  { since: 12, operators: ["Celu"], downgrade: expressCelu },
  { since: 12, operators: ["GreaterOrEqual", "LessOrEqual"], downgrade: expressOrEqual },
  {
    since: 12,
    operators: ["ArgMax", "ArgMin"],
    downgrade: dropDefault("select_last_index", (node) => node.int("select_last_index", 0) === 0),
  },
  { since: 12, operators: ["GatherND"], downgrade: dropDefault("batch_dims", (node) => node.int("batch_dims", 0) === 0) },
  {
    since: 12,
    operators: ["Dropout"],
    downgrade: (graph, node) => {
      const { name, inputs, outputs } = node;
      // Outside training it is the identity, whatever its ratio.
      if ((inputs[2] ?? "") !== "") throw refuseOlder(node, "may train");
      graph.replaceNode(node, { opType: "Dropout", name, inputs: inputs.slice(0, 1), outputs });
    },
  },
  { since: 11, operators: AXIS_OPERATORS, downgrade: positiveAxis },
  { since: 11, operators: ["Clip"], downgrade: toClip6 },
  { since: 11, operators: ["Pad"], downgrade: toPad2 },
  { since: 11, operators: ["Resize"], downgrade: toResize10 },
  { since: 11, operators: ["ScatterElements"], downgrade: rename("Scatter") },
  { since: 11, operators: ["DepthToSpace"], downgrade: dropDefault("mode", (node) => node.string("mode", "DCR") === "DCR") },
  {
    since: 11,
    operators: ["TopK"],
    downgrade: inOrder(
      dropDefault("largest", (node) => node.int("largest", 1) === 1),
      dropDefault("sorted", (node) => node.int("sorted", 1) === 1),
    ),
  },
  { since: 10, operators: ["Slice"], downgrade: toSlice1 },
  { since: 10, operators: ["TopK"], downgrade: toAttribute("k", 1, (graph, node) => firstInt(graph, node)) },
  { since: 10, operators: ["Resize"], downgrade: rename("Upsample") },
  {
    since: 10,
    operators: ["MaxPool", "AveragePool"],
    downgrade: inOrder(
      dropDefault("ceil_mode", (node) => node.int("ceil_mode", 0) === 0),
      dropDefault("dilations", (node) => (node.ints("dilations") ?? []).every((dilation) => dilation === 1)),
    ),
  },
  {
    since: 9,
    operators: ["Upsample"],
    downgrade: toAttribute("scales", 1, (graph, node) => {
      const tensor = graph.constantOf(node.inputs[1] ?? "");
      return tensor === null ? null : { kind: "floats", value: [...toNumbers(tensor)] };
    }),
  },
  { since: 8, operators: ["Sum", "Mean", "Max", "Min"], downgrade: checkEqualShapes },
];
