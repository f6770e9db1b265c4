import type { Node } from "@flotilla/onnx";
import { knownShape, type Lowering, type NodeBuilder } from "./lowering.ts";

interface Equation {
  readonly operands: readonly string[];
  readonly result: string;
}

/**
 * Einsum of one or two operands: sums, a transposition, and one MatMul of [batch, rows, inner] and [batch, inner, columns].
 * Source: https://onnx.ai/onnx/operators/onnx__Einsum.html
 */
export const einsum: Lowering = {
  operators: ["Einsum"],
  refuse: (graph, node) => {
    const equation = readEquation(node);
    if (equation === null) return "its equation repeats an axis within an operand, or has an ellipsis. Write it out.";
    if (equation.operands.length > 2) return `it has ${equation.operands.length} operands. Split it into products of two.`;
    return node.inputs.every((input) => knownShape(graph, input) !== null) ? null : "the shapes of its operands are not known.";
  },
  build: (b, node) => {
    const equation = readEquation(node) ?? { operands: [], result: "" };
    const sizes = sizesOf(b, node, equation);
    const [left = "", right] = equation.operands;
    const terms = node.inputs.map((input, index) => sumAlone(b, input, equation, index));
    const [first = { value: "", labels: left }, second] = terms;
    if (right === undefined || second === undefined) return arranged(b, first.value, first.labels, equation.result);
    return multiply(b, first, second, { result: equation.result, sizes });
  },
};

function readEquation(node: Node): Equation | null {
  const [terms = "", given] = node.string("equation", "").replaceAll(/\s/gu, "").split("->");
  const operands = terms.split(",");
  if (operands.some((term) => !/^[A-Za-z]*$/u.test(term) || new Set(term).size !== term.length)) return null;
  // Without an arrow: the axes that appear once, in alphabetical order.
  const all = [...terms.replaceAll(",", "")];
  const result =
    given ??
    all
      .filter((label) => all.indexOf(label) === all.lastIndexOf(label))
      .sort()
      .join("");
  return { operands, result };
}

function sizesOf(b: NodeBuilder, node: Node, { operands }: Equation): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  for (const [index, labels] of operands.entries())
    for (const [axis, label] of [...labels].entries()) sizes.set(label, knownShape(b.graph, node.inputs[index] ?? "")?.[axis] ?? 1);
  return sizes;
}

interface Term {
  readonly value: string;
  readonly labels: string;
}

/** Sums the axes that neither the other operand nor the result has. */
function sumAlone(b: NodeBuilder, value: string, { operands, result }: Equation, index: number): Term {
  const labels = operands[index] ?? "";
  const others = operands.filter((_, other) => other !== index).join("") + result;
  const alone = [...labels].filter((label) => !others.includes(label));
  if (alone.length === 0) return { value, labels };
  const axes = alone.map((label) => labels.indexOf(label));
  return { value: b.reduce("ReduceSum", value, axes, false), labels: [...labels].filter((label) => !alone.includes(label)).join("") };
}

/** The value with its axes in another order. */
function arranged(b: NodeBuilder, value: string, from: string, to: string): string {
  return from === to
    ? b.op("Identity", [value])
    : b.transpose(
        value,
        [...to].map((label) => from.indexOf(label)),
      );
}

function multiply(
  b: NodeBuilder,
  left: Term,
  right: Term,
  { result, sizes }: { readonly result: string; readonly sizes: ReadonlyMap<string, number> },
): string {
  const both = [...left.labels].filter((label) => right.labels.includes(label));
  const batch = both.filter((label) => result.includes(label)).join("");
  const inner = both.filter((label) => !result.includes(label)).join("");
  const rows = [...left.labels].filter((label) => !right.labels.includes(label)).join("");
  const columns = [...right.labels].filter((label) => !left.labels.includes(label)).join("");
  const count = (labels: string): number => [...labels].reduce((total, label) => total * (sizes.get(label) ?? 1), 1);
  const matrix = ({ value, labels }: Term, order: string, dims: readonly number[]): string => {
    const turned =
      labels === order
        ? value
        : b.transpose(
            value,
            [...order].map((label) => labels.indexOf(label)),
          );
    return b.reshape(turned, batch === "" ? dims : [count(batch), ...dims]);
  };
  const product = b.op("MatMul", [
    matrix(left, batch + rows + inner, [count(rows), count(inner)]),
    matrix(right, batch + inner + columns, [count(inner), count(columns)]),
  ]);
  const order = batch + rows + columns;
  const shaped = b.reshape(
    product,
    [...order].map((label) => sizes.get(label) ?? 1),
  );
  return order === result ? shaped : arranged(b, shaped, order, result);
}
