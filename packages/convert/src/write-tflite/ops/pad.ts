import { DataType, type Node, tensorFromNumbers, toNumbers } from "@flotilla/onnx";
import { MirrorPadMode } from "../../tflite-schema/gen/tflite.ts";
import type { Emitter } from "../emitter.ts";
import { identity } from "../layout.ts";
import { readMoved } from "../moving.ts";
import type { OperatorRule } from "../rule.ts";

/**
 * Pad: PAD with 0, PADV2 with another constant, MIRROR_PAD for reflection.
 *
 * Layout: kept; the amounts are put into it.
 * Dtype: any; on int8 the result keeps the input's scale, zero is the zero point.
 * Versions: 1 for float, 2 for int8.
 * Source: tensorflow/lite/kernels/{pad,mirror_pad}.cc
 */
export const pad: OperatorRule = {
  operators: ["Pad"],
  builtins: ["PAD", "PADV2", "MIRROR_PAD"],
  integer: true,
  limits: "Amounts must be constant and not negative; modes constant and reflect.",
  refuse: (emitter, node) => {
    const amounts = amountsOf(emitter, node);
    if (amounts === null) return "its amounts or its value are calculated.";
    if (amounts.flat().some((amount) => amount < 0)) return "it crops. Use Slice.";
    const mode = node.string("mode", "constant");
    return mode === "constant" || mode === "reflect" ? null : `TFLite does not pad in mode ${mode}.`;
  },
  emit: (emitter, node) => {
    const { tensor, perm, quant } = readMoved(emitter, node.inputs[0] ?? "");
    const amounts = amountsOf(emitter, node) ?? [];
    const placed = emitter.integers(
      perm.flatMap((axis) => amounts[axis] ?? [0, 0]),
      "paddings",
      [perm.length, 2],
    );
    const target = emitter.define(node.outputs[0] ?? "", perm, quant);
    if (node.string("mode", "constant") === "reflect") {
      emitter.add("MIRROR_PAD", [tensor, placed], [target], { type: "MirrorPadOptions", value: { mode: MirrorPadMode.REFLECT } });
      return;
    }
    const value = valueOf(emitter, node);
    const onIntegers = quant !== null && emitter.elemTypeOf(node.inputs[0] ?? "") !== DataType.FLOAT;
    const shift = onIntegers && emitter.elemTypeOf(node.inputs[0] ?? "") === DataType.UINT8 ? 128 : 0;
    if (value - shift === (onIntegers ? (quant.zeroPoints[0] ?? 0) : 0)) {
      emitter.add("PAD", [tensor, placed], [target], { type: "PadOptions", value: {} });
      return;
    }
    const number = tensorFromNumbers(onIntegers ? DataType.INT8 : DataType.FLOAT, [1], [value - shift]);
    const integers = quant === null || onIntegers ? number : emitter.constants.quantise({ tensor: number, quant: null }, quant).tensor;
    const fill =
      quant === null
        ? emitter.constant(tensorFromNumbers(emitter.elemTypeOf(node.inputs[0] ?? ""), [1], [value]), "fill")
        : emitter.integerConstant(integers, quant, "fill", identity(1));
    emitter.add("PADV2", [tensor, placed, fill], [target], { type: "PadV2Options", value: {} });
  },
};

function valueOf(emitter: Emitter, node: Node): number {
  const name = node.inputs[2] ?? "";
  if (name === "") return node.float("value", 0);
  const constant = emitter.constants.find(name);
  return constant === null ? Number.NaN : (toNumbers(emitter.constants.inFloat(constant).tensor)[0] ?? 0);
}

/** Before and behind each axis; null where they, or the value, are calculated. */
function amountsOf(emitter: Emitter, node: Node): readonly (readonly [number, number])[] | null {
  const rank = emitter.shapeOf(node.inputs[0] ?? "").length;
  const tensor = emitter.graph.constantOf(node.inputs[1] ?? "");
  const given = node.ints("pads") ?? (tensor === null ? null : [...toNumbers(tensor)]);
  if (given === null || Number.isNaN(valueOf(emitter, node))) return null;
  const named = emitter.graph.constantOf(node.inputs[3] ?? "");
  if ((node.inputs[3] ?? "") !== "" && named === null) return null;
  const axes = named === null ? identity(rank) : [...toNumbers(named)].map((axis) => (axis < 0 ? axis + rank : axis));
  const amounts = identity(rank).map((): [number, number] => [0, 0]);
  for (const [index, axis] of axes.entries()) amounts[axis] = [given[index] ?? 0, given[index + axes.length] ?? 0];
  return amounts;
}
