/** Operators that ONNX knows with channels first only. */
export const WINDOWED: ReadonlySet<string> = new Set([
  "CONV_2D",
  "DEPTHWISE_CONV_2D",
  "TRANSPOSE_CONV",
  "AVERAGE_POOL_2D",
  "MAX_POOL_2D",
  "L2_POOL_2D",
]);
