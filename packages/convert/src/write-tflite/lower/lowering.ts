import {
  type Attribute,
  DataType,
  type Graph,
  intAttribute,
  int64Tensor,
  intsAttribute,
  type Node,
  tensorFromNumbers,
} from "@flotilla/onnx";

/** Rewrites operators that TFLite lacks into ones that it has, before anything is written. */
export interface Lowering {
  readonly operators: readonly string[];
  /** Whether it is for this node at all, where the operator itself may be written; default always. */
  readonly applies?: (graph: Graph, node: Node) => boolean;
  /** Why this node cannot be rewritten; null where it can. */
  readonly refuse?: (graph: Graph, node: Node) => string | null;
  /** Builds what stands for the node and returns the value of each of its outputs; "" for one that nothing reads. */
  readonly build: (builder: NodeBuilder, node: Node) => string | readonly string[];
}

/** Adds nodes in front of the one that is rewritten. */
export class NodeBuilder {
  readonly graph: Graph;

  constructor(graph: Graph) {
    this.graph = graph;
  }

  op(opType: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>> = {}): string {
    const output = this.graph.freshName(opType.toLowerCase());
    this.graph.addNode({ opType, inputs, outputs: [output], attributes });
    return output;
  }

  ops(opType: string, inputs: readonly string[], outputs: number, attributes: Readonly<Record<string, Attribute>> = {}): readonly string[] {
    const names = Array.from({ length: outputs }, () => this.graph.freshName(opType.toLowerCase()));
    this.graph.addNode({ opType, inputs, outputs: names, attributes });
    return names;
  }

  scalar(value: number): string {
    return this.graph.addConstant(tensorFromNumbers(DataType.FLOAT, [], [value]));
  }

  floats(dims: readonly number[], values: ArrayLike<number>): string {
    return this.graph.addConstant(tensorFromNumbers(DataType.FLOAT, dims, values));
  }

  integers(values: readonly number[]): string {
    return this.graph.addConstant(int64Tensor(values));
  }

  reduce(opType: string, input: string, axes: readonly number[], keepDims = true): string {
    return this.op(opType, [input, this.integers(axes)], { keepdims: intAttribute(keepDims ? 1 : 0) });
  }

  reshape(input: string, shape: readonly number[]): string {
    return this.op("Reshape", [input, this.integers(shape)]);
  }

  transpose(input: string, perm: readonly number[]): string {
    return this.op("Transpose", [input], { perm: intsAttribute(perm) });
  }

  /** x multiplied by itself, as often as powers need. */
  square(input: string): string {
    return this.op("Mul", [input, input]);
  }
}

/** The shape of a value whose sizes are all known. */
export function knownShape(graph: Graph, value: string): readonly number[] | null {
  const shape = graph.typeOf(value)?.shape ?? null;
  return shape?.every((dim): dim is number => typeof dim === "number") === true ? shape : null;
}
