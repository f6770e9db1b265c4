import type { Emitter } from "../emitter.ts";
import type { OperatorRule } from "../rule.ts";

/** BATCH_MATMUL: the last two axes of either operand may be swapped first; the others are broadcast. Source: TFLite's kernels/batch_matmul.cc */
export const batchMatmul: OperatorRule = {
  convert: (e) => {
    const { adjX, adjY } = e.options("BatchMatMulOptions");
    e.setReal(0, e.b.op("MatMul", [operand(e, 0, adjX), operand(e, 1, adjY)]));
  },
};

function operand(e: Emitter, index: number, swap: boolean): string {
  if (!swap) return e.real(index);
  const rank = e.rank(e.stored(index));
  const perm = Array.from({ length: rank }, (_, axis) => axis);
  return e.permuted(index, [...perm.slice(0, -2), rank - 1, rank - 2]);
}
