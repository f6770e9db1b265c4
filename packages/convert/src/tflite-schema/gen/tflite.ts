/* oxlint-disable */
// Written by flatbuffer/generate.ts out of the schema beside this folder; do not edit.
import type { SchemaLayout } from "../../flatbuffer/layout.ts";
export const TensorType = {
  "FLOAT32": 0,
  "FLOAT16": 1,
  "INT32": 2,
  "UINT8": 3,
  "INT64": 4,
  "STRING": 5,
  "BOOL": 6,
  "INT16": 7,
  "COMPLEX64": 8,
  "INT8": 9,
  "FLOAT64": 10,
  "COMPLEX128": 11,
  "UINT64": 12,
  "RESOURCE": 13,
  "VARIANT": 14,
  "UINT32": 15,
  "UINT16": 16,
  "INT4": 17,
  "BFLOAT16": 18,
  "INT2": 19,
  "UINT4": 20,
  "FLOAT8_E4M3FN": 21,
  "FLOAT8_E5M2": 22
} as const;
export const DimensionType = {
  "DENSE": 0,
  "SPARSE_CSR": 1
} as const;
export const BuiltinOperator = {
  "ADD": 0,
  "AVERAGE_POOL_2D": 1,
  "CONCATENATION": 2,
  "CONV_2D": 3,
  "DEPTHWISE_CONV_2D": 4,
  "DEPTH_TO_SPACE": 5,
  "DEQUANTIZE": 6,
  "EMBEDDING_LOOKUP": 7,
  "FLOOR": 8,
  "FULLY_CONNECTED": 9,
  "HASHTABLE_LOOKUP": 10,
  "L2_NORMALIZATION": 11,
  "L2_POOL_2D": 12,
  "LOCAL_RESPONSE_NORMALIZATION": 13,
  "LOGISTIC": 14,
  "LSH_PROJECTION": 15,
  "LSTM": 16,
  "MAX_POOL_2D": 17,
  "MUL": 18,
  "RELU": 19,
  "RELU_N1_TO_1": 20,
  "RELU6": 21,
  "RESHAPE": 22,
  "RESIZE_BILINEAR": 23,
  "RNN": 24,
  "SOFTMAX": 25,
  "SPACE_TO_DEPTH": 26,
  "SVDF": 27,
  "TANH": 28,
  "CONCAT_EMBEDDINGS": 29,
  "SKIP_GRAM": 30,
  "CALL": 31,
  "CUSTOM": 32,
  "EMBEDDING_LOOKUP_SPARSE": 33,
  "PAD": 34,
  "UNIDIRECTIONAL_SEQUENCE_RNN": 35,
  "GATHER": 36,
  "BATCH_TO_SPACE_ND": 37,
  "SPACE_TO_BATCH_ND": 38,
  "TRANSPOSE": 39,
  "MEAN": 40,
  "SUB": 41,
  "DIV": 42,
  "SQUEEZE": 43,
  "UNIDIRECTIONAL_SEQUENCE_LSTM": 44,
  "STRIDED_SLICE": 45,
  "BIDIRECTIONAL_SEQUENCE_RNN": 46,
  "EXP": 47,
  "TOPK_V2": 48,
  "SPLIT": 49,
  "LOG_SOFTMAX": 50,
  "DELEGATE": 51,
  "BIDIRECTIONAL_SEQUENCE_LSTM": 52,
  "CAST": 53,
  "PRELU": 54,
  "MAXIMUM": 55,
  "ARG_MAX": 56,
  "MINIMUM": 57,
  "LESS": 58,
  "NEG": 59,
  "PADV2": 60,
  "GREATER": 61,
  "GREATER_EQUAL": 62,
  "LESS_EQUAL": 63,
  "SELECT": 64,
  "SLICE": 65,
  "SIN": 66,
  "TRANSPOSE_CONV": 67,
  "SPARSE_TO_DENSE": 68,
  "TILE": 69,
  "EXPAND_DIMS": 70,
  "EQUAL": 71,
  "NOT_EQUAL": 72,
  "LOG": 73,
  "SUM": 74,
  "SQRT": 75,
  "RSQRT": 76,
  "SHAPE": 77,
  "POW": 78,
  "ARG_MIN": 79,
  "FAKE_QUANT": 80,
  "REDUCE_PROD": 81,
  "REDUCE_MAX": 82,
  "PACK": 83,
  "LOGICAL_OR": 84,
  "ONE_HOT": 85,
  "LOGICAL_AND": 86,
  "LOGICAL_NOT": 87,
  "UNPACK": 88,
  "REDUCE_MIN": 89,
  "FLOOR_DIV": 90,
  "REDUCE_ANY": 91,
  "SQUARE": 92,
  "ZEROS_LIKE": 93,
  "FILL": 94,
  "FLOOR_MOD": 95,
  "RANGE": 96,
  "RESIZE_NEAREST_NEIGHBOR": 97,
  "LEAKY_RELU": 98,
  "SQUARED_DIFFERENCE": 99,
  "MIRROR_PAD": 100,
  "ABS": 101,
  "SPLIT_V": 102,
  "UNIQUE": 103,
  "CEIL": 104,
  "REVERSE_V2": 105,
  "ADD_N": 106,
  "GATHER_ND": 107,
  "COS": 108,
  "WHERE": 109,
  "RANK": 110,
  "ELU": 111,
  "REVERSE_SEQUENCE": 112,
  "MATRIX_DIAG": 113,
  "QUANTIZE": 114,
  "MATRIX_SET_DIAG": 115,
  "ROUND": 116,
  "HARD_SWISH": 117,
  "IF": 118,
  "WHILE": 119,
  "NON_MAX_SUPPRESSION_V4": 120,
  "NON_MAX_SUPPRESSION_V5": 121,
  "SCATTER_ND": 122,
  "SELECT_V2": 123,
  "DENSIFY": 124,
  "SEGMENT_SUM": 125,
  "BATCH_MATMUL": 126,
  "PLACEHOLDER_FOR_GREATER_OP_CODES": 127,
  "CUMSUM": 128,
  "CALL_ONCE": 129,
  "BROADCAST_TO": 130,
  "RFFT2D": 131,
  "CONV_3D": 132,
  "IMAG": 133,
  "REAL": 134,
  "COMPLEX_ABS": 135,
  "HASHTABLE": 136,
  "HASHTABLE_FIND": 137,
  "HASHTABLE_IMPORT": 138,
  "HASHTABLE_SIZE": 139,
  "REDUCE_ALL": 140,
  "CONV_3D_TRANSPOSE": 141,
  "VAR_HANDLE": 142,
  "READ_VARIABLE": 143,
  "ASSIGN_VARIABLE": 144,
  "BROADCAST_ARGS": 145,
  "RANDOM_STANDARD_NORMAL": 146,
  "BUCKETIZE": 147,
  "RANDOM_UNIFORM": 148,
  "MULTINOMIAL": 149,
  "GELU": 150,
  "DYNAMIC_UPDATE_SLICE": 151,
  "RELU_0_TO_1": 152,
  "UNSORTED_SEGMENT_PROD": 153,
  "UNSORTED_SEGMENT_MAX": 154,
  "UNSORTED_SEGMENT_SUM": 155,
  "ATAN2": 156,
  "UNSORTED_SEGMENT_MIN": 157,
  "SIGN": 158,
  "BITCAST": 159,
  "BITWISE_XOR": 160,
  "RIGHT_SHIFT": 161,
  "STABLEHLO_LOGISTIC": 162,
  "STABLEHLO_ADD": 163,
  "STABLEHLO_DIVIDE": 164,
  "STABLEHLO_MULTIPLY": 165,
  "STABLEHLO_MAXIMUM": 166,
  "STABLEHLO_RESHAPE": 167,
  "STABLEHLO_CLAMP": 168,
  "STABLEHLO_CONCATENATE": 169,
  "STABLEHLO_BROADCAST_IN_DIM": 170,
  "STABLEHLO_CONVOLUTION": 171,
  "STABLEHLO_SLICE": 172,
  "STABLEHLO_CUSTOM_CALL": 173,
  "STABLEHLO_REDUCE": 174,
  "STABLEHLO_ABS": 175,
  "STABLEHLO_AND": 176,
  "STABLEHLO_COSINE": 177,
  "STABLEHLO_EXPONENTIAL": 178,
  "STABLEHLO_FLOOR": 179,
  "STABLEHLO_LOG": 180,
  "STABLEHLO_MINIMUM": 181,
  "STABLEHLO_NEGATE": 182,
  "STABLEHLO_OR": 183,
  "STABLEHLO_POWER": 184,
  "STABLEHLO_REMAINDER": 185,
  "STABLEHLO_RSQRT": 186,
  "STABLEHLO_SELECT": 187,
  "STABLEHLO_SUBTRACT": 188,
  "STABLEHLO_TANH": 189,
  "STABLEHLO_SCATTER": 190,
  "STABLEHLO_COMPARE": 191,
  "STABLEHLO_CONVERT": 192,
  "STABLEHLO_DYNAMIC_SLICE": 193,
  "STABLEHLO_DYNAMIC_UPDATE_SLICE": 194,
  "STABLEHLO_PAD": 195,
  "STABLEHLO_IOTA": 196,
  "STABLEHLO_DOT_GENERAL": 197,
  "STABLEHLO_REDUCE_WINDOW": 198,
  "STABLEHLO_SORT": 199,
  "STABLEHLO_WHILE": 200,
  "STABLEHLO_GATHER": 201,
  "STABLEHLO_TRANSPOSE": 202,
  "DILATE": 203,
  "STABLEHLO_RNG_BIT_GENERATOR": 204,
  "REDUCE_WINDOW": 205,
  "STABLEHLO_COMPOSITE": 206,
  "STABLEHLO_SHIFT_LEFT": 207,
  "STABLEHLO_CBRT": 208,
  "STABLEHLO_CASE": 209
} as const;
export const StablehloPrecisionConfig = {
  "DEFAULT": 0,
  "HIGH": 1,
  "HIGHEST": 2
} as const;
export const StablehloComparisonDirection = {
  "STABLEHLO_COMPARISON_DIRECTION_EQ": 0,
  "STABLEHLO_COMPARISON_DIRECTION_NE": 1,
  "STABLEHLO_COMPARISON_DIRECTION_GE": 2,
  "STABLEHLO_COMPARISON_DIRECTION_GT": 3,
  "STABLEHLO_COMPARISON_DIRECTION_LE": 4,
  "STABLEHLO_COMPARISON_DIRECTION_LT": 5
} as const;
export const StablehloComparisonType = {
  "STABLEHLO_COMPARISON_TYPE_NOTYPE": 0,
  "STABLEHLO_COMPARISON_TYPE_FLOAT": 1,
  "STABLEHLO_COMPARISON_TYPE_FLOAT_TOTAL_ORDER": 2,
  "STABLEHLO_COMPARISON_TYPE_SIGNED": 3,
  "STABLEHLO_COMPARISON_TYPE_UNSIGNED": 4
} as const;
export const RngAlgorithm = {
  "DEFAULT": 0,
  "PHILOX": 1,
  "THREEFRY": 2
} as const;
export const Padding = {
  "SAME": 0,
  "VALID": 1
} as const;
export const ActivationFunctionType = {
  "NONE": 0,
  "RELU": 1,
  "RELU_N1_TO_1": 2,
  "RELU6": 3,
  "TANH": 4,
  "SIGN_BIT": 5
} as const;
export const LSHProjectionType = {
  "UNKNOWN": 0,
  "SPARSE": 1,
  "DENSE": 2
} as const;
export const FullyConnectedOptionsWeightsFormat = {
  "DEFAULT": 0,
  "SHUFFLED4x16INT8": 1
} as const;
export const LSTMKernelType = {
  "FULL": 0,
  "BASIC": 1
} as const;
export const CombinerType = {
  "SUM": 0,
  "MEAN": 1,
  "SQRTN": 2
} as const;
export const MirrorPadMode = {
  "REFLECT": 0,
  "SYMMETRIC": 1
} as const;
export const ReduceWindowFunction = {
  "UNSUPPORTED": 0,
  "ADD": 1,
  "MUL": 2,
  "MINIMUM": 3,
  "MAXIMUM": 4,
  "ALL": 5,
  "ANY": 6
} as const;
export const CustomOptionsFormat = {
  "FLEXBUFFERS": 0
} as const;
export type QuantizationDetails =
  | { readonly type: "CustomQuantization"; readonly value: CustomQuantization }
  | { readonly type: "BlockwiseQuantization"; readonly value: BlockwiseQuantization }
  | { readonly type: "MultiAxisQuantization"; readonly value: MultiAxisQuantization };
export type SparseIndexVector =
  | { readonly type: "Int32Vector"; readonly value: Int32Vector }
  | { readonly type: "Uint16Vector"; readonly value: Uint16Vector }
  | { readonly type: "Uint8Vector"; readonly value: Uint8Vector };
export type BuiltinOptions =
  | { readonly type: "Conv2DOptions"; readonly value: Conv2DOptions }
  | { readonly type: "DepthwiseConv2DOptions"; readonly value: DepthwiseConv2DOptions }
  | { readonly type: "ConcatEmbeddingsOptions"; readonly value: ConcatEmbeddingsOptions }
  | { readonly type: "LSHProjectionOptions"; readonly value: LSHProjectionOptions }
  | { readonly type: "Pool2DOptions"; readonly value: Pool2DOptions }
  | { readonly type: "SVDFOptions"; readonly value: SVDFOptions }
  | { readonly type: "RNNOptions"; readonly value: RNNOptions }
  | { readonly type: "FullyConnectedOptions"; readonly value: FullyConnectedOptions }
  | { readonly type: "SoftmaxOptions"; readonly value: SoftmaxOptions }
  | { readonly type: "ConcatenationOptions"; readonly value: ConcatenationOptions }
  | { readonly type: "AddOptions"; readonly value: AddOptions }
  | { readonly type: "L2NormOptions"; readonly value: L2NormOptions }
  | { readonly type: "LocalResponseNormalizationOptions"; readonly value: LocalResponseNormalizationOptions }
  | { readonly type: "LSTMOptions"; readonly value: LSTMOptions }
  | { readonly type: "ResizeBilinearOptions"; readonly value: ResizeBilinearOptions }
  | { readonly type: "CallOptions"; readonly value: CallOptions }
  | { readonly type: "ReshapeOptions"; readonly value: ReshapeOptions }
  | { readonly type: "SkipGramOptions"; readonly value: SkipGramOptions }
  | { readonly type: "SpaceToDepthOptions"; readonly value: SpaceToDepthOptions }
  | { readonly type: "EmbeddingLookupSparseOptions"; readonly value: EmbeddingLookupSparseOptions }
  | { readonly type: "MulOptions"; readonly value: MulOptions }
  | { readonly type: "PadOptions"; readonly value: PadOptions }
  | { readonly type: "GatherOptions"; readonly value: GatherOptions }
  | { readonly type: "BatchToSpaceNDOptions"; readonly value: BatchToSpaceNDOptions }
  | { readonly type: "SpaceToBatchNDOptions"; readonly value: SpaceToBatchNDOptions }
  | { readonly type: "TransposeOptions"; readonly value: TransposeOptions }
  | { readonly type: "ReducerOptions"; readonly value: ReducerOptions }
  | { readonly type: "SubOptions"; readonly value: SubOptions }
  | { readonly type: "DivOptions"; readonly value: DivOptions }
  | { readonly type: "SqueezeOptions"; readonly value: SqueezeOptions }
  | { readonly type: "SequenceRNNOptions"; readonly value: SequenceRNNOptions }
  | { readonly type: "StridedSliceOptions"; readonly value: StridedSliceOptions }
  | { readonly type: "ExpOptions"; readonly value: ExpOptions }
  | { readonly type: "TopKV2Options"; readonly value: TopKV2Options }
  | { readonly type: "SplitOptions"; readonly value: SplitOptions }
  | { readonly type: "LogSoftmaxOptions"; readonly value: LogSoftmaxOptions }
  | { readonly type: "CastOptions"; readonly value: CastOptions }
  | { readonly type: "DequantizeOptions"; readonly value: DequantizeOptions }
  | { readonly type: "MaximumMinimumOptions"; readonly value: MaximumMinimumOptions }
  | { readonly type: "ArgMaxOptions"; readonly value: ArgMaxOptions }
  | { readonly type: "LessOptions"; readonly value: LessOptions }
  | { readonly type: "NegOptions"; readonly value: NegOptions }
  | { readonly type: "PadV2Options"; readonly value: PadV2Options }
  | { readonly type: "GreaterOptions"; readonly value: GreaterOptions }
  | { readonly type: "GreaterEqualOptions"; readonly value: GreaterEqualOptions }
  | { readonly type: "LessEqualOptions"; readonly value: LessEqualOptions }
  | { readonly type: "SelectOptions"; readonly value: SelectOptions }
  | { readonly type: "SliceOptions"; readonly value: SliceOptions }
  | { readonly type: "TransposeConvOptions"; readonly value: TransposeConvOptions }
  | { readonly type: "SparseToDenseOptions"; readonly value: SparseToDenseOptions }
  | { readonly type: "TileOptions"; readonly value: TileOptions }
  | { readonly type: "ExpandDimsOptions"; readonly value: ExpandDimsOptions }
  | { readonly type: "EqualOptions"; readonly value: EqualOptions }
  | { readonly type: "NotEqualOptions"; readonly value: NotEqualOptions }
  | { readonly type: "ShapeOptions"; readonly value: ShapeOptions }
  | { readonly type: "PowOptions"; readonly value: PowOptions }
  | { readonly type: "ArgMinOptions"; readonly value: ArgMinOptions }
  | { readonly type: "FakeQuantOptions"; readonly value: FakeQuantOptions }
  | { readonly type: "PackOptions"; readonly value: PackOptions }
  | { readonly type: "LogicalOrOptions"; readonly value: LogicalOrOptions }
  | { readonly type: "OneHotOptions"; readonly value: OneHotOptions }
  | { readonly type: "LogicalAndOptions"; readonly value: LogicalAndOptions }
  | { readonly type: "LogicalNotOptions"; readonly value: LogicalNotOptions }
  | { readonly type: "UnpackOptions"; readonly value: UnpackOptions }
  | { readonly type: "FloorDivOptions"; readonly value: FloorDivOptions }
  | { readonly type: "SquareOptions"; readonly value: SquareOptions }
  | { readonly type: "ZerosLikeOptions"; readonly value: ZerosLikeOptions }
  | { readonly type: "FillOptions"; readonly value: FillOptions }
  | { readonly type: "BidirectionalSequenceLSTMOptions"; readonly value: BidirectionalSequenceLSTMOptions }
  | { readonly type: "BidirectionalSequenceRNNOptions"; readonly value: BidirectionalSequenceRNNOptions }
  | { readonly type: "UnidirectionalSequenceLSTMOptions"; readonly value: UnidirectionalSequenceLSTMOptions }
  | { readonly type: "FloorModOptions"; readonly value: FloorModOptions }
  | { readonly type: "RangeOptions"; readonly value: RangeOptions }
  | { readonly type: "ResizeNearestNeighborOptions"; readonly value: ResizeNearestNeighborOptions }
  | { readonly type: "LeakyReluOptions"; readonly value: LeakyReluOptions }
  | { readonly type: "SquaredDifferenceOptions"; readonly value: SquaredDifferenceOptions }
  | { readonly type: "MirrorPadOptions"; readonly value: MirrorPadOptions }
  | { readonly type: "AbsOptions"; readonly value: AbsOptions }
  | { readonly type: "SplitVOptions"; readonly value: SplitVOptions }
  | { readonly type: "UniqueOptions"; readonly value: UniqueOptions }
  | { readonly type: "ReverseV2Options"; readonly value: ReverseV2Options }
  | { readonly type: "AddNOptions"; readonly value: AddNOptions }
  | { readonly type: "GatherNdOptions"; readonly value: GatherNdOptions }
  | { readonly type: "CosOptions"; readonly value: CosOptions }
  | { readonly type: "WhereOptions"; readonly value: WhereOptions }
  | { readonly type: "RankOptions"; readonly value: RankOptions }
  | { readonly type: "ReverseSequenceOptions"; readonly value: ReverseSequenceOptions }
  | { readonly type: "MatrixDiagOptions"; readonly value: MatrixDiagOptions }
  | { readonly type: "QuantizeOptions"; readonly value: QuantizeOptions }
  | { readonly type: "MatrixSetDiagOptions"; readonly value: MatrixSetDiagOptions }
  | { readonly type: "HardSwishOptions"; readonly value: HardSwishOptions }
  | { readonly type: "IfOptions"; readonly value: IfOptions }
  | { readonly type: "WhileOptions"; readonly value: WhileOptions }
  | { readonly type: "DepthToSpaceOptions"; readonly value: DepthToSpaceOptions }
  | { readonly type: "NonMaxSuppressionV4Options"; readonly value: NonMaxSuppressionV4Options }
  | { readonly type: "NonMaxSuppressionV5Options"; readonly value: NonMaxSuppressionV5Options }
  | { readonly type: "ScatterNdOptions"; readonly value: ScatterNdOptions }
  | { readonly type: "SelectV2Options"; readonly value: SelectV2Options }
  | { readonly type: "DensifyOptions"; readonly value: DensifyOptions }
  | { readonly type: "SegmentSumOptions"; readonly value: SegmentSumOptions }
  | { readonly type: "BatchMatMulOptions"; readonly value: BatchMatMulOptions }
  | { readonly type: "CumsumOptions"; readonly value: CumsumOptions }
  | { readonly type: "CallOnceOptions"; readonly value: CallOnceOptions }
  | { readonly type: "BroadcastToOptions"; readonly value: BroadcastToOptions }
  | { readonly type: "Rfft2dOptions"; readonly value: Rfft2dOptions }
  | { readonly type: "Conv3DOptions"; readonly value: Conv3DOptions }
  | { readonly type: "HashtableOptions"; readonly value: HashtableOptions }
  | { readonly type: "HashtableFindOptions"; readonly value: HashtableFindOptions }
  | { readonly type: "HashtableImportOptions"; readonly value: HashtableImportOptions }
  | { readonly type: "HashtableSizeOptions"; readonly value: HashtableSizeOptions }
  | { readonly type: "VarHandleOptions"; readonly value: VarHandleOptions }
  | { readonly type: "ReadVariableOptions"; readonly value: ReadVariableOptions }
  | { readonly type: "AssignVariableOptions"; readonly value: AssignVariableOptions }
  | { readonly type: "RandomOptions"; readonly value: RandomOptions }
  | { readonly type: "BucketizeOptions"; readonly value: BucketizeOptions }
  | { readonly type: "GeluOptions"; readonly value: GeluOptions }
  | { readonly type: "DynamicUpdateSliceOptions"; readonly value: DynamicUpdateSliceOptions }
  | { readonly type: "UnsortedSegmentProdOptions"; readonly value: UnsortedSegmentProdOptions }
  | { readonly type: "UnsortedSegmentMaxOptions"; readonly value: UnsortedSegmentMaxOptions }
  | { readonly type: "UnsortedSegmentMinOptions"; readonly value: UnsortedSegmentMinOptions }
  | { readonly type: "UnsortedSegmentSumOptions"; readonly value: UnsortedSegmentSumOptions }
  | { readonly type: "ATan2Options"; readonly value: ATan2Options }
  | { readonly type: "SignOptions"; readonly value: SignOptions }
  | { readonly type: "BitcastOptions"; readonly value: BitcastOptions }
  | { readonly type: "BitwiseXorOptions"; readonly value: BitwiseXorOptions }
  | { readonly type: "RightShiftOptions"; readonly value: RightShiftOptions };
export type BuiltinOptions2 =
  | { readonly type: "StablehloConcatenateOptions"; readonly value: StablehloConcatenateOptions }
  | { readonly type: "StablehloBroadcastInDimOptions"; readonly value: StablehloBroadcastInDimOptions }
  | { readonly type: "StablehloSliceOptions"; readonly value: StablehloSliceOptions }
  | { readonly type: "StablehloConvolutionOptions"; readonly value: StablehloConvolutionOptions }
  | { readonly type: "StablehloCustomCallOptions"; readonly value: StablehloCustomCallOptions }
  | { readonly type: "StablehloReduceOptions"; readonly value: StablehloReduceOptions }
  | { readonly type: "StablehloScatterOptions"; readonly value: StablehloScatterOptions }
  | { readonly type: "StablehloCompareOptions"; readonly value: StablehloCompareOptions }
  | { readonly type: "StablehloDynamicSliceOptions"; readonly value: StablehloDynamicSliceOptions }
  | { readonly type: "StablehloPadOptions"; readonly value: StablehloPadOptions }
  | { readonly type: "StablehloIotaOptions"; readonly value: StablehloIotaOptions }
  | { readonly type: "StablehloDotGeneralOptions"; readonly value: StablehloDotGeneralOptions }
  | { readonly type: "StablehloReduceWindowOptions"; readonly value: StablehloReduceWindowOptions }
  | { readonly type: "StablehloSortOptions"; readonly value: StablehloSortOptions }
  | { readonly type: "StablehloWhileOptions"; readonly value: StablehloWhileOptions }
  | { readonly type: "StablehloGatherOptions"; readonly value: StablehloGatherOptions }
  | { readonly type: "StablehloTransposeOptions"; readonly value: StablehloTransposeOptions }
  | { readonly type: "DilateOptions"; readonly value: DilateOptions }
  | { readonly type: "StablehloRngBitGeneratorOptions"; readonly value: StablehloRngBitGeneratorOptions }
  | { readonly type: "StableHLOCompositeOptions"; readonly value: StableHLOCompositeOptions }
  | { readonly type: "StablehloShiftLeftOptions"; readonly value: StablehloShiftLeftOptions }
  | { readonly type: "StablehloCaseOptions"; readonly value: StablehloCaseOptions };
export interface CustomQuantization {
  readonly custom: Uint8Array;
}
export interface BlockwiseQuantization {
  readonly scales: number;
  readonly zeroPoints: number;
  readonly blockSize: number;
}
export interface MultiAxisQuantization {
  readonly scales: number;
  readonly zeroPoints: number;
  readonly blockSize: number;
  readonly quantizedDimensions: readonly number[];
}
export interface QuantizationParameters {
  readonly min: readonly number[];
  readonly max: readonly number[];
  readonly scale: readonly number[];
  readonly zeroPoint: readonly number[];
  readonly details: QuantizationDetails | null;
  readonly quantizedDimension: number;
}
export interface Int32Vector {
  readonly values: readonly number[];
}
export interface Uint16Vector {
  readonly values: readonly number[];
}
export interface Uint8Vector {
  readonly values: Uint8Array;
}
export interface DimensionMetadata {
  readonly format: number;
  readonly denseSize: number;
  readonly arraySegments: SparseIndexVector | null;
  readonly arrayIndices: SparseIndexVector | null;
}
export interface SparsityParameters {
  readonly traversalOrder: readonly number[];
  readonly blockMap: readonly number[];
  readonly dimMetadata: readonly DimensionMetadata[];
}
export interface VariantSubType {
  readonly shape: readonly number[];
  readonly type: number;
  readonly hasRank: boolean;
}
export interface Tensor {
  readonly shape: readonly number[];
  readonly type: number;
  readonly buffer: number;
  readonly name: string | null;
  readonly quantization: QuantizationParameters | null;
  readonly isVariable: boolean;
  readonly sparsity: SparsityParameters | null;
  readonly shapeSignature: readonly number[];
  readonly hasRank: boolean;
  readonly variantTensors: readonly VariantSubType[];
  readonly externalBuffer: number;
}
export interface StablehloGatherOptions {
  readonly offsetDims: readonly number[];
  readonly collapsedSliceDims: readonly number[];
  readonly startIndexMap: readonly number[];
  readonly indexVectorDim: number;
  readonly sliceSizes: readonly number[];
  readonly indicesAreSorted: boolean;
}
export interface StablehloTransposeOptions {
  readonly permutation: readonly number[];
}
export interface StablehloDotGeneralOptions {
  readonly lhsBatchingDimensions: readonly number[];
  readonly rhsBatchingDimensions: readonly number[];
  readonly lhsContractingDimensions: readonly number[];
  readonly rhsContractingDimensions: readonly number[];
  readonly precisionConfig: readonly number[];
}
export interface StablehloReduceWindowOptions {
  readonly windowDimensions: readonly number[];
  readonly windowStrides: readonly number[];
  readonly baseDilations: readonly number[];
  readonly windowDilations: readonly number[];
  readonly padding: readonly number[];
  readonly bodySubgraphIndex: number;
}
export interface StablehloWhileOptions {
  readonly condSubgraphIndex: number;
  readonly bodySubgraphIndex: number;
}
export interface StablehloSortOptions {
  readonly dimension: number;
  readonly isStable: boolean;
  readonly comparatorSubgraphIndex: number;
}
export interface StablehloConcatenateOptions {
  readonly dimension: number;
}
export interface StablehloBroadcastInDimOptions {
  readonly broadcastDimensions: readonly number[];
}
export interface StablehloCompareOptions {
  readonly comparisonDirection: number;
  readonly compareType: number;
}
export interface StablehloDynamicSliceOptions {
  readonly sliceSizes: readonly number[];
}
export interface StablehloPadOptions {
  readonly edgePaddingLow: readonly number[];
  readonly edgePaddingHigh: readonly number[];
  readonly interiorPadding: readonly number[];
}
export interface StablehloIotaOptions {
  readonly iotaDimension: number;
}
export interface StablehloCustomCallOptions {
  readonly callTargetName: string | null;
  readonly hasSideEffect: boolean;
  readonly backendConfig: string | null;
  readonly apiVersion: number;
  readonly calledComputations: readonly number[];
  readonly customAttributes: Uint8Array;
}
export interface StablehloReduceOptions {
  readonly dimensions: readonly number[];
  readonly bodySubgraphIndex: number;
}
export interface StablehloSliceOptions {
  readonly startIndices: readonly number[];
  readonly limitIndices: readonly number[];
  readonly strides: readonly number[];
}
export interface StablehloConvolutionOptions {
  readonly windowStrides: readonly number[];
  readonly padding: readonly number[];
  readonly lhsDilation: readonly number[];
  readonly rhsDilation: readonly number[];
  readonly windowReversal: readonly boolean[];
  readonly inputBatchDimension: number;
  readonly inputFeatureDimension: number;
  readonly inputSpatialDimensions: readonly number[];
  readonly kernelInputFeatureDimension: number;
  readonly kernelOutputFeatureDimension: number;
  readonly kernelSpatialDimensions: readonly number[];
  readonly outputBatchDimension: number;
  readonly outputFeatureDimension: number;
  readonly outputSpatialDimensions: readonly number[];
  readonly featureGroupCount: number;
  readonly batchGroupCount: number;
  readonly precisionConfig: readonly number[];
}
export interface StablehloScatterOptions {
  readonly indicesAreSorted: boolean;
  readonly updateWindowDims: readonly number[];
  readonly insertedWindowDims: readonly number[];
  readonly scatterDimsToOperandDims: readonly number[];
  readonly indexVectorDim: number;
  readonly uniqueIndices: boolean;
  readonly updateComputationSubgraphIndex: number;
}
export interface StablehloCaseOptions {
  readonly branchSubgraphIndices: readonly number[];
}
export interface StablehloRngBitGeneratorOptions {
  readonly algorithm: number;
}
export interface Conv2DOptions {
  readonly padding: number;
  readonly strideW: number;
  readonly strideH: number;
  readonly fusedActivationFunction: number;
  readonly dilationWFactor: number;
  readonly dilationHFactor: number;
  readonly quantizedBiasType: number;
}
export interface Conv3DOptions {
  readonly padding: number;
  readonly strideD: number;
  readonly strideW: number;
  readonly strideH: number;
  readonly fusedActivationFunction: number;
  readonly dilationDFactor: number;
  readonly dilationWFactor: number;
  readonly dilationHFactor: number;
}
export interface Pool2DOptions {
  readonly padding: number;
  readonly strideW: number;
  readonly strideH: number;
  readonly filterWidth: number;
  readonly filterHeight: number;
  readonly fusedActivationFunction: number;
}
export interface DepthwiseConv2DOptions {
  readonly padding: number;
  readonly strideW: number;
  readonly strideH: number;
  readonly depthMultiplier: number;
  readonly fusedActivationFunction: number;
  readonly dilationWFactor: number;
  readonly dilationHFactor: number;
}
export interface ConcatEmbeddingsOptions {
  readonly numChannels: number;
  readonly numColumnsPerChannel: readonly number[];
  readonly embeddingDimPerChannel: readonly number[];
}
export interface LSHProjectionOptions {
  readonly type: number;
}
export interface SVDFOptions {
  readonly rank: number;
  readonly fusedActivationFunction: number;
  readonly asymmetricQuantizeInputs: boolean;
}
export interface RNNOptions {
  readonly fusedActivationFunction: number;
  readonly asymmetricQuantizeInputs: boolean;
}
export interface SequenceRNNOptions {
  readonly timeMajor: boolean;
  readonly fusedActivationFunction: number;
  readonly asymmetricQuantizeInputs: boolean;
}
export interface BidirectionalSequenceRNNOptions {
  readonly timeMajor: boolean;
  readonly fusedActivationFunction: number;
  readonly mergeOutputs: boolean;
  readonly asymmetricQuantizeInputs: boolean;
}
export interface FullyConnectedOptions {
  readonly fusedActivationFunction: number;
  readonly weightsFormat: number;
  readonly keepNumDims: boolean;
  readonly asymmetricQuantizeInputs: boolean;
  readonly quantizedBiasType: number;
}
export interface SoftmaxOptions {
  readonly beta: number;
}
export interface ConcatenationOptions {
  readonly axis: number;
  readonly fusedActivationFunction: number;
}
export interface AddOptions {
  readonly fusedActivationFunction: number;
  readonly potScaleInt16: boolean;
}
export interface MulOptions {
  readonly fusedActivationFunction: number;
}
export interface L2NormOptions {
  readonly fusedActivationFunction: number;
}
export interface LocalResponseNormalizationOptions {
  readonly radius: number;
  readonly bias: number;
  readonly alpha: number;
  readonly beta: number;
}
export interface LSTMOptions {
  readonly fusedActivationFunction: number;
  readonly cellClip: number;
  readonly projClip: number;
  readonly kernelType: number;
  readonly asymmetricQuantizeInputs: boolean;
}
export interface UnidirectionalSequenceLSTMOptions {
  readonly fusedActivationFunction: number;
  readonly cellClip: number;
  readonly projClip: number;
  readonly timeMajor: boolean;
  readonly asymmetricQuantizeInputs: boolean;
  readonly diagonalRecurrentTensors: boolean;
}
export interface BidirectionalSequenceLSTMOptions {
  readonly fusedActivationFunction: number;
  readonly cellClip: number;
  readonly projClip: number;
  readonly mergeOutputs: boolean;
  readonly timeMajor: boolean;
  readonly asymmetricQuantizeInputs: boolean;
}
export interface ResizeBilinearOptions {
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
}
export interface ResizeNearestNeighborOptions {
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
}
export interface CallOptions {
  readonly subgraph: number;
}
export type PadOptions = Readonly<Record<string, never>>;
export type PadV2Options = Readonly<Record<string, never>>;
export interface ReshapeOptions {
  readonly newShape: readonly number[];
}
export type SpaceToBatchNDOptions = Readonly<Record<string, never>>;
export type BatchToSpaceNDOptions = Readonly<Record<string, never>>;
export interface SkipGramOptions {
  readonly ngramSize: number;
  readonly maxSkipSize: number;
  readonly includeAllNgrams: boolean;
}
export interface SpaceToDepthOptions {
  readonly blockSize: number;
}
export interface DepthToSpaceOptions {
  readonly blockSize: number;
}
export interface SubOptions {
  readonly fusedActivationFunction: number;
  readonly potScaleInt16: boolean;
}
export interface DivOptions {
  readonly fusedActivationFunction: number;
}
export type TopKV2Options = Readonly<Record<string, never>>;
export interface EmbeddingLookupSparseOptions {
  readonly combiner: number;
}
export interface GatherOptions {
  readonly axis: number;
  readonly batchDims: number;
}
export type TransposeOptions = Readonly<Record<string, never>>;
export type ExpOptions = Readonly<Record<string, never>>;
export type CosOptions = Readonly<Record<string, never>>;
export interface ReducerOptions {
  readonly keepDims: boolean;
}
export interface SqueezeOptions {
  readonly squeezeDims: readonly number[];
}
export interface SplitOptions {
  readonly numSplits: number;
}
export interface SplitVOptions {
  readonly numSplits: number;
}
export interface StridedSliceOptions {
  readonly beginMask: number;
  readonly endMask: number;
  readonly ellipsisMask: number;
  readonly newAxisMask: number;
  readonly shrinkAxisMask: number;
  readonly offset: boolean;
}
export type LogSoftmaxOptions = Readonly<Record<string, never>>;
export interface CastOptions {
  readonly inDataType: number;
  readonly outDataType: number;
}
export type DequantizeOptions = Readonly<Record<string, never>>;
export type MaximumMinimumOptions = Readonly<Record<string, never>>;
export type TileOptions = Readonly<Record<string, never>>;
export interface ArgMaxOptions {
  readonly outputType: number;
}
export interface ArgMinOptions {
  readonly outputType: number;
}
export type GreaterOptions = Readonly<Record<string, never>>;
export type GreaterEqualOptions = Readonly<Record<string, never>>;
export type LessOptions = Readonly<Record<string, never>>;
export type LessEqualOptions = Readonly<Record<string, never>>;
export type NegOptions = Readonly<Record<string, never>>;
export type SelectOptions = Readonly<Record<string, never>>;
export type SliceOptions = Readonly<Record<string, never>>;
export interface TransposeConvOptions {
  readonly padding: number;
  readonly strideW: number;
  readonly strideH: number;
  readonly fusedActivationFunction: number;
  readonly quantizedBiasType: number;
}
export type ExpandDimsOptions = Readonly<Record<string, never>>;
export interface SparseToDenseOptions {
  readonly validateIndices: boolean;
}
export type EqualOptions = Readonly<Record<string, never>>;
export type NotEqualOptions = Readonly<Record<string, never>>;
export interface ShapeOptions {
  readonly outType: number;
}
export type RankOptions = Readonly<Record<string, never>>;
export type PowOptions = Readonly<Record<string, never>>;
export interface FakeQuantOptions {
  readonly min: number;
  readonly max: number;
  readonly numBits: number;
  readonly narrowRange: boolean;
}
export interface PackOptions {
  readonly valuesCount: number;
  readonly axis: number;
}
export type LogicalOrOptions = Readonly<Record<string, never>>;
export interface OneHotOptions {
  readonly axis: number;
}
export type AbsOptions = Readonly<Record<string, never>>;
export type HardSwishOptions = Readonly<Record<string, never>>;
export type LogicalAndOptions = Readonly<Record<string, never>>;
export type LogicalNotOptions = Readonly<Record<string, never>>;
export interface UnpackOptions {
  readonly num: number;
  readonly axis: number;
}
export type FloorDivOptions = Readonly<Record<string, never>>;
export type SquareOptions = Readonly<Record<string, never>>;
export type ZerosLikeOptions = Readonly<Record<string, never>>;
export type FillOptions = Readonly<Record<string, never>>;
export type FloorModOptions = Readonly<Record<string, never>>;
export type RangeOptions = Readonly<Record<string, never>>;
export interface LeakyReluOptions {
  readonly alpha: number;
}
export type SquaredDifferenceOptions = Readonly<Record<string, never>>;
export interface MirrorPadOptions {
  readonly mode: number;
}
export interface UniqueOptions {
  readonly idxOutType: number;
}
export type ReverseV2Options = Readonly<Record<string, never>>;
export type AddNOptions = Readonly<Record<string, never>>;
export type GatherNdOptions = Readonly<Record<string, never>>;
export type WhereOptions = Readonly<Record<string, never>>;
export interface ReverseSequenceOptions {
  readonly seqDim: number;
  readonly batchDim: number;
}
export type MatrixDiagOptions = Readonly<Record<string, never>>;
export type QuantizeOptions = Readonly<Record<string, never>>;
export type MatrixSetDiagOptions = Readonly<Record<string, never>>;
export interface IfOptions {
  readonly thenSubgraphIndex: number;
  readonly elseSubgraphIndex: number;
}
export interface CallOnceOptions {
  readonly initSubgraphIndex: number;
}
export interface WhileOptions {
  readonly condSubgraphIndex: number;
  readonly bodySubgraphIndex: number;
}
export type NonMaxSuppressionV4Options = Readonly<Record<string, never>>;
export type NonMaxSuppressionV5Options = Readonly<Record<string, never>>;
export type ScatterNdOptions = Readonly<Record<string, never>>;
export type SelectV2Options = Readonly<Record<string, never>>;
export type DensifyOptions = Readonly<Record<string, never>>;
export type SegmentSumOptions = Readonly<Record<string, never>>;
export interface BatchMatMulOptions {
  readonly adjX: boolean;
  readonly adjY: boolean;
  readonly asymmetricQuantizeInputs: boolean;
}
export interface CumsumOptions {
  readonly exclusive: boolean;
  readonly reverse: boolean;
}
export type BroadcastToOptions = Readonly<Record<string, never>>;
export type Rfft2dOptions = Readonly<Record<string, never>>;
export interface HashtableOptions {
  readonly tableId: number;
  readonly keyDtype: number;
  readonly valueDtype: number;
}
export type HashtableFindOptions = Readonly<Record<string, never>>;
export type HashtableImportOptions = Readonly<Record<string, never>>;
export type HashtableSizeOptions = Readonly<Record<string, never>>;
export interface VarHandleOptions {
  readonly container: string | null;
  readonly sharedName: string | null;
}
export type ReadVariableOptions = Readonly<Record<string, never>>;
export type AssignVariableOptions = Readonly<Record<string, never>>;
export interface RandomOptions {
  readonly seed: number;
  readonly seed2: number;
}
export interface BucketizeOptions {
  readonly boundaries: readonly number[];
}
export interface GeluOptions {
  readonly approximate: boolean;
}
export type DynamicUpdateSliceOptions = Readonly<Record<string, never>>;
export type UnsortedSegmentProdOptions = Readonly<Record<string, never>>;
export type UnsortedSegmentMaxOptions = Readonly<Record<string, never>>;
export type UnsortedSegmentSumOptions = Readonly<Record<string, never>>;
export type ATan2Options = Readonly<Record<string, never>>;
export type UnsortedSegmentMinOptions = Readonly<Record<string, never>>;
export type SignOptions = Readonly<Record<string, never>>;
export type BitcastOptions = Readonly<Record<string, never>>;
export type BitwiseXorOptions = Readonly<Record<string, never>>;
export type RightShiftOptions = Readonly<Record<string, never>>;
export type DilateOptions = Readonly<Record<string, never>>;
export interface OperatorCode {
  readonly deprecatedBuiltinCode: number;
  readonly customCode: string | null;
  readonly version: number;
  readonly builtinCode: number;
}
export interface StableHLOCompositeOptions {
  readonly name: string | null;
  readonly decompositionSubgraphIndex: number;
  readonly compositeAttributes: Uint8Array;
  readonly compositeAttributesFormat: number;
  readonly version: number;
}
export type StablehloShiftLeftOptions = Readonly<Record<string, never>>;
export interface Operator {
  readonly opcodeIndex: number;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly builtinOptions: BuiltinOptions | null;
  readonly customOptions: Uint8Array;
  readonly customOptionsFormat: number;
  readonly mutatingVariableInputs: readonly boolean[];
  readonly intermediates: readonly number[];
  readonly largeCustomOptionsOffset: number;
  readonly largeCustomOptionsSize: number;
  readonly builtinOptions2: BuiltinOptions2 | null;
  readonly debugMetadataIndex: number;
}
export interface SubGraph {
  readonly tensors: readonly Tensor[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly operators: readonly Operator[];
  readonly name: string | null;
  readonly debugMetadataIndex: number;
}
export interface Buffer {
  readonly data: Uint8Array;
  readonly offset: number;
  readonly size: number;
}
export interface ExternalBufferGroup {
  readonly name: string | null;
}
export interface ExternalBuffer {
  readonly id: number;
  readonly group: number;
  readonly offset: number;
  readonly length: number;
  readonly packing: string | null;
}
export interface Metadata {
  readonly name: string | null;
  readonly buffer: number;
}
export interface TensorMap {
  readonly name: string | null;
  readonly tensorIndex: number;
}
export interface SignatureDef {
  readonly inputs: readonly TensorMap[];
  readonly outputs: readonly TensorMap[];
  readonly signatureKey: string | null;
  readonly subgraphIndex: number;
}
export interface Model {
  readonly version: number;
  readonly operatorCodes: readonly OperatorCode[];
  readonly subgraphs: readonly SubGraph[];
  readonly description: string | null;
  readonly buffers: readonly Buffer[];
  readonly metadataBuffer: readonly number[];
  readonly metadata: readonly Metadata[];
  readonly signatureDefs: readonly SignatureDef[];
  readonly externalBufferGroups: readonly ExternalBufferGroup[];
  readonly externalBuffers: readonly ExternalBuffer[];
}
export const TFLITE: SchemaLayout = {
  root: "Model",
  identifier: "TFL3",
  tables: {
    CustomQuantization: [{"name":"custom","slot":0,"type":{"kind":"scalars","scalar":"u8","alignment":16}}],
    BlockwiseQuantization: [{"name":"scales","slot":0,"type":{"kind":"scalar","scalar":"i32","fallback":0}},{"name":"zeroPoints","slot":1,"type":{"kind":"scalar","scalar":"i32","fallback":0}},{"name":"blockSize","slot":2,"type":{"kind":"scalar","scalar":"i32","fallback":0}}],
    MultiAxisQuantization: [{"name":"scales","slot":0,"type":{"kind":"scalar","scalar":"i32","fallback":0}},{"name":"zeroPoints","slot":1,"type":{"kind":"scalar","scalar":"i32","fallback":0}},{"name":"blockSize","slot":2,"type":{"kind":"scalar","scalar":"i32","fallback":0}},{"name":"quantizedDimensions","slot":3,"type":{"kind":"scalars","scalar":"i32","alignment":4}}],
    QuantizationParameters: [{"name":"min","slot":0,"type":{"kind":"scalars","scalar":"f32","alignment":4}},{"name":"max","slot":1,"type":{"kind":"scalars","scalar":"f32","alignment":4}},{"name":"scale","slot":2,"type":{"kind":"scalars","scalar":"f32","alignment":4}},{"name":"zeroPoint","slot":3,"type":{"kind":"scalars","scalar":"i64","alignment":8}},{"name":"details","slot":4,"type":{"kind":"union","union":"QuantizationDetails"}},{"name":"quantizedDimension","slot":6,"type":{"kind":"scalar","scalar":"i32","fallback":0}}],
    Int32Vector: [{"name":"values","slot":0,"type":{"kind":"scalars","scalar":"i32","alignment":4}}],
    Uint16Vector: [{"name":"values","slot":0,"type":{"kind":"scalars","scalar":"u16","alignment":4}}],
    Uint8Vector: [{"name":"values","slot":0,"type":{"kind":"scalars","scalar":"u8","alignment":4}}],
    DimensionMetadata: [{"name":"format","slot":0,"type":{"kind":"scalar","scalar":"i8","fallback":0}},{"name":"denseSize","slot":1,"type":{"kind":"scalar","scalar":"i32","fallback":0}},{"name":"arraySegments","slot":2,"type":{"kind":"union","union":"SparseIndexVector"}},{"name":"arrayIndices","slot":4,"type":{"kind":"union","union":"SparseIndexVector"}}],
    SparsityParameters: [{"name":"traversalOrder","slot":0,"type":{"kind":"scalars","scalar":"i32","alignment":4}},{"name":"blockMap","slot":1,"type":{"kind":"scalars","scalar":"i32","alignment":4}},{"name":"dimMetadata","slot":2,"type":{"kind":"tables","table":"DimensionMetadata"}}],
    VariantSubType: [{"name":"shape","slot":0,"type":{"kind":"scalars","scalar":"i32","alignment":4}},{"name":"type","slot":1,"type":{"kind":"scalar","scalar":"i8","fallback":0}},{"name":"hasRank","slot":2,"type":{"kind":"scalar","scalar":"bool","fallback":0}}],
    Tensor: [{"name":"shape","slot":0,"type":{"kind":"scalars","scalar":"i32","alignment":4}},{"name":"type","slot":1,"type":{"kind":"scalar","scalar":"i8","fallback":0}},{"name":"buffer","slot":2,"type":{"kind":"scalar","scalar":"u32","fallback":0}},{"name":"name","slot":3,"type":{"kind":"string"}},{"name":"quantization","slot":4,"type":{"kind":"table","table":"QuantizationParameters"}},{"name":"isVariable","slot":5,"type":{"kind":"scalar","scalar":"bool","fallback":0}},{"name":"sparsity","slot":6,"type":{"kind":"table","table":"SparsityParameters"}},{"name":"shapeSignature","slot":7,"type":{"kind":"scalars","scalar":"i32","alignment":4}},{"name":"hasRank","slot":8,"type":{"kind":"scalar","scalar":"bool","fallback":0}},{"name":"variantTensors","slot":9,"type":{"kind":"tables","table":"VariantSubType"}},{"name":"externalBuffer","slot":10,"type":{"kind":"scalar","scalar":"u32","fallback":0}}],
    StablehloGatherOptions: [{"name":"offsetDims","slot":0,"type":{"kind":"scalars","scalar":"i64","alignment":8}},{"name":"collapsedSliceDims","slot":1,"type":{"kind":"scalars","scalar":"i64","alignment":8}},{"name":"startIndexMap","slot":2,"type":{"kind":"scalars","scalar":"i64","alignment":8}},{"name":"indexVectorDim","slot":3,"type":{"kind":"scalar","scalar":"i64","fallback":0}},{"name":"sliceSizes","slot":4,"type":{"kind":"scalars","scalar":"i64","alignment":8}},{"name":"indicesAreSorted","slot":5,"type":{"kind":"scalar","scalar":"bool","fallback":0}}],
    StablehloTransposeOptions: [{"name":"permutation","slot":0,"type":{"kind":"scalars","scalar":"i64","alignment":8}}],
    StablehloDotGeneralOptions: [{"name":"lhsBatchingDimensions","slot":0,"type":{"kind":"scalars","scalar":"i64","alignment":8}},{"name":"rhsBatchingDimensions","slot":1,"type":{"kind":"scalars","scalar":"i64","alignment":8}},{"name":"lhsContractingDimensions","slot":2,"type":{"kind":"scalars","scalar":"i64","alignment":8}},{"name":"rhsContractingDimensions","slot":3,"type":{"kind":"scalars","scalar":"i64","alignment":8}},{"name":"precisionConfig","slot":4,"type":{"kind":"scalars","scalar":"u32","alignment":4}}],
    StablehloReduceWindowOptions: [{"name":"windowDimensions","slot":0,"type":{"kind":"scalars","scalar":"i64","alignment":8}},{"name":"windowStrides","slot":1,"type":{"kind":"scalars","scalar":"i64","alignment":8}},{"name":"baseDilations","slot":2,"type":{"kind":"scalars","scalar":"i64","alignment":8}},{"name":"windowDilations","slot":3,"type":{"kind":"scalars","scalar":"i64","alignment":8}},{"name":"padding","slot":4,"type":{"kind":"scalars","scalar":"i64","alignment":8}},{"name":"bodySubgraphIndex","slot":5,"type":{"kind":"scalar","scalar":"i32","fallback":0}}],
    StablehloWhileOptions: [{"name":"condSubgraphIndex","slot":0,"type":{"kind":"scalar","scalar":"i32","fallback":0}},{"name":"bodySubgraphIndex","slot":1,"type":{"kind":"scalar","scalar":"i32","fallback":0}}],
    StablehloSortOptions: [{"name":"dimension","slot":0,"type":{"kind":"scalar","scalar":"i64","fallback":0}},{"name":"isStable","slot":1,"type":{"kind":"scalar","scalar":"bool","fallback":0}},{"name":"comparatorSubgraphIndex","slot":2,"type":{"kind":"scalar","scalar":"i32","fallback":0}}],
    StablehloConcatenateOptions: [{"name":"dimension","slot":0,"type":{"kind":"scalar","scalar":"i64","fallback":0}}],
    StablehloBroadcastInDimOptions: [{"name":"broadcastDimensions","slot":0,"type":{"kind":"scalars","scalar":"i64","alignment":8}}],
    StablehloCompareOptions: [{"name":"comparisonDirection","slot":0,"type":{"kind":"scalar","scalar":"u32","fallback":0}},{"name":"compareType","slot":1,"type":{"kind":"scalar","scalar":"u32","fallback":0}}],
    StablehloDynamicSliceOptions: [{"name":"sliceSizes","slot":0,"type":{"kind":"scalars","scalar":"i64","alignment":8}}],
    StablehloPadOptions: [{"name":"edgePaddingLow","slot":0,"type":{"kind":"scalars","scalar":"i64","alignment":8}},{"name":"edgePaddingHigh","slot":1,"type":{"kind":"scalars","scalar":"i64","alignment":8}},{"name":"interiorPadding","slot":2,"type":{"kind":"scalars","scalar":"i64","alignment":8}}],
    StablehloIotaOptions: [{"name":"iotaDimension","slot":0,"type":{"kind":"scalar","scalar":"i64","fallback":0}}],
    StablehloCustomCallOptions: [{"name":"callTargetName","slot":0,"type":{"kind":"string"}},{"name":"hasSideEffect","slot":1,"type":{"kind":"scalar","scalar":"bool","fallback":0}},{"name":"backendConfig","slot":2,"type":{"kind":"string"}},{"name":"apiVersion","slot":3,"type":{"kind":"scalar","scalar":"i32","fallback":0}},{"name":"calledComputations","slot":4,"type":{"kind":"scalars","scalar":"i32","alignment":4}},{"name":"customAttributes","slot":5,"type":{"kind":"scalars","scalar":"u8","alignment":1}}],
    StablehloReduceOptions: [{"name":"dimensions","slot":0,"type":{"kind":"scalars","scalar":"i64","alignment":8}},{"name":"bodySubgraphIndex","slot":1,"type":{"kind":"scalar","scalar":"i32","fallback":0}}],
    StablehloSliceOptions: [{"name":"startIndices","slot":0,"type":{"kind":"scalars","scalar":"i64","alignment":8}},{"name":"limitIndices","slot":1,"type":{"kind":"scalars","scalar":"i64","alignment":8}},{"name":"strides","slot":2,"type":{"kind":"scalars","scalar":"i64","alignment":8}}],
    StablehloConvolutionOptions: [{"name":"windowStrides","slot":0,"type":{"kind":"scalars","scalar":"i64","alignment":8}},{"name":"padding","slot":1,"type":{"kind":"scalars","scalar":"i64","alignment":8}},{"name":"lhsDilation","slot":2,"type":{"kind":"scalars","scalar":"i64","alignment":8}},{"name":"rhsDilation","slot":3,"type":{"kind":"scalars","scalar":"i64","alignment":8}},{"name":"windowReversal","slot":4,"type":{"kind":"scalars","scalar":"bool","alignment":1}},{"name":"inputBatchDimension","slot":5,"type":{"kind":"scalar","scalar":"i64","fallback":0}},{"name":"inputFeatureDimension","slot":6,"type":{"kind":"scalar","scalar":"i64","fallback":0}},{"name":"inputSpatialDimensions","slot":7,"type":{"kind":"scalars","scalar":"i64","alignment":8}},{"name":"kernelInputFeatureDimension","slot":8,"type":{"kind":"scalar","scalar":"i64","fallback":0}},{"name":"kernelOutputFeatureDimension","slot":9,"type":{"kind":"scalar","scalar":"i64","fallback":0}},{"name":"kernelSpatialDimensions","slot":10,"type":{"kind":"scalars","scalar":"i64","alignment":8}},{"name":"outputBatchDimension","slot":11,"type":{"kind":"scalar","scalar":"i64","fallback":0}},{"name":"outputFeatureDimension","slot":12,"type":{"kind":"scalar","scalar":"i64","fallback":0}},{"name":"outputSpatialDimensions","slot":13,"type":{"kind":"scalars","scalar":"i64","alignment":8}},{"name":"featureGroupCount","slot":14,"type":{"kind":"scalar","scalar":"i64","fallback":0}},{"name":"batchGroupCount","slot":15,"type":{"kind":"scalar","scalar":"i64","fallback":0}},{"name":"precisionConfig","slot":16,"type":{"kind":"scalars","scalar":"u32","alignment":4}}],
    StablehloScatterOptions: [{"name":"indicesAreSorted","slot":0,"type":{"kind":"scalar","scalar":"bool","fallback":0}},{"name":"updateWindowDims","slot":1,"type":{"kind":"scalars","scalar":"i64","alignment":8}},{"name":"insertedWindowDims","slot":2,"type":{"kind":"scalars","scalar":"i64","alignment":8}},{"name":"scatterDimsToOperandDims","slot":3,"type":{"kind":"scalars","scalar":"i64","alignment":8}},{"name":"indexVectorDim","slot":4,"type":{"kind":"scalar","scalar":"i64","fallback":0}},{"name":"uniqueIndices","slot":5,"type":{"kind":"scalar","scalar":"bool","fallback":0}},{"name":"updateComputationSubgraphIndex","slot":6,"type":{"kind":"scalar","scalar":"i32","fallback":0}}],
    StablehloCaseOptions: [{"name":"branchSubgraphIndices","slot":0,"type":{"kind":"scalars","scalar":"i32","alignment":4}}],
    StablehloRngBitGeneratorOptions: [{"name":"algorithm","slot":0,"type":{"kind":"scalar","scalar":"i8","fallback":0}}],
    Conv2DOptions: [{"name":"padding","slot":0,"type":{"kind":"scalar","scalar":"i8","fallback":0}},{"name":"strideW","slot":1,"type":{"kind":"scalar","scalar":"i32","fallback":0}},{"name":"strideH","slot":2,"type":{"kind":"scalar","scalar":"i32","fallback":0}},{"name":"fusedActivationFunction","slot":3,"type":{"kind":"scalar","scalar":"i8","fallback":0}},{"name":"dilationWFactor","slot":4,"type":{"kind":"scalar","scalar":"i32","fallback":1}},{"name":"dilationHFactor","slot":5,"type":{"kind":"scalar","scalar":"i32","fallback":1}},{"name":"quantizedBiasType","slot":6,"type":{"kind":"scalar","scalar":"i8","fallback":0}}],
    Conv3DOptions: [{"name":"padding","slot":0,"type":{"kind":"scalar","scalar":"i8","fallback":0}},{"name":"strideD","slot":1,"type":{"kind":"scalar","scalar":"i32","fallback":0}},{"name":"strideW","slot":2,"type":{"kind":"scalar","scalar":"i32","fallback":0}},{"name":"strideH","slot":3,"type":{"kind":"scalar","scalar":"i32","fallback":0}},{"name":"fusedActivationFunction","slot":4,"type":{"kind":"scalar","scalar":"i8","fallback":0}},{"name":"dilationDFactor","slot":5,"type":{"kind":"scalar","scalar":"i32","fallback":1}},{"name":"dilationWFactor","slot":6,"type":{"kind":"scalar","scalar":"i32","fallback":1}},{"name":"dilationHFactor","slot":7,"type":{"kind":"scalar","scalar":"i32","fallback":1}}],
    Pool2DOptions: [{"name":"padding","slot":0,"type":{"kind":"scalar","scalar":"i8","fallback":0}},{"name":"strideW","slot":1,"type":{"kind":"scalar","scalar":"i32","fallback":0}},{"name":"strideH","slot":2,"type":{"kind":"scalar","scalar":"i32","fallback":0}},{"name":"filterWidth","slot":3,"type":{"kind":"scalar","scalar":"i32","fallback":0}},{"name":"filterHeight","slot":4,"type":{"kind":"scalar","scalar":"i32","fallback":0}},{"name":"fusedActivationFunction","slot":5,"type":{"kind":"scalar","scalar":"i8","fallback":0}}],
    DepthwiseConv2DOptions: [{"name":"padding","slot":0,"type":{"kind":"scalar","scalar":"i8","fallback":0}},{"name":"strideW","slot":1,"type":{"kind":"scalar","scalar":"i32","fallback":0}},{"name":"strideH","slot":2,"type":{"kind":"scalar","scalar":"i32","fallback":0}},{"name":"depthMultiplier","slot":3,"type":{"kind":"scalar","scalar":"i32","fallback":0}},{"name":"fusedActivationFunction","slot":4,"type":{"kind":"scalar","scalar":"i8","fallback":0}},{"name":"dilationWFactor","slot":5,"type":{"kind":"scalar","scalar":"i32","fallback":1}},{"name":"dilationHFactor","slot":6,"type":{"kind":"scalar","scalar":"i32","fallback":1}}],
    ConcatEmbeddingsOptions: [{"name":"numChannels","slot":0,"type":{"kind":"scalar","scalar":"i32","fallback":0}},{"name":"numColumnsPerChannel","slot":1,"type":{"kind":"scalars","scalar":"i32","alignment":4}},{"name":"embeddingDimPerChannel","slot":2,"type":{"kind":"scalars","scalar":"i32","alignment":4}}],
    LSHProjectionOptions: [{"name":"type","slot":0,"type":{"kind":"scalar","scalar":"i8","fallback":0}}],
    SVDFOptions: [{"name":"rank","slot":0,"type":{"kind":"scalar","scalar":"i32","fallback":0}},{"name":"fusedActivationFunction","slot":1,"type":{"kind":"scalar","scalar":"i8","fallback":0}},{"name":"asymmetricQuantizeInputs","slot":2,"type":{"kind":"scalar","scalar":"bool","fallback":0}}],
    RNNOptions: [{"name":"fusedActivationFunction","slot":0,"type":{"kind":"scalar","scalar":"i8","fallback":0}},{"name":"asymmetricQuantizeInputs","slot":1,"type":{"kind":"scalar","scalar":"bool","fallback":0}}],
    SequenceRNNOptions: [{"name":"timeMajor","slot":0,"type":{"kind":"scalar","scalar":"bool","fallback":0}},{"name":"fusedActivationFunction","slot":1,"type":{"kind":"scalar","scalar":"i8","fallback":0}},{"name":"asymmetricQuantizeInputs","slot":2,"type":{"kind":"scalar","scalar":"bool","fallback":0}}],
    BidirectionalSequenceRNNOptions: [{"name":"timeMajor","slot":0,"type":{"kind":"scalar","scalar":"bool","fallback":0}},{"name":"fusedActivationFunction","slot":1,"type":{"kind":"scalar","scalar":"i8","fallback":0}},{"name":"mergeOutputs","slot":2,"type":{"kind":"scalar","scalar":"bool","fallback":0}},{"name":"asymmetricQuantizeInputs","slot":3,"type":{"kind":"scalar","scalar":"bool","fallback":0}}],
    FullyConnectedOptions: [{"name":"fusedActivationFunction","slot":0,"type":{"kind":"scalar","scalar":"i8","fallback":0}},{"name":"weightsFormat","slot":1,"type":{"kind":"scalar","scalar":"i8","fallback":0}},{"name":"keepNumDims","slot":2,"type":{"kind":"scalar","scalar":"bool","fallback":0}},{"name":"asymmetricQuantizeInputs","slot":3,"type":{"kind":"scalar","scalar":"bool","fallback":0}},{"name":"quantizedBiasType","slot":4,"type":{"kind":"scalar","scalar":"i8","fallback":0}}],
    SoftmaxOptions: [{"name":"beta","slot":0,"type":{"kind":"scalar","scalar":"f32","fallback":0}}],
    ConcatenationOptions: [{"name":"axis","slot":0,"type":{"kind":"scalar","scalar":"i32","fallback":0}},{"name":"fusedActivationFunction","slot":1,"type":{"kind":"scalar","scalar":"i8","fallback":0}}],
    AddOptions: [{"name":"fusedActivationFunction","slot":0,"type":{"kind":"scalar","scalar":"i8","fallback":0}},{"name":"potScaleInt16","slot":1,"type":{"kind":"scalar","scalar":"bool","fallback":1}}],
    MulOptions: [{"name":"fusedActivationFunction","slot":0,"type":{"kind":"scalar","scalar":"i8","fallback":0}}],
    L2NormOptions: [{"name":"fusedActivationFunction","slot":0,"type":{"kind":"scalar","scalar":"i8","fallback":0}}],
    LocalResponseNormalizationOptions: [{"name":"radius","slot":0,"type":{"kind":"scalar","scalar":"i32","fallback":0}},{"name":"bias","slot":1,"type":{"kind":"scalar","scalar":"f32","fallback":0}},{"name":"alpha","slot":2,"type":{"kind":"scalar","scalar":"f32","fallback":0}},{"name":"beta","slot":3,"type":{"kind":"scalar","scalar":"f32","fallback":0}}],
    LSTMOptions: [{"name":"fusedActivationFunction","slot":0,"type":{"kind":"scalar","scalar":"i8","fallback":0}},{"name":"cellClip","slot":1,"type":{"kind":"scalar","scalar":"f32","fallback":0}},{"name":"projClip","slot":2,"type":{"kind":"scalar","scalar":"f32","fallback":0}},{"name":"kernelType","slot":3,"type":{"kind":"scalar","scalar":"i8","fallback":0}},{"name":"asymmetricQuantizeInputs","slot":4,"type":{"kind":"scalar","scalar":"bool","fallback":0}}],
    UnidirectionalSequenceLSTMOptions: [{"name":"fusedActivationFunction","slot":0,"type":{"kind":"scalar","scalar":"i8","fallback":0}},{"name":"cellClip","slot":1,"type":{"kind":"scalar","scalar":"f32","fallback":0}},{"name":"projClip","slot":2,"type":{"kind":"scalar","scalar":"f32","fallback":0}},{"name":"timeMajor","slot":3,"type":{"kind":"scalar","scalar":"bool","fallback":0}},{"name":"asymmetricQuantizeInputs","slot":4,"type":{"kind":"scalar","scalar":"bool","fallback":0}},{"name":"diagonalRecurrentTensors","slot":5,"type":{"kind":"scalar","scalar":"bool","fallback":0}}],
    BidirectionalSequenceLSTMOptions: [{"name":"fusedActivationFunction","slot":0,"type":{"kind":"scalar","scalar":"i8","fallback":0}},{"name":"cellClip","slot":1,"type":{"kind":"scalar","scalar":"f32","fallback":0}},{"name":"projClip","slot":2,"type":{"kind":"scalar","scalar":"f32","fallback":0}},{"name":"mergeOutputs","slot":3,"type":{"kind":"scalar","scalar":"bool","fallback":0}},{"name":"timeMajor","slot":4,"type":{"kind":"scalar","scalar":"bool","fallback":1}},{"name":"asymmetricQuantizeInputs","slot":5,"type":{"kind":"scalar","scalar":"bool","fallback":0}}],
    ResizeBilinearOptions: [{"name":"alignCorners","slot":2,"type":{"kind":"scalar","scalar":"bool","fallback":0}},{"name":"halfPixelCenters","slot":3,"type":{"kind":"scalar","scalar":"bool","fallback":0}}],
    ResizeNearestNeighborOptions: [{"name":"alignCorners","slot":0,"type":{"kind":"scalar","scalar":"bool","fallback":0}},{"name":"halfPixelCenters","slot":1,"type":{"kind":"scalar","scalar":"bool","fallback":0}}],
    CallOptions: [{"name":"subgraph","slot":0,"type":{"kind":"scalar","scalar":"u32","fallback":0}}],
    PadOptions: [],
    PadV2Options: [],
    ReshapeOptions: [{"name":"newShape","slot":0,"type":{"kind":"scalars","scalar":"i32","alignment":4}}],
    SpaceToBatchNDOptions: [],
    BatchToSpaceNDOptions: [],
    SkipGramOptions: [{"name":"ngramSize","slot":0,"type":{"kind":"scalar","scalar":"i32","fallback":0}},{"name":"maxSkipSize","slot":1,"type":{"kind":"scalar","scalar":"i32","fallback":0}},{"name":"includeAllNgrams","slot":2,"type":{"kind":"scalar","scalar":"bool","fallback":0}}],
    SpaceToDepthOptions: [{"name":"blockSize","slot":0,"type":{"kind":"scalar","scalar":"i32","fallback":0}}],
    DepthToSpaceOptions: [{"name":"blockSize","slot":0,"type":{"kind":"scalar","scalar":"i32","fallback":0}}],
    SubOptions: [{"name":"fusedActivationFunction","slot":0,"type":{"kind":"scalar","scalar":"i8","fallback":0}},{"name":"potScaleInt16","slot":1,"type":{"kind":"scalar","scalar":"bool","fallback":1}}],
    DivOptions: [{"name":"fusedActivationFunction","slot":0,"type":{"kind":"scalar","scalar":"i8","fallback":0}}],
    TopKV2Options: [],
    EmbeddingLookupSparseOptions: [{"name":"combiner","slot":0,"type":{"kind":"scalar","scalar":"i8","fallback":0}}],
    GatherOptions: [{"name":"axis","slot":0,"type":{"kind":"scalar","scalar":"i32","fallback":0}},{"name":"batchDims","slot":1,"type":{"kind":"scalar","scalar":"i32","fallback":0}}],
    TransposeOptions: [],
    ExpOptions: [],
    CosOptions: [],
    ReducerOptions: [{"name":"keepDims","slot":0,"type":{"kind":"scalar","scalar":"bool","fallback":0}}],
    SqueezeOptions: [{"name":"squeezeDims","slot":0,"type":{"kind":"scalars","scalar":"i32","alignment":4}}],
    SplitOptions: [{"name":"numSplits","slot":0,"type":{"kind":"scalar","scalar":"i32","fallback":0}}],
    SplitVOptions: [{"name":"numSplits","slot":0,"type":{"kind":"scalar","scalar":"i32","fallback":0}}],
    StridedSliceOptions: [{"name":"beginMask","slot":0,"type":{"kind":"scalar","scalar":"i32","fallback":0}},{"name":"endMask","slot":1,"type":{"kind":"scalar","scalar":"i32","fallback":0}},{"name":"ellipsisMask","slot":2,"type":{"kind":"scalar","scalar":"i32","fallback":0}},{"name":"newAxisMask","slot":3,"type":{"kind":"scalar","scalar":"i32","fallback":0}},{"name":"shrinkAxisMask","slot":4,"type":{"kind":"scalar","scalar":"i32","fallback":0}},{"name":"offset","slot":5,"type":{"kind":"scalar","scalar":"bool","fallback":0}}],
    LogSoftmaxOptions: [],
    CastOptions: [{"name":"inDataType","slot":0,"type":{"kind":"scalar","scalar":"i8","fallback":0}},{"name":"outDataType","slot":1,"type":{"kind":"scalar","scalar":"i8","fallback":0}}],
    DequantizeOptions: [],
    MaximumMinimumOptions: [],
    TileOptions: [],
    ArgMaxOptions: [{"name":"outputType","slot":0,"type":{"kind":"scalar","scalar":"i8","fallback":0}}],
    ArgMinOptions: [{"name":"outputType","slot":0,"type":{"kind":"scalar","scalar":"i8","fallback":0}}],
    GreaterOptions: [],
    GreaterEqualOptions: [],
    LessOptions: [],
    LessEqualOptions: [],
    NegOptions: [],
    SelectOptions: [],
    SliceOptions: [],
    TransposeConvOptions: [{"name":"padding","slot":0,"type":{"kind":"scalar","scalar":"i8","fallback":0}},{"name":"strideW","slot":1,"type":{"kind":"scalar","scalar":"i32","fallback":0}},{"name":"strideH","slot":2,"type":{"kind":"scalar","scalar":"i32","fallback":0}},{"name":"fusedActivationFunction","slot":3,"type":{"kind":"scalar","scalar":"i8","fallback":0}},{"name":"quantizedBiasType","slot":4,"type":{"kind":"scalar","scalar":"i8","fallback":0}}],
    ExpandDimsOptions: [],
    SparseToDenseOptions: [{"name":"validateIndices","slot":0,"type":{"kind":"scalar","scalar":"bool","fallback":0}}],
    EqualOptions: [],
    NotEqualOptions: [],
    ShapeOptions: [{"name":"outType","slot":0,"type":{"kind":"scalar","scalar":"i8","fallback":0}}],
    RankOptions: [],
    PowOptions: [],
    FakeQuantOptions: [{"name":"min","slot":0,"type":{"kind":"scalar","scalar":"f32","fallback":0}},{"name":"max","slot":1,"type":{"kind":"scalar","scalar":"f32","fallback":0}},{"name":"numBits","slot":2,"type":{"kind":"scalar","scalar":"i32","fallback":0}},{"name":"narrowRange","slot":3,"type":{"kind":"scalar","scalar":"bool","fallback":0}}],
    PackOptions: [{"name":"valuesCount","slot":0,"type":{"kind":"scalar","scalar":"i32","fallback":0}},{"name":"axis","slot":1,"type":{"kind":"scalar","scalar":"i32","fallback":0}}],
    LogicalOrOptions: [],
    OneHotOptions: [{"name":"axis","slot":0,"type":{"kind":"scalar","scalar":"i32","fallback":0}}],
    AbsOptions: [],
    HardSwishOptions: [],
    LogicalAndOptions: [],
    LogicalNotOptions: [],
    UnpackOptions: [{"name":"num","slot":0,"type":{"kind":"scalar","scalar":"i32","fallback":0}},{"name":"axis","slot":1,"type":{"kind":"scalar","scalar":"i32","fallback":0}}],
    FloorDivOptions: [],
    SquareOptions: [],
    ZerosLikeOptions: [],
    FillOptions: [],
    FloorModOptions: [],
    RangeOptions: [],
    LeakyReluOptions: [{"name":"alpha","slot":0,"type":{"kind":"scalar","scalar":"f32","fallback":0}}],
    SquaredDifferenceOptions: [],
    MirrorPadOptions: [{"name":"mode","slot":0,"type":{"kind":"scalar","scalar":"i8","fallback":0}}],
    UniqueOptions: [{"name":"idxOutType","slot":0,"type":{"kind":"scalar","scalar":"i8","fallback":2}}],
    ReverseV2Options: [],
    AddNOptions: [],
    GatherNdOptions: [],
    WhereOptions: [],
    ReverseSequenceOptions: [{"name":"seqDim","slot":0,"type":{"kind":"scalar","scalar":"i32","fallback":0}},{"name":"batchDim","slot":1,"type":{"kind":"scalar","scalar":"i32","fallback":0}}],
    MatrixDiagOptions: [],
    QuantizeOptions: [],
    MatrixSetDiagOptions: [],
    IfOptions: [{"name":"thenSubgraphIndex","slot":0,"type":{"kind":"scalar","scalar":"i32","fallback":0}},{"name":"elseSubgraphIndex","slot":1,"type":{"kind":"scalar","scalar":"i32","fallback":0}}],
    CallOnceOptions: [{"name":"initSubgraphIndex","slot":0,"type":{"kind":"scalar","scalar":"i32","fallback":0}}],
    WhileOptions: [{"name":"condSubgraphIndex","slot":0,"type":{"kind":"scalar","scalar":"i32","fallback":0}},{"name":"bodySubgraphIndex","slot":1,"type":{"kind":"scalar","scalar":"i32","fallback":0}}],
    NonMaxSuppressionV4Options: [],
    NonMaxSuppressionV5Options: [],
    ScatterNdOptions: [],
    SelectV2Options: [],
    DensifyOptions: [],
    SegmentSumOptions: [],
    BatchMatMulOptions: [{"name":"adjX","slot":0,"type":{"kind":"scalar","scalar":"bool","fallback":0}},{"name":"adjY","slot":1,"type":{"kind":"scalar","scalar":"bool","fallback":0}},{"name":"asymmetricQuantizeInputs","slot":2,"type":{"kind":"scalar","scalar":"bool","fallback":0}}],
    CumsumOptions: [{"name":"exclusive","slot":0,"type":{"kind":"scalar","scalar":"bool","fallback":0}},{"name":"reverse","slot":1,"type":{"kind":"scalar","scalar":"bool","fallback":0}}],
    BroadcastToOptions: [],
    Rfft2dOptions: [],
    HashtableOptions: [{"name":"tableId","slot":0,"type":{"kind":"scalar","scalar":"i32","fallback":0}},{"name":"keyDtype","slot":1,"type":{"kind":"scalar","scalar":"i8","fallback":0}},{"name":"valueDtype","slot":2,"type":{"kind":"scalar","scalar":"i8","fallback":0}}],
    HashtableFindOptions: [],
    HashtableImportOptions: [],
    HashtableSizeOptions: [],
    VarHandleOptions: [{"name":"container","slot":0,"type":{"kind":"string"}},{"name":"sharedName","slot":1,"type":{"kind":"string"}}],
    ReadVariableOptions: [],
    AssignVariableOptions: [],
    RandomOptions: [{"name":"seed","slot":0,"type":{"kind":"scalar","scalar":"i64","fallback":0}},{"name":"seed2","slot":1,"type":{"kind":"scalar","scalar":"i64","fallback":0}}],
    BucketizeOptions: [{"name":"boundaries","slot":0,"type":{"kind":"scalars","scalar":"f32","alignment":4}}],
    GeluOptions: [{"name":"approximate","slot":0,"type":{"kind":"scalar","scalar":"bool","fallback":0}}],
    DynamicUpdateSliceOptions: [],
    UnsortedSegmentProdOptions: [],
    UnsortedSegmentMaxOptions: [],
    UnsortedSegmentSumOptions: [],
    ATan2Options: [],
    UnsortedSegmentMinOptions: [],
    SignOptions: [],
    BitcastOptions: [],
    BitwiseXorOptions: [],
    RightShiftOptions: [],
    DilateOptions: [],
    OperatorCode: [{"name":"deprecatedBuiltinCode","slot":0,"type":{"kind":"scalar","scalar":"i8","fallback":0}},{"name":"customCode","slot":1,"type":{"kind":"string"}},{"name":"version","slot":2,"type":{"kind":"scalar","scalar":"i32","fallback":1}},{"name":"builtinCode","slot":3,"type":{"kind":"scalar","scalar":"i32","fallback":0}}],
    StableHLOCompositeOptions: [{"name":"name","slot":0,"type":{"kind":"string"}},{"name":"decompositionSubgraphIndex","slot":1,"type":{"kind":"scalar","scalar":"i32","fallback":0}},{"name":"compositeAttributes","slot":2,"type":{"kind":"scalars","scalar":"u8","alignment":1}},{"name":"compositeAttributesFormat","slot":3,"type":{"kind":"scalar","scalar":"i8","fallback":0}},{"name":"version","slot":4,"type":{"kind":"scalar","scalar":"i32","fallback":0}}],
    StablehloShiftLeftOptions: [],
    Operator: [{"name":"opcodeIndex","slot":0,"type":{"kind":"scalar","scalar":"u32","fallback":0}},{"name":"inputs","slot":1,"type":{"kind":"scalars","scalar":"i32","alignment":4}},{"name":"outputs","slot":2,"type":{"kind":"scalars","scalar":"i32","alignment":4}},{"name":"builtinOptions","slot":3,"type":{"kind":"union","union":"BuiltinOptions"}},{"name":"customOptions","slot":5,"type":{"kind":"scalars","scalar":"u8","alignment":1}},{"name":"customOptionsFormat","slot":6,"type":{"kind":"scalar","scalar":"i8","fallback":0}},{"name":"mutatingVariableInputs","slot":7,"type":{"kind":"scalars","scalar":"bool","alignment":1}},{"name":"intermediates","slot":8,"type":{"kind":"scalars","scalar":"i32","alignment":4}},{"name":"largeCustomOptionsOffset","slot":9,"type":{"kind":"scalar","scalar":"u64","fallback":0}},{"name":"largeCustomOptionsSize","slot":10,"type":{"kind":"scalar","scalar":"u64","fallback":0}},{"name":"builtinOptions2","slot":11,"type":{"kind":"union","union":"BuiltinOptions2"}},{"name":"debugMetadataIndex","slot":13,"type":{"kind":"scalar","scalar":"i32","fallback":-1}}],
    SubGraph: [{"name":"tensors","slot":0,"type":{"kind":"tables","table":"Tensor"}},{"name":"inputs","slot":1,"type":{"kind":"scalars","scalar":"i32","alignment":4}},{"name":"outputs","slot":2,"type":{"kind":"scalars","scalar":"i32","alignment":4}},{"name":"operators","slot":3,"type":{"kind":"tables","table":"Operator"}},{"name":"name","slot":4,"type":{"kind":"string"}},{"name":"debugMetadataIndex","slot":5,"type":{"kind":"scalar","scalar":"i32","fallback":-1}}],
    Buffer: [{"name":"data","slot":0,"type":{"kind":"scalars","scalar":"u8","alignment":16}},{"name":"offset","slot":1,"type":{"kind":"scalar","scalar":"u64","fallback":0}},{"name":"size","slot":2,"type":{"kind":"scalar","scalar":"u64","fallback":0}}],
    ExternalBufferGroup: [{"name":"name","slot":0,"type":{"kind":"string"}}],
    ExternalBuffer: [{"name":"id","slot":0,"type":{"kind":"scalar","scalar":"u32","fallback":0}},{"name":"group","slot":1,"type":{"kind":"scalar","scalar":"u32","fallback":0}},{"name":"offset","slot":2,"type":{"kind":"scalar","scalar":"u64","fallback":0}},{"name":"length","slot":3,"type":{"kind":"scalar","scalar":"u64","fallback":0}},{"name":"packing","slot":4,"type":{"kind":"string"}}],
    Metadata: [{"name":"name","slot":0,"type":{"kind":"string"}},{"name":"buffer","slot":1,"type":{"kind":"scalar","scalar":"u32","fallback":0}}],
    TensorMap: [{"name":"name","slot":0,"type":{"kind":"string"}},{"name":"tensorIndex","slot":1,"type":{"kind":"scalar","scalar":"u32","fallback":0}}],
    SignatureDef: [{"name":"inputs","slot":0,"type":{"kind":"tables","table":"TensorMap"}},{"name":"outputs","slot":1,"type":{"kind":"tables","table":"TensorMap"}},{"name":"signatureKey","slot":2,"type":{"kind":"string"}},{"name":"subgraphIndex","slot":4,"type":{"kind":"scalar","scalar":"u32","fallback":0}}],
    Model: [{"name":"version","slot":0,"type":{"kind":"scalar","scalar":"u32","fallback":0}},{"name":"operatorCodes","slot":1,"type":{"kind":"tables","table":"OperatorCode"}},{"name":"subgraphs","slot":2,"type":{"kind":"tables","table":"SubGraph"}},{"name":"description","slot":3,"type":{"kind":"string"}},{"name":"buffers","slot":4,"type":{"kind":"tables","table":"Buffer"}},{"name":"metadataBuffer","slot":5,"type":{"kind":"scalars","scalar":"i32","alignment":4}},{"name":"metadata","slot":6,"type":{"kind":"tables","table":"Metadata"}},{"name":"signatureDefs","slot":7,"type":{"kind":"tables","table":"SignatureDef"}},{"name":"externalBufferGroups","slot":8,"type":{"kind":"tables","table":"ExternalBufferGroup"}},{"name":"externalBuffers","slot":9,"type":{"kind":"tables","table":"ExternalBuffer"}}],
  },
  unions: {
    QuantizationDetails: [null,"CustomQuantization","BlockwiseQuantization","MultiAxisQuantization"],
    SparseIndexVector: [null,"Int32Vector","Uint16Vector","Uint8Vector"],
    BuiltinOptions: [null,"Conv2DOptions","DepthwiseConv2DOptions","ConcatEmbeddingsOptions","LSHProjectionOptions","Pool2DOptions","SVDFOptions","RNNOptions","FullyConnectedOptions","SoftmaxOptions","ConcatenationOptions","AddOptions","L2NormOptions","LocalResponseNormalizationOptions","LSTMOptions","ResizeBilinearOptions","CallOptions","ReshapeOptions","SkipGramOptions","SpaceToDepthOptions","EmbeddingLookupSparseOptions","MulOptions","PadOptions","GatherOptions","BatchToSpaceNDOptions","SpaceToBatchNDOptions","TransposeOptions","ReducerOptions","SubOptions","DivOptions","SqueezeOptions","SequenceRNNOptions","StridedSliceOptions","ExpOptions","TopKV2Options","SplitOptions","LogSoftmaxOptions","CastOptions","DequantizeOptions","MaximumMinimumOptions","ArgMaxOptions","LessOptions","NegOptions","PadV2Options","GreaterOptions","GreaterEqualOptions","LessEqualOptions","SelectOptions","SliceOptions","TransposeConvOptions","SparseToDenseOptions","TileOptions","ExpandDimsOptions","EqualOptions","NotEqualOptions","ShapeOptions","PowOptions","ArgMinOptions","FakeQuantOptions","PackOptions","LogicalOrOptions","OneHotOptions","LogicalAndOptions","LogicalNotOptions","UnpackOptions","FloorDivOptions","SquareOptions","ZerosLikeOptions","FillOptions","BidirectionalSequenceLSTMOptions","BidirectionalSequenceRNNOptions","UnidirectionalSequenceLSTMOptions","FloorModOptions","RangeOptions","ResizeNearestNeighborOptions","LeakyReluOptions","SquaredDifferenceOptions","MirrorPadOptions","AbsOptions","SplitVOptions","UniqueOptions","ReverseV2Options","AddNOptions","GatherNdOptions","CosOptions","WhereOptions","RankOptions","ReverseSequenceOptions","MatrixDiagOptions","QuantizeOptions","MatrixSetDiagOptions","HardSwishOptions","IfOptions","WhileOptions","DepthToSpaceOptions","NonMaxSuppressionV4Options","NonMaxSuppressionV5Options","ScatterNdOptions","SelectV2Options","DensifyOptions","SegmentSumOptions","BatchMatMulOptions","CumsumOptions","CallOnceOptions","BroadcastToOptions","Rfft2dOptions","Conv3DOptions","HashtableOptions","HashtableFindOptions","HashtableImportOptions","HashtableSizeOptions","VarHandleOptions","ReadVariableOptions","AssignVariableOptions","RandomOptions","BucketizeOptions","GeluOptions","DynamicUpdateSliceOptions","UnsortedSegmentProdOptions","UnsortedSegmentMaxOptions","UnsortedSegmentMinOptions","UnsortedSegmentSumOptions","ATan2Options","SignOptions","BitcastOptions","BitwiseXorOptions","RightShiftOptions"],
    BuiltinOptions2: [null,"StablehloConcatenateOptions","StablehloBroadcastInDimOptions","StablehloSliceOptions","StablehloConvolutionOptions","StablehloCustomCallOptions","StablehloReduceOptions","StablehloScatterOptions","StablehloCompareOptions","StablehloDynamicSliceOptions","StablehloPadOptions","StablehloIotaOptions","StablehloDotGeneralOptions","StablehloReduceWindowOptions","StablehloSortOptions","StablehloWhileOptions","StablehloGatherOptions","StablehloTransposeOptions","DilateOptions","StablehloRngBitGeneratorOptions",null,"StableHLOCompositeOptions","StablehloShiftLeftOptions","StablehloCaseOptions"],
  },
};
