import { TensorType } from "../../tflite-schema/gen/tflite.ts";
import type { SourceGraph, SourceModel, SourceTensor } from "./types.ts";

/** Operators whose constant operand has to be of the type of the other one for runtimes to fuse them. */
const ELEMENTWISE: ReadonlySet<string> = new Set(["ADD", "SUB", "MUL", "DIV", "MAXIMUM", "MINIMUM", "CONCATENATION", "PACK"]);

/** Operators to which integers are integers, whatever they stand for. */
const RAW: ReadonlySet<string> = new Set(["CAST", "WHERE", "ONE_HOT", "ZEROS_LIKE"]);

/**
 * The model with activations of int8 as uint8: the same integers less their sign, the zero point 128 higher, the scale as it was. onnxruntime has fused
 * kernels for uint8 data with int8 weights on every processor, for int8 data only on some. What leaves the model stays int8, and so do weights;
 * what enters it is declared as before and converted first. A model whose graphs call each other is left as it is.
 */
export function unsignedActivations(model: SourceModel): SourceModel {
  const [main, ...others] = model.graphs;
  if (main === undefined || others.length > 0) return model;
  const fixed = new Set(main.outputs);
  const tensors = main.tensors.map((tensor) => (!fixed.has(tensor.index) && converts(main, tensor) ? unsigned(tensor) : tensor));
  return { ...model, graphs: [{ ...main, tensors }] };
}

function converts(graph: SourceGraph, { index, type, quantisation, data }: SourceTensor): boolean {
  if (type !== TensorType.INT8 || quantisation === null || quantisation.scale.length !== 1) return false;
  const readers = graph.operators.filter(({ inputs }) => inputs.includes(index));
  if (data === null)
    return ![...readers, ...graph.operators.filter(({ outputs }) => outputs.includes(index))].some(({ kind }) => RAW.has(kind));
  return readers.every(({ kind }) => ELEMENTWISE.has(kind));
}

function unsigned(tensor: SourceTensor): SourceTensor {
  const { quantisation, data } = tensor;
  return {
    ...tensor,
    type: TensorType.UINT8,
    origin: 128,
    quantisation: quantisation === null ? null : { ...quantisation, zeroPoint: quantisation.zeroPoint.map((zero) => zero + 128) },
    data: data === null ? null : data.map((byte) => byte ^ 0x80),
  };
}
