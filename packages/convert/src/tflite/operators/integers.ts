import { DataType } from "@flotilla/onnx";
import type { OperatorRule, Rules } from "../rule.ts";

/** BITWISE_XOR: of integers ONNX has it from set 18 on; of booleans it is Xor. */
const bitwiseXor: OperatorRule = {
  convert: (e) => {
    const opType = e.b.type(e.stored(0)).elemType === DataType.BOOL ? "Xor" : "BitwiseXor";
    e.setStored(0, e.b.op(opType, [e.stored(0), e.stored(1)]));
  },
};

/** RIGHT_SHIFT: ONNX shifts unsigned integers only. Of signed ones the sign is shifted in, which is the next lower integer of a division by a power of two. */
const rightShift: OperatorRule = {
  convert: (e) => {
    const value = e.cast(e.stored(0), DataType.INT64);
    const places = e.b.op("Min", [e.cast(e.stored(1), DataType.INT64), e.b.int(62)]);
    const power = e.b.op("Pow", [e.b.int(2), places]);
    const rest = e.b.op("Mod", [value, power]);
    e.setStored(0, e.cast(e.b.op("Div", [e.b.op("Sub", [value, rest]), power]), e.b.type(e.stored(0)).elemType));
  },
};

/** BUCKETIZE: how many of the ascending boundaries are not above the value. Source: TFLite's kernels/bucketize.cc */
const bucketize: OperatorRule = {
  convert: (e) => {
    const { boundaries } = e.options("BucketizeOptions");
    const value = e.b.op("Unsqueeze", [e.cast(e.real(0), DataType.FLOAT), e.b.ints([-1])]);
    const passed = e.cast(e.b.op("GreaterOrEqual", [value, e.b.floats(boundaries)]), DataType.INT32);
    e.setStored(0, e.b.op("ReduceSum", [passed, e.b.ints([-1])], { keepdims: 0n }));
  },
};

/** UNIQUE: the values in the order in which they first stand there, and for each element which of them it is. Source: TFLite's kernels/unique.cc */
const unique: OperatorRule = {
  convert: (e) => {
    const given = e.stored(0);
    const { elemType } = e.b.type(given);
    // Runtimes have it for the wide types.
    const wide = elemType === DataType.INT32 || elemType === DataType.INT16 || elemType === DataType.UINT8 ? DataType.INT64 : elemType;
    const [values = "", , inverse = ""] = e.b.nodeOf("Unique", [e.cast(given, wide)], 3, { sorted: 0n });
    e.setStored(0, e.cast(values, elemType));
    e.setStored(1, e.cast(inverse, e.typeOf(1)));
  },
};

/** ATAN2: the angle of (x, y), y first; ONNX has the tangent's own inverse, which knows half of the circle. */
const atan2: OperatorRule = {
  convert: (e) => {
    const [y, x] = [e.real(0), e.real(1)];
    const zero = e.scalar(0, y);
    const half = (turns: number): string => e.scalar(turns * Math.PI, y);
    const up = e.b.op("GreaterOrEqual", [y, zero]);
    const narrow = e.b.op("Atan", [e.b.op("Div", [y, x])]);
    const left = e.b.op("Add", [narrow, e.b.op("Where", [up, half(1), half(-1)])]);
    const upright = e.b.op("Where", [e.b.op("Equal", [y, zero]), zero, e.b.op("Where", [up, half(0.5), half(-0.5)])]);
    const beside = e.b.op("Where", [e.b.op("Less", [x, zero]), left, upright]);
    e.setReal(0, e.b.op("Where", [e.b.op("Greater", [x, zero]), narrow, beside]));
  },
};

/** Operators on integers, and one on angles. Source: TFLite's kernels of the same names */
export const integerRules: Rules = {
  BITWISE_XOR: bitwiseXor,
  RIGHT_SHIFT: rightShift,
  BUCKETIZE: bucketize,
  UNIQUE: unique,
  ATAN2: atan2,
};
