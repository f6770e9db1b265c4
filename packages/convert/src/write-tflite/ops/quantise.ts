import { DataType, type Node } from "@flotilla/onnx";
import { TensorType } from "../../tflite-schema/gen/tflite.ts";
import { type Emitter, type Held, sameQuant } from "../emitter.ts";
import { scalarQuant } from "../quantisation.ts";
import type { OperatorRule } from "../rule.ts";
import type { Quant } from "../target-model.ts";

/**
 * QuantizeLinear and DequantizeLinear of activations: nothing is written where the value already lies as these integers; else QUANTIZE. Values are dequantised
 * where a reader calculates in float (emitter.ts), weights when their layer is written (weights.ts).
 *
 * Layout: any, kept. Dtype: int8; uint8 with zero point z becomes int8 with zero point z − 128.
 * Versions: QUANTIZE 1, DEQUANTIZE 2 for int8.
 * Source: tensorflow/lite/kernels/{quantize,dequantize}.cc
 */
export const quantise: OperatorRule = {
  operators: ["QuantizeLinear", "DequantizeLinear"],
  builtins: ["QUANTIZE", "DEQUANTIZE"],
  integer: true,
  limits: "Activations in 8 bits with one constant scale.",
  refuse: (emitter, node) =>
    emitter.isConstant(node.outputs[0] ?? "") || scalarQuant(emitter, node) !== null
      ? null
      : "its scale is calculated, there are several, or its integers do not have 8 bits. Quantise with the TFLite profile.",
  emit: (emitter, node) => {
    const [input = ""] = node.inputs;
    const [output = ""] = node.outputs;
    const quant = scalarQuant(emitter, node);
    if (emitter.isConstant(output) || quant === null) return;
    if (node.is("QuantizeLinear")) quantiseValue(emitter, input, output, quant);
    else emitter.hold(output, dequantiseValue(emitter, node, emitter.held(input), quant));
  },
};

function quantiseValue(emitter: Emitter, input: string, output: string, quant: Quant): void {
  const held = emitter.heldOf(input);
  if (held === null) {
    const perm = emitter.shapeOf(input).map((_, axis) => axis);
    emitter.hold(output, { tensor: emitter.readAs(input, quant, perm), perm, quant });
    return;
  }
  if (held.quant !== null && sameQuant(held.quant, quant)) {
    emitter.hold(output, held);
    return;
  }
  if (held.order === undefined) {
    emitter.hold(output, { tensor: emitter.readAs(input, quant, held.perm), perm: held.perm, quant });
    return;
  }
  const { shape, name } = emitter.describe(held.tensor);
  const tensor = emitter.tensor(`${name}_int8`, shape, TensorType.INT8, quant);
  emitter.add("QUANTIZE", [held.tensor], [tensor], { type: "QuantizeOptions", value: {} });
  emitter.hold(output, { ...held, tensor, quant });
}

/** Integers that came from elsewhere get their meaning here; unsigned ones are turned into signed ones first. */
function dequantiseValue(emitter: Emitter, node: Node, held: Held, quant: Quant): Held {
  if (held.quant !== null && sameQuant(held.quant, quant)) return held;
  const tensor = emitter.describe(held.tensor);
  if (held.quant === null && tensor.type === TensorType.UINT8) {
    const zeroPoint = (quant.zeroPoints[0] ?? 0) + 128;
    tensor.quant = { ...quant, zeroPoints: [zeroPoint] };
    const signed = emitter.tensor(`${tensor.name}_int8`, tensor.shape, TensorType.INT8, quant);
    emitter.add("QUANTIZE", [held.tensor], [signed], { type: "QuantizeOptions", value: {} });
    return { ...held, tensor: signed, quant };
  }
  if (held.quant === null && tensor.quant === null && emitter.elemTypeOf(node.inputs[0] ?? "") === DataType.INT8) {
    tensor.quant = quant;
    return { ...held, quant };
  }
  // The same integers read with another scale.
  const other = emitter.tensor(`${tensor.name}_rescaled`, tensor.shape, TensorType.INT8, quant);
  return { ...held, tensor: emitter.reshape(held.tensor, tensor.shape, other), quant };
}
