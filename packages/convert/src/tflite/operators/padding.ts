import { tensorFromNumbers } from "@flotilla/onnx";
import { MirrorPadMode } from "../../tflite-schema/gen/tflite.ts";
import { onnxType } from "../source/tensor-types.ts";
import type { Emitter } from "../emitter.ts";
import { channelsFirst, channelsLast } from "../layout.ts";
import { WINDOWED } from "../windowed.ts";
import type { OperatorRule, Rules } from "../rule.ts";
import { refusal } from "../../reasons.ts";

/** TFLite's pairs [before, after] of each axis as ONNX's list: all befores, then all afters. */
function padList(pairs: readonly number[], order: readonly number[]): number[] {
  return [...order.map((axis) => pairs[axis * 2] ?? 0), ...order.map((axis) => pairs[axis * 2 + 1] ?? 0)];
}

function identity(rank: number): number[] {
  return Array.from({ length: rank }, (_, axis) => axis);
}

/** Whether only convolutions and poolings read the result: the padding then works with channels first as they do, and folds into them. */
function feedsWindows(e: Emitter): boolean {
  const output = e.operator.outputs[0] ?? -1;
  const readers = e.graph.operators.filter(({ inputs }) => inputs.includes(output));
  return readers.length > 0 && !e.graph.outputs.includes(output) && readers.every(({ kind }) => WINDOWED.has(kind));
}

function pad(e: Emitter, filler: (value: string) => string): void {
  const rank = e.need(0).shape.length;
  const constant = e.integers(1);
  const first = constant !== null && rank === 4 && feedsWindows(e);
  const order = first ? channelsFirst(rank) : identity(rank);
  const pads =
    constant === null
      ? e.b.op("Reshape", [e.b.op("Transpose", [e.indices(1)], { perm: [1n, 0n] }), e.b.ints([-1])])
      : e.b.ints(padList(constant, order));
  e.move(0, 0, (value) => {
    const data = first ? e.b.op("Transpose", [value], { perm: order.map(BigInt) }) : value;
    const padded = e.b.op("Pad", [data, pads, filler(value)]);
    return first ? e.b.op("Transpose", [padded], { perm: channelsLast(rank).map(BigInt) }) : padded;
  });
}

/** PAD: with zero; of integers with their zero point. Source: TFLite's kernels/pad.cc */
const padRule: OperatorRule = {
  convert: (e) => {
    const zero = e.sameScale(0, 0) ? (e.need(0).quantisation?.zeroPoint[0] ?? 0) : 0;
    pad(e, (value) => e.b.constant(tensorFromNumbers(e.b.type(value).elemType, [], [zero])));
  },
};

/** PADV2: with a value of the data's own type and scale. */
const padV2: OperatorRule = {
  convert: (e) => pad(e, () => e.b.op("Reshape", [e.sameScale(0, 0) ? e.stored(2) : e.real(2), e.b.ints([])])),
};

/**
 * MIRROR_PAD: REFLECT leaves the border itself out and is ONNX's `reflect`; SYMMETRIC repeats it, which ONNX has not: it is written as pieces turned
 * round and joined. Source: TFLite's kernels/mirror_pad.cc
 */
const mirrorPad: OperatorRule = {
  refuse: (view) => {
    if (view.integers(1) === null) return refusal("COMPUTED_PADDINGS");
    return onnxType(view.need(0).type) === null ? refusal("NO_NUMBERS") : null;
  },
  convert: (e) => {
    const pairs = e.integers(1) ?? [];
    const rank = e.need(0).shape.length;
    if (e.options("MirrorPadOptions").mode === MirrorPadMode.REFLECT)
      e.move(0, 0, (value) => e.b.op("Pad", [value, e.b.ints(padList(pairs, identity(rank)))], { mode: "reflect" }));
    else
      e.move(0, 0, (value) =>
        identity(rank).reduce((data, axis) => symmetric(e, data, axis, pairs[axis * 2] ?? 0, pairs[axis * 2 + 1] ?? 0), value),
      );
  },
};

function symmetric(e: Emitter, data: string, axis: number, before: number, after: number): string {
  const last = 2n ** 63n - 1n;
  const piece = (start: bigint, end: bigint): string =>
    e.b.op("Slice", [data, e.b.ints([start]), e.b.ints([end]), e.b.ints([axis]), e.b.ints([-1])]);
  const pieces = [
    ...(before === 0 ? [] : [piece(BigInt(before - 1), -last)]),
    data,
    ...(after === 0 ? [] : [piece(-1n, BigInt(-after - 1))]),
  ];
  return pieces.length === 1 ? data : e.b.op("Concat", pieces, { axis: BigInt(axis) });
}

export const paddingRules: Rules = { PAD: padRule, PADV2: padV2, MIRROR_PAD: mirrorPad };
