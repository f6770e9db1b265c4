import { inspectModel } from "@flotilla/onnx";

/** How exactly a model calculates, which decides what a difference means. */
export type Arithmetic = "float" | "dynamic" | "integer";

/** `dynamic`: the uploaded file has 8-bit weights between float activations, which its own runtime rounds and the ONNX file does not show. */
export function arithmeticOf(onnx: Uint8Array, dynamic: boolean): Arithmetic {
  const { operators } = inspectModel(onnx);
  if ((operators["QuantizeLinear"] ?? 0) > 0) return "integer";
  return dynamic ? "dynamic" : "float";
}
