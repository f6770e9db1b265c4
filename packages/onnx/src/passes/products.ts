import type { Graph } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import { elementCount, toNumbers } from "../graph/tensor.ts";

/** A tree of multiplications (or additions), taken apart. */
export interface Terms {
  /** The operands that are not constant scalars. */
  readonly values: readonly string[];
  /** What the constant scalars make together: their product, or their sum. */
  readonly constant: number;
  /** The inner nodes, the root included. */
  readonly nodes: readonly Node[];
}

/** The value of a constant of one element; null for everything else. */
export function scalarConstant(graph: Graph, value: string): number | null {
  const tensor = graph.constantOf(value);
  if (tensor === null || tensor.strings !== undefined || elementCount(tensor.dims) !== 1) return null;
  return toNumbers(tensor)[0] ?? null;
}

/** Whether only one node reads `value`, and nothing outside the graph. */
export function readOnce(graph: Graph, value: string): boolean {
  return graph.consumerCount(value) === 1 && !graph.isOutput(value);
}

/** The factors of the product that `node` (Mul, or Div by a constant) is the root of. */
export function factorsOf(graph: Graph, node: Node): Terms | null {
  return takeApart(graph, node, "Mul", "Div", 1, (left, right, inverse) => (inverse ? left / right : left * right));
}

/** The terms of the sum that `node` (Add, or Sub of a constant) is the root of. */
export function termsOf(graph: Graph, node: Node): Terms | null {
  return takeApart(graph, node, "Add", "Sub", 0, (left, right, inverse) => (inverse ? left - right : left + right));
}

function takeApart(
  graph: Graph,
  root: Node,
  forward: string,
  backward: string,
  neutral: number,
  combine: (left: number, right: number, inverse: boolean) => number,
): Terms | null {
  const values: string[] = [];
  const nodes: Node[] = [];
  let constant = neutral;
  const visit = (node: Node): boolean => {
    const inverse = node.is(backward);
    if (!inverse && !node.is(forward)) return false;
    nodes.push(node);
    for (const [index, input] of node.inputs.entries()) {
      const scalar = scalarConstant(graph, input);
      if (scalar !== null) {
        if (inverse && index === 0) return false;
        constant = combine(constant, scalar, inverse);
        continue;
      }
      if (inverse && index === 1) return false;
      const producer = graph.producerOf(input);
      const inner = producer !== null && readOnce(graph, input) && (producer.is(forward) || isInverseByConstant(graph, producer, backward));
      if (!inner || !visit(producer)) values.push(input);
    }
    return true;
  };
  return visit(root) ? { values, constant, nodes } : null;
}

function isInverseByConstant(graph: Graph, node: Node, backward: string): boolean {
  return node.is(backward) && scalarConstant(graph, node.inputs[1] ?? "") !== null;
}

/** Whether two values have as many axes: a constant of one element with more axes than the data would widen them. */
export function sameRank(graph: Graph, left: string, right: string): boolean {
  const rank = graph.typeOf(left)?.shape?.length;
  return rank !== undefined && rank === graph.typeOf(right)?.shape?.length;
}

/** Constants in files are float32, or written with a few digits. */
export function about(value: number | null, wanted: number): boolean {
  return value !== null && Math.abs(value - wanted) <= 2.5e-5 * Math.abs(wanted);
}
