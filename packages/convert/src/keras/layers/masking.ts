import { DataType } from "@flotilla/onnx";
import type { LayerKind } from "./layer-kind.ts";
import { toFloat } from "./layer-call.ts";

/** Masking: a step is masked where all of its features are mask_value; masked steps become 0. Source: keras/src/layers/core/masking.py */
export const masking: LayerKind = {
  classes: ["Masking"],
  about: "Equal, Not, ReduceMax, Mul",
  convert: (call) => {
    const { b, config } = call;
    const x = call.input();
    const differs = toFloat(b, b.op("Not", [b.op("Equal", [x, b.floats(config.number("mask_value", 0))])]));
    const any = b.op("ReduceMax", [differs], { axes: [-1n], keepdims: 1n });
    const y = b.op("Mul", [x, any]);
    call.context.masks.set(y, b.op("Cast", [b.op("Squeeze", [any, b.ints([-1])])], { to: BigInt(DataType.BOOL) }));
    return y;
  },
};
