/**
 * ONNX models in TypeScript: one graph, many passes.
 *
 * `scanModel` and `sniffFormat` look at foreign bytes before anything is decoded; `readModel` gives an `OnnxModel` whose weights are views into
 * the file; `inspectModel` describes it; `simplify` cleans it up; `quantiseStatic`, `quantiseDynamic` and `convertToFloat16` make it smaller;
 * `writeModel` gives the bytes back. All of them throw `OnnxError`, whose `code` is one of the contracts' error codes.
 *
 * Static int8, start to end:
 *
 *     const model = readModel(bytes);
 *     simplify(model);
 *     const taps = tapsFor(model, options);
 *     // run addTaps(model, taps) over the calibration samples; observer.observe(name, values) for each tap, and for an input that is a tap
 *     const { notes } = quantiseStatic(model, observer.ranges(), options);
 *     const smaller = writeModel(model);
 *
 * The conversions change the model that they are given. Run none of this on foreign bytes outside a child process with limits.
 */
export { type AttributeValue, GraphBuilder, type ModelFacts } from "./build/graph-builder.ts";
export { clusterWeights } from "./compress/cluster-weights.ts";
export { roundMantissa } from "./compress/round-mantissa.ts";
export { type BiasShifts, correctBias, measureBiasShifts } from "./correct/correct-bias.ts";
export { equaliseLayers, type EqualiseOptions } from "./correct/equalise-layers.ts";
export { findPairs, type LayerPair } from "./correct/find-pairs.ts";
export { nameLayers } from "./correct/layers.ts";
export { type ChannelTap, measureChannels, type Statistic } from "./correct/measure-channels.ts";
export { addRangeTaps, measureRanges } from "./correct/measure-ranges.ts";
export { roundAdaptively, type RoundedLayer } from "./correct/round-adaptively.ts";
export type { Batches, Feeds, ModelSession, OpenModel, Value } from "./correct/run-model.ts";
export { OnnxError, type OnnxErrorCode } from "./errors.ts";
export { checkModel } from "./graph/check-model.ts";
export { DataType, type TensorTypeName, typeName } from "./graph/data-types.ts";
export { Graph } from "./graph/graph.ts";
export { allGraphs, type OnnxModel, opsetOf } from "./graph/model.ts";
export { type Attribute, floatAttribute, intAttribute, intsAttribute, Node, type NodeInit, stringAttribute } from "./graph/node.ts";
export { type ReadOptions, readModel } from "./graph/read-model.ts";
export type { Tensor } from "./graph/tensor.ts";
export { elementCount, floatTensor, float32View, int64Tensor, tensorFromNumbers, toBigInts, toNumbers } from "./graph/tensor.ts";
export type { ExternalDataResolver } from "./graph/tensor-proto.ts";
export type { Dim, TensorValueType } from "./graph/types.ts";
export { type WriteOptions, writeModel } from "./graph/write-model.ts";
export { type Inference, inferModel } from "./infer/infer-model.ts";
export { layersAtRisk, nameNodes, quantisedNodes } from "./inspect/quantised-nodes.ts";
export { inspectModel, type ModelInspection, type TensorDescription } from "./inspect/inspect-model.ts";
export { DEFAULT_LIMITS, type ModelLimits, type ScanResult, scanModel } from "./limits/scan-model.ts";
export { type FileFormat, sniffFormat } from "./limits/sniff-format.ts";
export { bindDimensions, type DimensionBindings } from "./passes/bind-dimensions.ts";
export { bindInputs, type InputBindings } from "./passes/bind-inputs.ts";
export { inlineFunctions } from "./passes/inline-functions.ts";
export type { Pass, PassContext, PassResult } from "./passes/pass.ts";
export { type RunOptions, type RunReport, runPasses } from "./passes/run-passes.ts";
export { CLEAN_UP, simplify } from "./passes/simplify.ts";
export { downgradeOpset } from "./passes/downgrade-opset.ts";
export { upgradeOpset } from "./passes/upgrade-opset.ts";
export { convertToFloat16, float16Taps } from "./quantise/convert-float16.ts";
export { rangeRule } from "./quantise/activation-types.ts";
export type { ConversionResult, ConversionWarning } from "./quantise/conversion-result.ts";
export type { DynamicOptions, Exclusions, Float16Options, StaticOptions, WeightOnlyOptions } from "./quantise/options.ts";
export { quantiseDynamic } from "./quantise/quantise-dynamic.ts";
export { isQuantisableLstm } from "./quantise/quantise-lstm.ts";
export type { Histogram } from "./quantise/observers/adaptive-histogram.ts";
export { type CompactHistogram, compactHistogram } from "./quantise/observers/compact-histogram.ts";
export { RangeObserver } from "./quantise/observers/range-observer.ts";
export { OBSERVERS, type ObserverKind, type RangeRule, type Ranges, type ValueRange } from "./quantise/observers/range-rule.ts";
export type { PlacementDecision } from "./quantise/plan-placement.ts";
export { type ActivationType, QUANT_PROFILES, type QuantProfile } from "./quantise/profile.ts";
export { quantiseStatic } from "./quantise/quantise-static.ts";
export { quantiseWeightOnly } from "./quantise/quantise-weight-only.ts";
export { addTaps, tapsFor } from "./quantise/taps.ts";
export { runNode } from "./reference/run-node.ts";
export { runModel as runReference } from "./reference/run-graph.ts";
export { CandidateBuilder } from "./search/build-candidate.ts";
export { calibrationTaps } from "./search/calibration-taps.ts";
export { type BaseCandidate, type Candidate, candidateKey, type Measurement, type StaticCandidate } from "./search/candidate.ts";
export { type Goal, meetsSafely, type Shortfall, shortfalls } from "./search/check-goal.ts";
export { describeCandidate, explainVerdict, type Statement, type Verdict } from "./search/explain-verdict.ts";
export {
  bestTrial,
  fallBack,
  type FallBackOptions,
  type FallBackState,
  orderByNoisePerByte,
  startFallBack,
  type Trial,
} from "./search/fall-back.ts";
export {
  EMPTY_SEARCH,
  planStep,
  rankRecords,
  type SearchRecord,
  type SearchSetup,
  type SearchState,
  type SearchStep,
} from "./search/goal-search.ts";
export { prepareSource, type PreparedSource } from "./search/prepare-source.ts";
export { runSearch, type RunSearchOptions, type SearchHost } from "./search/run-search.ts";
export { type LayerSensitivity, measureSensitivity, type Sensitivity } from "./search/sensitivity.ts";
export type { GraphFacts, Outline, OutlineGroup, OutlineItem } from "./view/types.ts";
export { type GraphSketch, viewGraph } from "./view/view-graph.ts";
