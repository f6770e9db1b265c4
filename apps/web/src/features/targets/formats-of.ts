import type { SourceFormat, VariantFormat } from "@flotilla/contracts";

/** Formats that the files of an uploaded model have: it is ONNX, or was converted to it, and a TFLite file is one that devices take itself. */
export function formatsOfSource(uploaded: SourceFormat | null): VariantFormat[] {
  return uploaded === "tflite" ? ["onnx", "tflite"] : ["onnx"];
}
