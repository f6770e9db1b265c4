import type { GraphBuilder } from "@flotilla/onnx";
import { toFloat, type LayerCall } from "./layer-call.ts";
import type { LayerKind } from "./layer-kind.ts";
import { mergeInputs } from "./merge.ts";

/**
 * Dot: per sample, the sum over one axis of each of two inputs; the other axes of the first, then of the second, stay. Two vectors give [n, 1].
 * `normalize` divides each by its length first.
 * Source: keras/src/layers/merging/dot.py, batch_dot
 */
export const dot: LayerKind = {
  classes: ["Dot"],
  about: "Einsum; with normalize ReduceL2 and Div before it",
  convert: (call) => {
    const { b, config } = call;
    const [left = "", right = "", ...rest] = mergeInputs(call).map((value) => toFloat(b, value));
    if (right === "" || rest.length > 0) call.fail("needs exactly 2 inputs");
    const given = config.numbers("axes");
    const ranks = [b.rank(left), b.rank(right)] as const;
    const axes = [call.axis(given[0] ?? -1, ranks[0]), call.axis(given[1] ?? given[0] ?? -1, ranks[1])] as const;
    const operands = config.bool("normalize", false) ? [unit(call, left, axes[0]), unit(call, right, axes[1])] : [left, right];
    const product = b.op("Einsum", operands, { equation: equationOf(ranks, axes) });
    return b.rank(product) === 1 ? b.op("Unsqueeze", [product, b.ints([1])]) : product;
  },
};

/** `n` is the batch, `k` the axis that is summed over. */
function equationOf([left, right]: readonly [number, number], axes: readonly [number, number]): string {
  const name = (rank: number, axis: number, from: string): string[] =>
    Array.from({ length: rank }, (_, index) =>
      index === 0 ? "n" : index === axis ? "k" : String.fromCharCode(from.charCodeAt(0) + index),
    );
  const [first, second] = [name(left, axes[0], "A"), name(right, axes[1], "a")];
  const result = ["n", ...[...first, ...second].filter((letter) => letter !== "n" && letter !== "k")];
  return `${first.join("")},${second.join("")}->${result.join("")}`;
}

function unit({ b, config }: LayerCall, value: string, axis: number): string {
  return b.op("Div", [
    value,
    atLeast(b, b.op("ReduceL2", [value], { axes: [BigInt(axis)], keepdims: 1n }), config.keras === 3 ? 1e-12 : 1e-6),
  ]);
}

function atLeast(b: GraphBuilder, value: string, least: number): string {
  return b.op("Max", [value, b.floats(least)]);
}
