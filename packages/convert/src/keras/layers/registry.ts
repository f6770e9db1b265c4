import type { KerasLayer } from "../graph/keras-graph.ts";
import { activation } from "./activation.ts";
import { attentionProjection } from "./attention-parts.ts";
import { batchNormalization } from "./batch-normalization.ts";
import { bidirectional } from "./bidirectional.ts";
import { centerCrop } from "./center-crop.ts";
import { concatenate } from "./concatenate.ts";
import { convLstm, convLstmCell } from "./conv-lstm.ts";
import { convTranspose } from "./conv-transpose.ts";
import { conv } from "./conv.ts";
import { cropping } from "./cropping.ts";
import { dense } from "./dense.ts";
import { depthwiseConv } from "./depthwise-conv.ts";
import { dotAttention } from "./dot-attention.ts";
import { dot } from "./dot.ts";
import { einsumDense } from "./einsum-dense.ts";
import { elu } from "./elu.ts";
import { embedding } from "./embedding.ts";
import { flatten } from "./flatten.ts";
import { globalPooling } from "./global-pooling.ts";
import { groupedQueryAttention } from "./grouped-query-attention.ts";
import { groupNormalization } from "./group-normalization.ts";
import { identity } from "./identity.ts";
import { leakyRelu } from "./leaky-relu.ts";
import type { LayerKind } from "./layer-kind.ts";
import { categoryEncoding } from "./category-encoding.ts";
import { discretization } from "./discretization.ts";
import { integerLookup } from "./integer-lookup.ts";
import { locallyConnected } from "./locally-connected.ts";
import { layerScale } from "./layer-scale.ts";
import { customScaleLayer } from "./custom-scale-layer.ts";
import { layerNormalization } from "./layer-normalization.ts";
import { masking } from "./masking.ts";
import { merge } from "./merge.ts";
import { multiHeadAttention } from "./multi-head-attention.ts";
import { normalization } from "./normalization.ts";
import { permuteLayer } from "./permute.ts";
import { pooling } from "./pooling.ts";
import { prelu } from "./prelu.ts";
import { recurrentCells } from "./recurrent-cells.ts";
import { recurrentLayers, stackedCells } from "./recurrent-layers.ts";
import { relu } from "./relu.ts";
import { repeatVector } from "./repeat-vector.ts";
import { rescaling } from "./rescaling.ts";
import { reshapeLayer } from "./reshape.ts";
import { resizing } from "./resizing.ts";
import { rmsNormalization } from "./rms-normalization.ts";
import { separableConv } from "./separable-conv.ts";
import { softmax } from "./softmax.ts";
import { spectralNormalization } from "./spectral-normalization.ts";
import { tensorOperations } from "./tensor-operations.ts";
import { thresholdedRelu } from "./thresholded-relu.ts";
import { timeDistributed } from "./time-distributed.ts";
import { unitNormalization } from "./unit-normalization.ts";
import { upSampling } from "./up-sampling.ts";
import { zeroPadding } from "./zero-padding.ts";

/** Every layer that is converted. The verdict and docs/formats.md are made from this table. */
export const LAYER_KINDS: readonly LayerKind[] = [
  dense,
  conv,
  depthwiseConv,
  separableConv,
  convTranspose,
  locallyConnected,
  pooling,
  globalPooling,
  batchNormalization,
  layerNormalization,
  groupNormalization,
  unitNormalization,
  rmsNormalization,
  spectralNormalization,
  layerScale,
  activation,
  relu,
  leakyRelu,
  prelu,
  elu,
  thresholdedRelu,
  softmax,
  merge,
  customScaleLayer,
  concatenate,
  dot,
  flatten,
  reshapeLayer,
  permuteLayer,
  repeatVector,
  zeroPadding,
  cropping,
  upSampling,
  embedding,
  masking,
  recurrentLayers,
  recurrentCells,
  stackedCells,
  bidirectional,
  timeDistributed,
  convLstm,
  convLstmCell,
  multiHeadAttention,
  groupedQueryAttention,
  attentionProjection,
  dotAttention,
  einsumDense,
  rescaling,
  normalization,
  resizing,
  centerCrop,
  categoryEncoding,
  discretization,
  integerLookup,
  identity,
  ...tensorOperations,
];

const BY_CLASS: ReadonlyMap<string, LayerKind> = new Map(LAYER_KINDS.flatMap((kind) => kind.classes.map((name) => [name, kind] as const)));

export function kindOf(className: string): LayerKind | null {
  return BY_CLASS.get(className) ?? null;
}

/** A layer's own weights; none of a class that is not known. */
export const slotsOf = (layer: KerasLayer): ReturnType<NonNullable<LayerKind["slots"]>> => kindOf(layer.className)?.slots?.(layer) ?? [];
