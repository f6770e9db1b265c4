import type { GraphBuilder } from "@flotilla/onnx";

/** Where step t may look: bool [to, from], true up to t, from scores [..., to, from]. */
export function causalMask(b: GraphBuilder, scores: string): string {
  const rank = b.rank(scores);
  const steps = (axis: number, at: number): string => {
    const count = b.op("Squeeze", [b.op("Slice", [b.op("Shape", [scores]), b.ints([axis]), b.ints([axis + 1])]), b.ints([0])]);
    return b.op("Unsqueeze", [b.op("Range", [b.int(0), count, b.int(1)]), b.ints([at])]);
  };
  return b.op("GreaterOrEqual", [steps(rank - 2, 1), steps(rank - 1, 0)]);
}
