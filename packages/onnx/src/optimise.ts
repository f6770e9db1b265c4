/**
 * Makes models smaller and faster: `quantiseStatic`, `quantiseDynamic`, `quantiseWeightOnly`, `convertToFloat16`, and the search for the variant that meets a goal.
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
 * The conversions change the model that they are given.
 */
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
