/** Formats that a variant can be a file of. Without a schema: pages that only ask for the format do not fetch a validator. */
export const variantFormats = ["onnx", "ort", "tflite"] as const;
export type VariantFormat = (typeof variantFormats)[number];

/** Whether a file can be read as a graph: drawn, compared, explained node by node. Those of other formats are their runtime's own. */
export function hasGraph(format: VariantFormat): boolean {
  return format === "onnx";
}
