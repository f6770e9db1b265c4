/** Kinds of operators as people think of them. */
export const opFamilies = [
  "convolution",
  "product",
  "normalisation",
  "activation",
  "pooling",
  "arithmetic",
  "movement",
  "quantisation",
  "recurrent",
  "control",
  "other",
] as const;
export type OpFamily = (typeof opFamilies)[number];

const FAMILIES: Readonly<Record<Exclude<OpFamily, "other">, string>> = {
  convolution: "Conv ConvTranspose ConvInteger QLinearConv DeformConv FusedConv NhwcConv",
  product:
    "Gemm MatMul MatMulInteger QLinearMatMul MatMulNBits MatMulIntegerToFloat DynamicQuantizeMatMul FusedMatMul FusedGemm QGemm Einsum Attention MultiHeadAttention GroupQueryAttention",
  normalisation:
    "BatchNormalization InstanceNormalization LayerNormalization GroupNormalization RMSNormalization LpNormalization MeanVarianceNormalization LRN SkipLayerNormalization SimplifiedLayerNormalization",
  activation:
    "Relu Clip Sigmoid Tanh LeakyRelu PRelu Elu Selu Celu Gelu FastGelu BiasGelu QuickGelu HardSigmoid HardSwish Mish Softplus Softsign Softmax LogSoftmax Hardmax ThresholdedRelu Swish Erf Shrink",
  pooling:
    "MaxPool AveragePool GlobalAveragePool GlobalMaxPool GlobalLpPool LpPool MaxRoiPool RoiAlign QLinearAveragePool QLinearGlobalAveragePool ReduceMean ReduceSum ReduceMax ReduceMin ReduceProd ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceSumSquare ArgMax ArgMin TopK CumSum",
  arithmetic:
    "Add Sub Mul Div Pow Sqrt Exp Log Neg Abs Reciprocal Sign Floor Ceil Round Mod Min Max Mean Sum And Or Not Xor Equal Greater GreaterOrEqual Less LessOrEqual Where IsNaN IsInf Sin Cos Tan Asin Acos Atan Sinh Cosh Asinh Acosh Atanh BitShift BitwiseAnd BitwiseOr BitwiseXor BitwiseNot QLinearAdd QLinearMul",
  movement:
    "Reshape Transpose Flatten Squeeze Unsqueeze Concat Split Slice Gather GatherND GatherElements Scatter ScatterND ScatterElements Pad Expand Tile Shape Size Cast CastLike Identity Dropout Resize Upsample DepthToSpace SpaceToDepth ConstantOfShape Range NonZero OneHot ReverseSequence Compress Trilu EyeLike QLinearConcat NonMaxSuppression Unique GridSample",
  quantisation: "QuantizeLinear DequantizeLinear DynamicQuantizeLinear",
  recurrent: "LSTM GRU RNN DynamicQuantizeLSTM",
  control: "If Loop Scan SequenceMap",
};

const FAMILY_BY_OP: ReadonlyMap<string, OpFamily> = new Map(
  Object.entries(FAMILIES).flatMap(([family, ops]) => ops.split(" ").map((op) => [op, family as OpFamily] as const)),
);

/** The family of an operator, by its name: the ones of other domains that are known have names of their own. */
export function opFamily(op: string): OpFamily {
  return FAMILY_BY_OP.get(op) ?? "other";
}
