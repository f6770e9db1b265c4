import { DataType, tensorFromNumbers } from "@flotilla/onnx";
import { convertError } from "../../errors.ts";
import type { Emitter } from "../emitter.ts";
import { TensorType } from "../../tflite-schema/gen/tflite.ts";
import { onnxType } from "../source/tensor-types.ts";
import { convertRepetition } from "./repetition.ts";
import type { OperatorRule, Rules } from "../rule.ts";
import { refusal } from "../../reasons.ts";

/** What only moves elements moves the parts of complex ones. */
const COMPLEX = [TensorType.COMPLEX64];

/** The sizes that a Reshape is asked for, as a value: constant input, computed input or option, in this order. */
function wantedShape(e: Emitter): string {
  if (e.has(1) && (e.integers(1)?.length ?? 1) > 0) return e.indices(1);
  const { newShape } = e.options("ReshapeOptions");
  return e.b.ints(newShape.length > 0 ? newShape : e.target(0).shape);
}

/**
 * RESHAPE: one size may be -1. A 0 of TFLite is a size, ONNX's means "as before", so `allowzero` is set where one is asked for.
 * Source: TFLite's kernels/reshape.cc
 */
const reshape: OperatorRule = {
  carries: COMPLEX,
  convert: (e) => {
    const zero = e.integers(1)?.includes(0) === true;
    const shape = wantedShape(e);
    e.move(0, 0, (value) => e.b.op("Reshape", [value, shape], zero ? { allowzero: 1n } : {}));
    if (e.need(0).type !== TensorType.COMPLEX64) convertRepetition(e);
  },
};

const squeeze: OperatorRule = {
  carries: COMPLEX,
  convert: (e) => {
    const { squeezeDims } = e.options("SqueezeOptions");
    const rank = e.rankOf(0);
    const given = squeezeDims.length > 0 ? squeezeDims : e.need(0).shape.flatMap((dim, axis) => (dim === 1 ? [axis] : []));
    const axes = given.map((axis) => (axis < 0 ? axis + rank : axis));
    e.move(0, 0, (value) => e.b.op("Squeeze", [value, e.b.ints(axes)]));
  },
};

const expandDims: OperatorRule = {
  carries: COMPLEX,
  refuse: (view) => (view.integers(1) === null ? refusal("COMPUTED_AXES") : null),
  convert: (e) => e.move(0, 0, (value) => e.b.op("Unsqueeze", [value, e.b.ints(e.integers(1) ?? [0])])),
};

const transpose: OperatorRule = {
  carries: COMPLEX,
  refuse: (view) => (view.integers(1) === null ? refusal("COMPUTED_AXES") : null),
  convert: (e) => {
    const rank = e.rankOf(0);
    const perm = (e.integers(1) ?? []).map((axis) => BigInt(axis < 0 ? axis + rank : axis));
    e.move(0, 0, (value) => e.b.op("Transpose", [value], { perm }));
  },
};

const shape: OperatorRule = {
  convert: (e) => e.setStored(0, e.cast(e.b.op("Shape", [e.stored(0)]), onnxType(e.target(0).type) ?? DataType.INT32)),
};

const rank: OperatorRule = {
  convert: (e) => e.setStored(0, e.b.constant(tensorFromNumbers(DataType.INT32, [], [e.rankOf(0)]))),
};

const fill: OperatorRule = {
  convert: (e) => {
    const sizes = e.indices(0);
    e.move(1, 0, (value) => e.b.op("Expand", [value, sizes]));
  },
};

const zerosLike: OperatorRule = {
  convert: (e) => {
    const zero = e.b.constant(
      tensorFromNumbers(onnxType(e.target(0).type) ?? DataType.FLOAT, [], [e.target(0).quantisation?.zeroPoint[0] ?? 0]),
    );
    e.setStored(0, e.b.op("Expand", [zero, e.b.op("Shape", [e.stored(0)])]));
  },
};

const broadcastTo: OperatorRule = {
  convert: (e) => {
    const sizes = e.indices(1);
    e.move(0, 0, (value) => e.b.op("Expand", [value, sizes]));
  },
};

const tile: OperatorRule = {
  convert: (e) => {
    const repeats = e.indices(1);
    e.move(0, 0, (value) => e.b.op("Tile", [value, repeats]));
  },
};

const range: OperatorRule = { convert: (e) => e.setStored(0, e.b.op("Range", [e.stored(0), e.stored(1), e.stored(2)])) };

/** The larger of two shapes under numpy's rule; a shorter one is as if ones stood in front. */
const broadcastArgs: OperatorRule = {
  convert: (e) => {
    const [left, right] = [e.need(0).shape[0] ?? 0, e.need(1).shape[0] ?? 0];
    const widen = (index: number, length: number): string => {
      const missing = Math.max(left, right) - length;
      const value = e.stored(index);
      return missing === 0
        ? value
        : e.b.op(
            "Concat",
            [
              e.b.constant(
                tensorFromNumbers(
                  e.b.type(value).elemType,
                  [missing],
                  Array.from({ length: missing }, () => 1),
                ),
              ),
              value,
            ],
            { axis: 0n },
          );
    };
    const [a, b] = [widen(0, left), widen(1, right)];
    // 0 beside 1 is 0: the one that is not 1 counts.
    e.setStored(0, e.b.op("Where", [e.b.op("Equal", [a, e.scalar(1, a)]), b, a]));
  },
};

/** A type may change, values are cut off towards zero. Source: TFLite's kernels/cast.cc */
const cast: OperatorRule = {
  convert: (e) => {
    const type = onnxType(e.target(0).type);
    if (type === null) throw convertError("INVALID_GRAPH", `CAST ${JSON.stringify(e.label)} has a result that is no number.`);
    e.setStored(0, e.cast(e.stored(0), type));
  },
};

/** Operators about shapes. Elements keep their order, so integers are moved as they are. Source: TFLite's kernels of the same names */
export const shapingRules: Rules = {
  RESHAPE: reshape,
  SQUEEZE: squeeze,
  EXPAND_DIMS: expandDims,
  TRANSPOSE: transpose,
  SHAPE: shape,
  RANK: rank,
  FILL: fill,
  ZEROS_LIKE: zerosLike,
  BROADCAST_TO: broadcastTo,
  BROADCAST_ARGS: broadcastArgs,
  TILE: tile,
  RANGE: range,
  CAST: cast,
};
