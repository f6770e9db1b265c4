import { DataType, type Tensor, tensorFromNumbers } from "@flotilla/onnx";
import type { Emitter } from "../emitter.ts";
import { refusal, type Refusal } from "../../reasons.ts";
import type { OperatorView } from "../operator-view.ts";
import { tensorTypeName } from "../source/tensor-types.ts";
import type { OperatorRule, Rules } from "../rule.ts";

interface Reduction {
  /** ScatterND's word for it. */
  readonly name: "add" | "mul" | "max" | "min";
  /** What a segment without rows is: TFLite takes the type's own limits for maximum and minimum. */
  readonly empty: (elemType: number) => number;
}

const LARGEST: Readonly<Record<number, number>> = { [DataType.FLOAT]: 3.4028234663852886e38, [DataType.INT32]: 2 ** 31 - 1 };
const LEAST: Readonly<Record<number, number>> = { [DataType.FLOAT]: -3.4028234663852886e38, [DataType.INT32]: -(2 ** 31) };

function emptyRow(e: Emitter, { empty }: Reduction): Tensor {
  const { elemType } = e.b.type(e.real(0));
  return tensorFromNumbers(elemType, [1], [empty(elemType)]);
}

/** Rows of input 0 put together by the numbers of input 1, in `rows` segments; rows of a negative number belong to none. */
function scatter(e: Emitter, reduction: Reduction, rows: string): string {
  const data = e.real(0);
  const ids = e.indices(1);
  const inner = e.b.op("Slice", [e.b.op("Shape", [data]), e.b.ints([e.rank(ids)]), e.b.ints([2 ** 31 - 1])]);
  // One row more, for those that belong to none.
  const room = e.b.op("Concat", [e.b.op("Add", [rows, e.b.ints([1])]), inner], { axis: 0n });
  const start = e.b.op("ConstantOfShape", [room], { value: { kind: "tensor", value: emptyRow(e, reduction) } });
  const places = e.b.op("Where", [e.b.op("Less", [ids, e.b.int(0)]), rows, ids]);
  const written = e.b.op("ScatterND", [start, e.b.op("Unsqueeze", [places, e.b.ints([-1])]), data], { reduction: reduction.name });
  return e.b.op("Slice", [written, e.b.ints([0]), rows, e.b.ints([0])]);
}

function refuse(view: OperatorView): Refusal | null {
  const { type } = view.need(0);
  return view.need(0).quantisation === null && (type === 0 || type === 2) ? null : refusal("OPERATOR_TYPE", { type: tensorTypeName(type) });
}

/** UNSORTED_SEGMENT_*: data, the segment of each row, how many segments there are. */
function unsorted(reduction: Reduction): OperatorRule {
  return {
    refuse,
    convert: (e) => e.setReal(0, scatter(e, reduction, e.b.op("Reshape", [e.indices(2), e.b.ints([1])]))),
  };
}

const sum: Reduction = { name: "add", empty: () => 0 };

/** SEGMENT_SUM: data, the segment of each row, ascending; the last one says how many there are. */
const segmentSum: OperatorRule = {
  refuse,
  convert: (e) => {
    const last = e.b.op("Slice", [e.indices(1), e.b.ints([-1]), e.b.ints([2 ** 31 - 1]), e.b.ints([0])]);
    e.setReal(0, scatter(e, sum, e.b.op("Add", [last, e.b.ints([1])])));
  },
};

/** Rows put together by segments. Source: TFLite's kernels/segment_sum.cc and unsorted_segment.cc */
export const segmentRules: Rules = {
  SEGMENT_SUM: segmentSum,
  UNSORTED_SEGMENT_SUM: unsorted(sum),
  UNSORTED_SEGMENT_PROD: unsorted({ name: "mul", empty: () => 1 }),
  UNSORTED_SEGMENT_MAX: unsorted({ name: "max", empty: (elemType) => LEAST[elemType] ?? 0 }),
  UNSORTED_SEGMENT_MIN: unsorted({ name: "min", empty: (elemType) => LARGEST[elemType] ?? 0 }),
};
