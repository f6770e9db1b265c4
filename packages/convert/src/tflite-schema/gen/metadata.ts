/* oxlint-disable */
// Written by flatbuffer/generate.ts out of the schema beside this folder; do not edit.
import type { SchemaLayout } from "../../flatbuffer/layout.ts";
export const AssociatedFileType = {
  "UNKNOWN": 0,
  "DESCRIPTIONS": 1,
  "TENSOR_AXIS_LABELS": 2,
  "TENSOR_VALUE_LABELS": 3,
  "TENSOR_AXIS_SCORE_CALIBRATION": 4,
  "VOCABULARY": 5,
  "SCANN_INDEX_FILE": 6
} as const;
export const ColorSpaceType = {
  "UNKNOWN": 0,
  "RGB": 1,
  "GRAYSCALE": 2
} as const;
export const BoundingBoxType = {
  "UNKNOWN": 0,
  "BOUNDARIES": 1,
  "UPPER_LEFT": 2,
  "CENTER": 3
} as const;
export const CoordinateType = {
  "RATIO": 0,
  "PIXEL": 1
} as const;
export const ScoreTransformationType = {
  "IDENTITY": 0,
  "LOG": 1,
  "INVERSE_LOGISTIC": 2
} as const;
export type ContentProperties =
  | { readonly type: "FeatureProperties"; readonly value: FeatureProperties }
  | { readonly type: "ImageProperties"; readonly value: ImageProperties }
  | { readonly type: "BoundingBoxProperties"; readonly value: BoundingBoxProperties }
  | { readonly type: "AudioProperties"; readonly value: AudioProperties };
export type ProcessUnitOptions =
  | { readonly type: "NormalizationOptions"; readonly value: NormalizationOptions }
  | { readonly type: "ScoreCalibrationOptions"; readonly value: ScoreCalibrationOptions }
  | { readonly type: "ScoreThresholdingOptions"; readonly value: ScoreThresholdingOptions }
  | { readonly type: "BertTokenizerOptions"; readonly value: BertTokenizerOptions }
  | { readonly type: "SentencePieceTokenizerOptions"; readonly value: SentencePieceTokenizerOptions }
  | { readonly type: "RegexTokenizerOptions"; readonly value: RegexTokenizerOptions };
export interface AssociatedFile {
  readonly name: string | null;
  readonly description: string | null;
  readonly type: number;
  readonly locale: string | null;
  readonly version: string | null;
}
export type FeatureProperties = Readonly<Record<string, never>>;
export interface ImageSize {
  readonly width: number;
  readonly height: number;
}
export interface ImageProperties {
  readonly colorSpace: number;
  readonly defaultSize: ImageSize | null;
}
export interface AudioProperties {
  readonly sampleRate: number;
  readonly channels: number;
}
export interface BoundingBoxProperties {
  readonly index: readonly number[];
  readonly type: number;
  readonly coordinateType: number;
}
export interface ValueRange {
  readonly min: number;
  readonly max: number;
}
export interface Content {
  readonly contentProperties: ContentProperties | null;
  readonly range: ValueRange | null;
}
export interface NormalizationOptions {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}
export interface ScoreCalibrationOptions {
  readonly scoreTransformation: number;
  readonly defaultScore: number;
}
export interface ScoreThresholdingOptions {
  readonly globalScoreThreshold: number;
}
export interface BertTokenizerOptions {
  readonly vocabFile: readonly AssociatedFile[];
}
export interface SentencePieceTokenizerOptions {
  readonly sentencePieceModel: readonly AssociatedFile[];
  readonly vocabFile: readonly AssociatedFile[];
}
export interface RegexTokenizerOptions {
  readonly delimRegexPattern: string | null;
  readonly vocabFile: readonly AssociatedFile[];
}
export interface ProcessUnit {
  readonly options: ProcessUnitOptions | null;
}
export interface Stats {
  readonly max: readonly number[];
  readonly min: readonly number[];
}
export interface TensorGroup {
  readonly name: string | null;
  readonly tensorNames: readonly string[];
}
export interface TensorMetadata {
  readonly name: string | null;
  readonly description: string | null;
  readonly dimensionNames: readonly string[];
  readonly content: Content | null;
  readonly processUnits: readonly ProcessUnit[];
  readonly stats: Stats | null;
  readonly associatedFiles: readonly AssociatedFile[];
}
export interface CustomMetadata {
  readonly name: string | null;
  readonly data: Uint8Array;
}
export interface SubGraphMetadata {
  readonly name: string | null;
  readonly description: string | null;
  readonly inputTensorMetadata: readonly TensorMetadata[];
  readonly outputTensorMetadata: readonly TensorMetadata[];
  readonly associatedFiles: readonly AssociatedFile[];
  readonly inputProcessUnits: readonly ProcessUnit[];
  readonly outputProcessUnits: readonly ProcessUnit[];
  readonly inputTensorGroups: readonly TensorGroup[];
  readonly outputTensorGroups: readonly TensorGroup[];
  readonly customMetadata: readonly CustomMetadata[];
}
export interface ModelMetadata {
  readonly name: string | null;
  readonly description: string | null;
  readonly version: string | null;
  readonly subgraphMetadata: readonly SubGraphMetadata[];
  readonly author: string | null;
  readonly license: string | null;
  readonly associatedFiles: readonly AssociatedFile[];
  readonly minParserVersion: string | null;
}
export const TFLITE_METADATA: SchemaLayout = {
  root: "ModelMetadata",
  identifier: "M001",
  tables: {
    AssociatedFile: [{"name":"name","slot":0,"type":{"kind":"string"}},{"name":"description","slot":1,"type":{"kind":"string"}},{"name":"type","slot":2,"type":{"kind":"scalar","scalar":"i8","fallback":0}},{"name":"locale","slot":3,"type":{"kind":"string"}},{"name":"version","slot":4,"type":{"kind":"string"}}],
    FeatureProperties: [],
    ImageSize: [{"name":"width","slot":0,"type":{"kind":"scalar","scalar":"u32","fallback":0}},{"name":"height","slot":1,"type":{"kind":"scalar","scalar":"u32","fallback":0}}],
    ImageProperties: [{"name":"colorSpace","slot":0,"type":{"kind":"scalar","scalar":"i8","fallback":0}},{"name":"defaultSize","slot":1,"type":{"kind":"table","table":"ImageSize"}}],
    AudioProperties: [{"name":"sampleRate","slot":0,"type":{"kind":"scalar","scalar":"u32","fallback":0}},{"name":"channels","slot":1,"type":{"kind":"scalar","scalar":"u32","fallback":0}}],
    BoundingBoxProperties: [{"name":"index","slot":0,"type":{"kind":"scalars","scalar":"u32","alignment":4}},{"name":"type","slot":1,"type":{"kind":"scalar","scalar":"i8","fallback":0}},{"name":"coordinateType","slot":2,"type":{"kind":"scalar","scalar":"i8","fallback":0}}],
    ValueRange: [{"name":"min","slot":0,"type":{"kind":"scalar","scalar":"i32","fallback":0}},{"name":"max","slot":1,"type":{"kind":"scalar","scalar":"i32","fallback":0}}],
    Content: [{"name":"contentProperties","slot":0,"type":{"kind":"union","union":"ContentProperties"}},{"name":"range","slot":2,"type":{"kind":"table","table":"ValueRange"}}],
    NormalizationOptions: [{"name":"mean","slot":0,"type":{"kind":"scalars","scalar":"f32","alignment":4}},{"name":"std","slot":1,"type":{"kind":"scalars","scalar":"f32","alignment":4}}],
    ScoreCalibrationOptions: [{"name":"scoreTransformation","slot":0,"type":{"kind":"scalar","scalar":"i8","fallback":0}},{"name":"defaultScore","slot":1,"type":{"kind":"scalar","scalar":"f32","fallback":0}}],
    ScoreThresholdingOptions: [{"name":"globalScoreThreshold","slot":0,"type":{"kind":"scalar","scalar":"f32","fallback":0}}],
    BertTokenizerOptions: [{"name":"vocabFile","slot":0,"type":{"kind":"tables","table":"AssociatedFile"}}],
    SentencePieceTokenizerOptions: [{"name":"sentencePieceModel","slot":0,"type":{"kind":"tables","table":"AssociatedFile"}},{"name":"vocabFile","slot":1,"type":{"kind":"tables","table":"AssociatedFile"}}],
    RegexTokenizerOptions: [{"name":"delimRegexPattern","slot":0,"type":{"kind":"string"}},{"name":"vocabFile","slot":1,"type":{"kind":"tables","table":"AssociatedFile"}}],
    ProcessUnit: [{"name":"options","slot":0,"type":{"kind":"union","union":"ProcessUnitOptions"}}],
    Stats: [{"name":"max","slot":0,"type":{"kind":"scalars","scalar":"f32","alignment":4}},{"name":"min","slot":1,"type":{"kind":"scalars","scalar":"f32","alignment":4}}],
    TensorGroup: [{"name":"name","slot":0,"type":{"kind":"string"}},{"name":"tensorNames","slot":1,"type":{"kind":"strings"}}],
    TensorMetadata: [{"name":"name","slot":0,"type":{"kind":"string"}},{"name":"description","slot":1,"type":{"kind":"string"}},{"name":"dimensionNames","slot":2,"type":{"kind":"strings"}},{"name":"content","slot":3,"type":{"kind":"table","table":"Content"}},{"name":"processUnits","slot":4,"type":{"kind":"tables","table":"ProcessUnit"}},{"name":"stats","slot":5,"type":{"kind":"table","table":"Stats"}},{"name":"associatedFiles","slot":6,"type":{"kind":"tables","table":"AssociatedFile"}}],
    CustomMetadata: [{"name":"name","slot":0,"type":{"kind":"string"}},{"name":"data","slot":1,"type":{"kind":"scalars","scalar":"u8","alignment":16}}],
    SubGraphMetadata: [{"name":"name","slot":0,"type":{"kind":"string"}},{"name":"description","slot":1,"type":{"kind":"string"}},{"name":"inputTensorMetadata","slot":2,"type":{"kind":"tables","table":"TensorMetadata"}},{"name":"outputTensorMetadata","slot":3,"type":{"kind":"tables","table":"TensorMetadata"}},{"name":"associatedFiles","slot":4,"type":{"kind":"tables","table":"AssociatedFile"}},{"name":"inputProcessUnits","slot":5,"type":{"kind":"tables","table":"ProcessUnit"}},{"name":"outputProcessUnits","slot":6,"type":{"kind":"tables","table":"ProcessUnit"}},{"name":"inputTensorGroups","slot":7,"type":{"kind":"tables","table":"TensorGroup"}},{"name":"outputTensorGroups","slot":8,"type":{"kind":"tables","table":"TensorGroup"}},{"name":"customMetadata","slot":9,"type":{"kind":"tables","table":"CustomMetadata"}}],
    ModelMetadata: [{"name":"name","slot":0,"type":{"kind":"string"}},{"name":"description","slot":1,"type":{"kind":"string"}},{"name":"version","slot":2,"type":{"kind":"string"}},{"name":"subgraphMetadata","slot":3,"type":{"kind":"tables","table":"SubGraphMetadata"}},{"name":"author","slot":4,"type":{"kind":"string"}},{"name":"license","slot":5,"type":{"kind":"string"}},{"name":"associatedFiles","slot":6,"type":{"kind":"tables","table":"AssociatedFile"}},{"name":"minParserVersion","slot":7,"type":{"kind":"string"}}],
  },
  unions: {
    ContentProperties: [null,"FeatureProperties","ImageProperties","BoundingBoxProperties","AudioProperties"],
    ProcessUnitOptions: [null,"NormalizationOptions","ScoreCalibrationOptions","ScoreThresholdingOptions","BertTokenizerOptions","SentencePieceTokenizerOptions","RegexTokenizerOptions"],
  },
};
