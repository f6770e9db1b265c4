import { batchMatmul } from "./operators/batch-matmul.ts";
import { controlFlowRules } from "./operators/control-flow.ts";
import { conv2d, conv3d, depthwiseConv2d } from "./operators/convolution.ts";
import { detectionRules } from "./operators/detection.ts";
import { binaryRules, selectRules, unaryRules } from "./operators/elementwise.ts";
import { fullyConnected } from "./operators/fully-connected.ts";
import { indexingRules } from "./operators/indexing.ts";
import { joiningRules } from "./operators/joining.ts";
import { mediapipeRules } from "./operators/mediapipe.ts";
import { paddingRules } from "./operators/padding.ts";
import { averagePool2d, l2Pool2d, maxPool2d } from "./operators/pooling.ts";
import { quantisingRules } from "./operators/quantising.ts";
import { recurrentRules } from "./operators/recurrent.ts";
import { reductionRules } from "./operators/reduction.ts";
import { resizingRules } from "./operators/resizing.ts";
import { shapingRules } from "./operators/shaping.ts";
import { slicingRules } from "./operators/slicing.ts";
import { spaceRules } from "./operators/space.ts";
import { suppressionRules } from "./operators/suppression.ts";
import { integerRules } from "./operators/integers.ts";
import { matrixRules } from "./operators/matrix.ts";
import { segmentRules } from "./operators/segments.ts";
import { spectrumRules } from "./operators/spectrum.ts";
import { svdfRules } from "./operators/svdf.ts";
import { conv3dTranspose, transposeConv } from "./operators/transpose-convolution.ts";
import { variableRules } from "./operators/variables.ts";
import type { Rules } from "./rule.ts";

/** Every operator of TFLite that is converted, by the schema's name; custom ones as `custom:<name>`. Documentation and verdict are made from it. */
export const TFLITE_OPERATORS: Rules = {
  CONV_2D: conv2d,
  DEPTHWISE_CONV_2D: depthwiseConv2d,
  TRANSPOSE_CONV: transposeConv,
  CONV_3D: conv3d,
  CONV_3D_TRANSPOSE: conv3dTranspose,
  FULLY_CONNECTED: fullyConnected,
  BATCH_MATMUL: batchMatmul,
  AVERAGE_POOL_2D: averagePool2d,
  MAX_POOL_2D: maxPool2d,
  L2_POOL_2D: l2Pool2d,
  ...unaryRules,
  ...binaryRules,
  ...selectRules,
  ...reductionRules,
  ...shapingRules,
  ...joiningRules,
  ...slicingRules,
  ...indexingRules,
  ...paddingRules,
  ...resizingRules,
  ...spaceRules,
  ...quantisingRules,
  ...controlFlowRules,
  ...recurrentRules,
  ...detectionRules,
  ...suppressionRules,
  ...integerRules,
  ...matrixRules,
  ...segmentRules,
  ...spectrumRules,
  ...svdfRules,
  ...variableRules,
  ...mediapipeRules,
};
