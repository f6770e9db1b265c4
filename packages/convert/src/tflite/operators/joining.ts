import { activate, refuseActivation } from "../activation.ts";
import { ActivationFunctionType } from "../../tflite-schema/gen/tflite.ts";
import type { Emitter } from "../emitter.ts";
import type { OperatorRule, Rules } from "../rule.ts";
import { refusal } from "../../reasons.ts";

/** All inputs, as integers where each means the same by them as the result does, else as reals. */
function gather(e: Emitter): { readonly values: string[]; readonly set: (value: string) => void } {
  const indices = e.operator.inputs.map((_, index) => index);
  if (indices.every((index) => e.sameScale(index, 0)))
    return { values: indices.map((index) => e.stored(index)), set: (value) => e.setStored(0, value) };
  return { values: indices.map((index) => e.real(index)), set: (value) => e.setReal(0, value) };
}

/** CONCATENATION: uint8 operands may have scales of their own. Source: TFLite's kernels/concatenation.cc */
const concatenation: OperatorRule = {
  refuse: (view) => refuseActivation(view.options("ConcatenationOptions").fusedActivationFunction),
  convert: (e) => {
    const { axis, fusedActivationFunction } = e.options("ConcatenationOptions");
    const { values, set } = gather(e);
    const joined = e.b.op("Concat", values, { axis: BigInt(axis) });
    if (fusedActivationFunction === ActivationFunctionType.NONE) set(joined);
    else
      e.setReal(
        0,
        activate(
          e,
          e.b.op(
            "Concat",
            e.operator.inputs.map((_, index) => e.real(index)),
            { axis: BigInt(axis) },
          ),
          fusedActivationFunction,
          e.target(0),
        ),
      );
  },
};

const pack: OperatorRule = {
  convert: (e) => {
    const { axis } = e.options("PackOptions");
    const { values, set } = gather(e);
    const rank = e.rank(values[0] ?? "") + 1;
    const place = axis < 0 ? axis + rank : axis;
    set(
      e.b.op(
        "Concat",
        values.map((value) => e.b.op("Unsqueeze", [value, e.b.ints([place])])),
        { axis: BigInt(place) },
      ),
    );
  },
};

/** Sets each output to its part: integers where scales allow. */
function setParts(e: Emitter, input: number, split: (value: string) => readonly string[]): void {
  const outputs = e.operator.outputs.map((_, index) => index);
  const moved = outputs.every((index) => e.sameScale(input, index));
  const parts = split(moved ? e.stored(input) : e.real(input));
  for (const index of outputs) {
    const part = parts[index] ?? "";
    if (moved) e.setStored(index, part);
    else e.setReal(index, part);
  }
}

const unpack: OperatorRule = {
  convert: (e) => {
    const { axis } = e.options("UnpackOptions");
    const count = e.operator.outputs.length;
    const axes = e.b.ints([axis]);
    setParts(e, 0, (value) =>
      e.b
        .nodeOf("Split", [value, e.b.ints(Array.from({ length: count }, () => 1))], count, { axis: BigInt(axis) })
        .map((part) => e.b.op("Squeeze", [part, axes])),
    );
  },
};

/** SPLIT: the axis comes first, and is a constant. */
const split: OperatorRule = {
  refuse: (view) => (view.integers(0) === null ? refusal("COMPUTED_AXES") : null),
  convert: (e) => {
    const axis = e.integers(0)?.[0] ?? 0;
    const count = e.operator.outputs.length;
    const size = e.shape(e.stored(1)).at(axis);
    const parts = typeof size === "number" ? [e.b.ints(Array.from({ length: count }, () => size / count))] : [];
    setParts(e, 1, (value) => e.b.nodeOf("Split", [value, ...parts], count, { axis: BigInt(axis) }));
  },
};

/** SPLIT_V: data, sizes, axis; one size may be -1, "what is left". */
const splitV: OperatorRule = {
  refuse: (view) => (view.integers(1) === null || view.integers(2) === null ? refusal("COMPUTED_SIZES") : null),
  convert: (e) => {
    const axis = e.integers(2)?.[0] ?? 0;
    const total = e.shape(e.stored(0)).at(axis);
    const sizes = e.integers(1) ?? [];
    const known = sizes.reduce((sum, size) => sum + Math.max(0, size), 0);
    const parts = sizes.map((size) => (size < 0 && typeof total === "number" ? total - known : size));
    setParts(e, 0, (value) => e.b.nodeOf("Split", [value, e.b.ints(parts)], parts.length, { axis: BigInt(axis) }));
  },
};

/** Operators that put tensors together or take them apart; elements are moved as they are. Source: TFLite's kernels of the same names */
export const joiningRules: Rules = { CONCATENATION: concatenation, PACK: pack, UNPACK: unpack, SPLIT: split, SPLIT_V: splitV };
