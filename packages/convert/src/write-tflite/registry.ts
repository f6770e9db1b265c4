import { cumSum } from "./ops/cum-sum.ts";
import { gatherNd } from "./ops/gather-nd.ts";
import { topK } from "./ops/top-k.ts";
import { argMax } from "./ops/arg-max.ts";
import { binary } from "./ops/binary.ts";
import { cast } from "./ops/cast.ts";
import { clip } from "./ops/clip.ts";
import { concat } from "./ops/concat.ts";
import { conv } from "./ops/conv.ts";
import { convTranspose } from "./ops/conv-transpose.ts";
import { depthSpace } from "./ops/depth-space.ts";
import { expand } from "./ops/expand.ts";
import { gather } from "./ops/gather.ts";
import { identityRule } from "./ops/identity.ts";
import { lrn } from "./ops/lrn.ts";
import { matmul } from "./ops/matmul.ts";
import { pad } from "./ops/pad.ts";
import { pool } from "./ops/pool.ts";
import { prelu } from "./ops/prelu.ts";
import { quantise } from "./ops/quantise.ts";
import { reduce } from "./ops/reduce.ts";
import { reshape } from "./ops/reshape.ts";
import { resize } from "./ops/resize.ts";
import { slice } from "./ops/slice.ts";
import { softmax } from "./ops/softmax.ts";
import { split } from "./ops/split.ts";
import { transpose } from "./ops/transpose.ts";
import { unary } from "./ops/unary.ts";
import { where } from "./ops/where.ts";
import type { OperatorRule } from "./rule.ts";

/** Everything that is written as TFLite, operator by operator: the documentation and the verdict are made from this table. */
export const WRITE_RULES: readonly OperatorRule[] = [
  conv,
  convTranspose,
  matmul,
  pool,
  reduce,
  binary,
  unary,
  clip,
  prelu,
  softmax,
  lrn,
  concat,
  split,
  slice,
  pad,
  reshape,
  transpose,
  gather,
  expand,
  resize,
  depthSpace,
  where,
  cast,
  argMax,
  topK,
  gatherNd,
  cumSum,
  identityRule,
  quantise,
];

const BY_OPERATOR: ReadonlyMap<string, OperatorRule> = new Map(
  WRITE_RULES.flatMap((rule) => rule.operators.map((operator): [string, OperatorRule] => [operator, rule])),
);

export function ruleFor(operator: string): OperatorRule | undefined {
  return BY_OPERATOR.get(operator);
}
