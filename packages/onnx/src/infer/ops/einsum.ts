import type { Dim } from "../../graph/types.ts";
import type { InferRule } from "../context.ts";

interface Einsum {
  /** A label per axis of each operand; the axes under "..." are labelled "0", "1", … from the right end. */
  readonly inputs: readonly (readonly string[])[];
  readonly output: readonly string[];
}

/** Reads an equation; without "->" the output has every label that stands once, in alphabetical order (numpy.einsum). */
export function parseEinsum(equation: string, ranks: readonly number[]): Einsum {
  const [left = "", right] = equation.replaceAll(" ", "").split("->");
  const terms = left.split(",");
  const hidden = terms.map((term, operand) => (ranks[operand] ?? 0) - term.replace("...", "").length);
  const widest = Math.max(0, ...terms.map((term, operand) => (term.includes("...") ? (hidden[operand] ?? 0) : 0)));
  const dots = (count: number): string[] => Array.from({ length: count }, (_, at) => String(count - 1 - at));
  const expand = (term: string, count: number): string[] => {
    const [before = "", after] = term.split("...");
    return after === undefined ? before.split("") : [...before.split(""), ...dots(count), ...after.split("")];
  };
  const inputs = terms.map((term, operand) => expand(term, hidden[operand] ?? 0));
  if (right !== undefined) return { inputs, output: expand(right, widest) };
  const letters = inputs.flat().filter((label) => !/\d/u.test(label));
  const once = [...new Set(letters)].filter((label) => letters.indexOf(label) === letters.lastIndexOf(label)).sort();
  return { inputs, output: [...dots(widest), ...once] };
}

const einsum: InferRule = ({ inputs, node }) => {
  const elemType = inputs[0]?.elemType ?? 0;
  const shapes = inputs.map((input) => input?.shape ?? null);
  if (shapes.some((shape) => shape === null)) return [{ elemType, shape: null }];
  const equation = parseEinsum(
    node.string("equation", ""),
    shapes.map((shape) => shape?.length ?? 0),
  );
  const sizes = new Map<string, Dim>();
  for (const [operand, labels] of equation.inputs.entries())
    for (const [axis, label] of labels.entries()) {
      const known = sizes.get(label) ?? null;
      if (known === null || known === 1) sizes.set(label, shapes[operand]?.[axis] ?? null);
    }
  return [{ elemType, shape: equation.output.map((label) => sizes.get(label) ?? null) }];
};

export const einsumRules: Readonly<Record<string, InferRule>> = { Einsum: einsum };
