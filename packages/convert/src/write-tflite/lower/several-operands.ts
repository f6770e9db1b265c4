import type { Lowering } from "./lowering.ts";

const PAIRS: Readonly<Record<string, string>> = { Sum: "Add", Mean: "Add", Max: "Max", Min: "Min" };

/** Sum, Mean, Max and Min of any number of operands, as a chain of two. */
export const severalOperands: Lowering = {
  operators: Object.keys(PAIRS),
  applies: (_, node) => !node.is("Max", "Min") || node.inputs.length !== 2,
  build: (b, node) => {
    const [first = "", ...others] = node.inputs;
    const pair = PAIRS[node.opType] ?? "Add";
    const chain = others.reduce((result, input) => b.op(pair, [result, input]), first);
    const result = chain === first && !node.is("Mean") ? b.op("Identity", [first]) : chain;
    return node.is("Mean") ? b.op("Mul", [result, b.scalar(1 / node.inputs.length)]) : result;
  },
};
