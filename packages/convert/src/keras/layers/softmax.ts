import { DataType } from "@flotilla/onnx";
import { softmaxOf } from "../emit/activation-layers.ts";
import type { LayerKind } from "./layer-kind.ts";

/** Softmax along an axis or several; with a mask argument the rest gets −1e9 first. Source: keras/src/layers/activations/softmax.py */
export const softmax: LayerKind = {
  classes: ["Softmax"],
  about: "Softmax, along one axis or several",
  passesMask: true,
  convert: (call) => {
    const { b } = call;
    const [mask] = call.tensors(1, "mask");
    const x = call.input();
    if (mask === undefined) return softmaxOf(b, x, call.config);
    return softmaxOf(
      b,
      b.op("Where", [b.op("Cast", [mask], { to: BigInt(DataType.BOOL) }), x, b.op("Add", [x, b.floats(-1e9)])]),
      call.config,
    );
  },
};
