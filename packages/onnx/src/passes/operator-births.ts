/**
 * The operator set in which each standard operator appeared, where that is after 7. Operators that are not here are older.
 * Source: https://github.com/onnx/onnx/blob/main/docs/Operators.md
 */
export const OPERATOR_BIRTHS: ReadonlyMap<string, number> = new Map(
  Object.entries({
    8: ["Expand", "Scan"],
    9: [
      ...[
        "Acosh",
        "Asinh",
        "Atanh",
        "ConstantOfShape",
        "Cosh",
        "Erf",
        "EyeLike",
        "IsNaN",
        "MaxUnpool",
        "MeanVarianceNormalization",
        "NonZero",
        "OneHot",
      ],
      ...["Scatter", "Shrink", "Sign", "Sinh", "TfIdfVectorizer", "Where"],
    ],
    10: [
      ...[
        "ConvInteger",
        "DequantizeLinear",
        "IsInf",
        "MatMulInteger",
        "Mod",
        "NonMaxSuppression",
        "QLinearConv",
        "QLinearMatMul",
        "QuantizeLinear",
      ],
      ...["Resize", "ReverseSequence", "RoiAlign", "StringNormalizer", "ThresholdedRelu"],
    ],
    11: [
      ...[
        "BitShift",
        "ConcatFromSequence",
        "CumSum",
        "Det",
        "DynamicQuantizeLinear",
        "GatherElements",
        "GatherND",
        "Range",
        "Round",
        "ScatterElements",
      ],
      ...[
        "ScatterND",
        "SequenceAt",
        "SequenceConstruct",
        "SequenceEmpty",
        "SequenceErase",
        "SequenceInsert",
        "SequenceLength",
        "SplitToSequence",
        "Unique",
      ],
    ],
    12: ["Celu", "Einsum", "GreaterOrEqual", "LessOrEqual", "NegativeLogLikelihoodLoss", "SoftmaxCrossEntropyLoss"],
    14: ["HardSwish", "Trilu"],
    15: ["Bernoulli", "CastLike", "Optional", "OptionalGetElement", "OptionalHasElement"],
    16: ["GridSample"],
    17: ["BlackmanWindow", "DFT", "HammingWindow", "HannWindow", "LayerNormalization", "MelWeightMatrix", "SequenceMap", "STFT"],
    18: ["BitwiseAnd", "BitwiseNot", "BitwiseOr", "BitwiseXor", "CenterCropPad", "Col2Im", "GroupNormalization", "Mish"],
    19: ["DeformConv"],
    20: ["AffineGrid", "Gelu", "ImageDecoder", "RegexFullMatch", "StringConcat", "StringSplit"],
  }).flatMap(([version, operators]) => operators.map((operator): [string, number] => [operator, Number(version)])),
);
