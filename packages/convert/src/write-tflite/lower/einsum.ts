import type { Graph, Node } from "@flotilla/onnx";
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
    if (node.inputs.some((input) => knownShape(graph, input) === null)) return "the shapes of its operands are not known.";
    const equation = readEquation(graph, node);
    if (equation === null) return "its equation repeats an axis within an operand, or has several ellipses. Write it out.";
    return equation.operands.length > 2 ? `it has ${equation.operands.length} operands. Split it into products of two.` : null;
  },
  build: (b, node) => {
    const equation = readEquation(b.graph, node) ?? { operands: [], result: "" };
    const sizes = sizesOf(b, node, equation);
    const [left = "", right] = equation.operands;
    const terms = node.inputs.map((input, index) => sumAlone(b, input, equation, index));
    const [first = { value: "", labels: left }, second] = terms;
    if (right === undefined || second === undefined) return arranged(b, first.value, first.labels, equation.result);
    return multiply(b, first, second, { result: equation.result, sizes });
  },
};

/** Labels for the axes of an ellipsis: letters that equations rarely have; an equation that has them is refused. */
const ELLIPSIS = "ZYXWVU";

/** The equation with its ellipsis written out; null where it cannot be read. */
function readEquation(graph: Graph, node: Node): Equation | null {
  const text = node.string("equation", "").replaceAll(/\s/gu, "");
  const [terms = "", given] = text.split("->");
  const operands: string[] = [];
  let spread = "";
  for (const [index, term] of terms.split(",").entries()) {
    const rank = knownShape(graph, node.inputs[index] ?? "")?.length ?? 0;
    const hidden = term.includes("...") ? ELLIPSIS.slice(0, rank - (term.length - 3)) : "";
    // Ellipses of different lengths are aligned at their last axes, which is not written here.
    if (hidden !== "" && spread !== "" && hidden !== spread) return null;
    if (hidden !== "") spread = hidden;
    operands.push(term.replace("...", hidden));
  }
  if (operands.some((term) => !/^[A-Za-z]*$/u.test(term) || new Set(term.split("")).size !== term.length)) return null;
  if (spread !== "" && spread.split("").some((label) => text.includes(label))) return null;
  if (given !== undefined) return { operands, result: given.replace("...", spread) };
  // Without an arrow: the axes that appear once, in alphabetical order.
  const all = operands.join("").split("");
  const once = all.filter((label) => all.indexOf(label) === all.lastIndexOf(label) && !spread.includes(label));
  return { operands, result: spread + once.sort().join("") };
}

function sizesOf(b: NodeBuilder, node: Node, { operands }: Equation): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  for (const [index, labels] of operands.entries())
    for (const [axis, label] of labels.split("").entries()) sizes.set(label, knownShape(b.graph, node.inputs[index] ?? "")?.[axis] ?? 1);
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
  const alone = labels.split("").filter((label) => !others.includes(label));
  if (alone.length === 0) return { value, labels };
  const axes = alone.map((label) => labels.indexOf(label));
  return {
    value: b.reduce("ReduceSum", value, axes, false),
    labels: labels
      .split("")
      .filter((label) => !alone.includes(label))
      .join(""),
  };
}

/** The value with its axes in another order. */
function arranged(b: NodeBuilder, value: string, from: string, to: string): string {
  return from === to
    ? b.op("Identity", [value])
    : b.transpose(
        value,
        to.split("").map((label) => from.indexOf(label)),
      );
}

function multiply(
  b: NodeBuilder,
  left: Term,
  right: Term,
  { result, sizes }: { readonly result: string; readonly sizes: ReadonlyMap<string, number> },
): string {
  const both = left.labels.split("").filter((label) => right.labels.includes(label));
  const batch = both.filter((label) => result.includes(label)).join("");
  const inner = both.filter((label) => !result.includes(label)).join("");
  const rows = left.labels
    .split("")
    .filter((label) => !right.labels.includes(label))
    .join("");
  const columns = right.labels
    .split("")
    .filter((label) => !left.labels.includes(label))
    .join("");
  const count = (labels: string): number => labels.split("").reduce((total, label) => total * (sizes.get(label) ?? 1), 1);
  const matrix = ({ value, labels }: Term, order: string, dims: readonly number[]): string => {
    const turned =
      labels === order
        ? value
        : b.transpose(
            value,
            order.split("").map((label) => labels.indexOf(label)),
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
    order.split("").map((label) => sizes.get(label) ?? 1),
  );
  return order === result ? shaped : arranged(b, shaped, order, result);
}
