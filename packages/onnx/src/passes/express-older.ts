import { DataType } from "../graph/data-types.ts";
import type { Graph } from "../graph/graph.ts";
import { type Attribute, floatAttribute, intAttribute, intsAttribute, type Node } from "../graph/node.ts";
import { floatTensor, tensorFromNumbers } from "../graph/tensor.ts";

/** Puts nodes in the place of one that older operator sets do not have; the last of them writes its output. */
class Replacement {
  readonly #graph: Graph;
  readonly #node: Node;
  readonly #elemType: number;

  constructor(graph: Graph, node: Node) {
    this.#graph = graph;
    this.#node = node;
    this.#elemType = graph.typeOf(node.inputs[0] ?? "")?.elemType ?? DataType.FLOAT;
    graph.removeNode(node);
  }

  op(opType: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>> = {}): string {
    const output = this.#graph.freshName(opType.toLowerCase());
    this.#graph.addNode({ opType, inputs, outputs: [output], attributes });
    return output;
  }

  /** The node that writes what the replaced one wrote. */
  last(opType: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>> = {}): void {
    this.#graph.addNode({ opType, name: this.#node.name, inputs, outputs: [this.#node.outputs[0] ?? ""], attributes });
  }

  /** A scalar of the data's type. */
  scalar(value: number): string {
    const elemType = this.#elemType === DataType.UNDEFINED ? DataType.FLOAT : this.#elemType;
    return this.#graph.addConstant(elemType === DataType.FLOAT ? floatTensor([], [value]) : tensorFromNumbers(elemType, [], [value]));
  }
}

type Express = (graph: Graph, node: Node) => void;

/** x · Φ(x), exactly with Erf (operator set 9) or by its tanh. */
export const expressGelu: Express = (graph, node) => {
  const [x = ""] = node.inputs;
  const isTanh = node.string("approximate", "none") === "tanh";
  const by = new Replacement(graph, node);
  const half = by.op("Mul", [x, by.scalar(0.5)]);
  const cube = (): string => by.op("Mul", [by.op("Mul", [by.op("Mul", [x, x]), x]), by.scalar(0.044715)]);
  const inner = isTanh
    ? by.op("Tanh", [by.op("Mul", [by.op("Add", [x, cube()]), by.scalar(Math.sqrt(2 / Math.PI))])])
    : by.op("Erf", [by.op("Mul", [x, by.scalar(Math.SQRT1_2)])]);
  by.last("Mul", [half, by.op("Add", [inner, by.scalar(1)])]);
};

/** x · tanh(log(1 + eˣ)) */
export const expressMish: Express = (graph, node) => {
  const [x = ""] = node.inputs;
  const by = new Replacement(graph, node);
  by.last("Mul", [x, by.op("Tanh", [by.op("Softplus", [x])])]);
};

/** x · max(0, min(1, x / 6 + ½)) */
export const expressHardSwish: Express = (graph, node) => {
  const [x = ""] = node.inputs;
  const by = new Replacement(graph, node);
  by.last("Mul", [x, by.op("HardSigmoid", [x], { alpha: floatAttribute(1 / 6), beta: floatAttribute(0.5) })]);
};

/** α · Elu(x / α), which is max(0, x) + min(0, α (e^(x/α) − 1)) for α > 0 */
export const expressCelu: Express = (graph, node) => {
  const [x = ""] = node.inputs;
  const alpha = node.float("alpha", 1);
  const by = new Replacement(graph, node);
  by.last("Mul", [by.op("Elu", [by.op("Div", [x, by.scalar(alpha)])]), by.scalar(alpha)]);
};

/** a ≥ b is "greater or equal", which is false for NaN as well. */
export const expressOrEqual: Express = (graph, node) => {
  const { inputs } = node;
  const strict = node.is("GreaterOrEqual") ? "Greater" : "Less";
  const by = new Replacement(graph, node);
  by.last("Or", [by.op(strict, inputs), by.op("Equal", inputs)]);
};

/** (x − mean) / √(variance + ε) · scale + bias over the axes from `axis` on. */
export const expressLayerNorm: Express = (graph, node) => {
  const [x = "", scale = "", bias = ""] = node.inputs;
  const rank = graph.typeOf(x)?.shape?.length ?? 0;
  const given = node.int("axis", -1);
  const first = given < 0 ? given + rank : given;
  const axes = intsAttribute(Array.from({ length: rank - first }, (_, index) => first + index));
  const epsilon = node.float("epsilon", 1e-5);
  const by = new Replacement(graph, node);
  const centred = by.op("Sub", [x, by.op("ReduceMean", [x], { axes, keepdims: intAttribute(1) })]);
  const variance = by.op("ReduceMean", [by.op("Mul", [centred, centred])], { axes, keepdims: intAttribute(1) });
  const normal: [string, string] = [centred, by.op("Sqrt", [by.op("Add", [variance, by.scalar(epsilon)])])];
  if (bias === "") by.last("Mul", [by.op("Div", normal), scale]);
  else by.last("Add", [by.op("Mul", [by.op("Div", normal), scale]), bias]);
};
