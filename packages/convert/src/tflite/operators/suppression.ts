import { DataType, tensorFromNumbers } from "@flotilla/onnx";
import type { Emitter } from "../emitter.ts";
import type { OperatorView } from "../operator-view.ts";
import type { OperatorRule, Rules } from "../rule.ts";
import { refusal, type Refusal } from "../../reasons.ts";

function refuse(view: OperatorView): Refusal | null {
  if (view.integers(2) === null) return refusal("COMPUTED_BOX_COUNT");
  const sigma = view.source(5);
  if (sigma === null) return null;
  const soft = sigma.data === null || sigma.data.some((byte) => byte !== 0);
  return soft ? refusal("SOFT_SUPPRESSION") : null;
}

/** Boxes that are kept, best first, as int32 [found]. TFLite keeps only scores above the threshold, as ONNX does. */
function kept(e: Emitter, most: number): string {
  const boxes = e.b.op("Unsqueeze", [e.real(0), e.b.ints([0])]);
  const scores = e.b.op("Unsqueeze", [e.real(1), e.b.ints([0, 1])]);
  const limit = (index: number): string => e.b.op("Reshape", [e.real(index), e.b.ints([1])]);
  const picked = e.b.op("NonMaxSuppression", [boxes, scores, e.b.ints([most]), limit(3), limit(4)]);
  return e.cast(e.b.op("Gather", [picked, e.b.int(2)], { axis: 1n }), DataType.INT32);
}

/** Exactly `most` values, zeros behind those that were found. */
function fill(e: Emitter, value: string, most: number): string {
  const zeros = e.b.constant(
    tensorFromNumbers(
      e.b.type(value).elemType,
      [most],
      Array.from({ length: most }, () => 0),
    ),
  );
  return e.b.op("Slice", [e.b.op("Concat", [value, zeros], { axis: 0n }), e.b.ints([0]), e.b.ints([most]), e.b.ints([0])]);
}

function suppression(withScores: boolean): OperatorRule {
  return {
    limits: "How many boxes are kept at most is a constant; soft suppression is not converted.",
    refuse,
    convert: (e) => {
      const most = e.integers(2)?.[0] ?? 0;
      const found = kept(e, most);
      e.setStored(0, fill(e, found, most));
      if (withScores) e.setReal(1, fill(e, e.b.op("Gather", [e.real(1), found], { axis: 0n }), most));
      const count = e.b.op("Reshape", [e.b.op("Shape", [found]), e.b.ints([])]);
      e.setStored(withScores ? 2 : 1, e.cast(count, DataType.INT32));
    },
  };
}

/**
 * NON_MAX_SUPPRESSION_V4: boxes [boxes, 4] by corners, scores, most, overlap, least score; gives indices and their number. V5 gives scores too.
 * Source: TFLite's kernels/non_max_suppression.cc
 */
export const suppressionRules: Rules = { NON_MAX_SUPPRESSION_V4: suppression(false), NON_MAX_SUPPRESSION_V5: suppression(true) };
