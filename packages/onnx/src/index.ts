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
export { OnnxError, type OnnxErrorCode } from "./errors.ts";
export { checkModel } from "./graph/check-model.ts";
export { DataType, type TensorTypeName, typeName } from "./graph/data-types.ts";
export { Graph } from "./graph/graph.ts";
export { allGraphs, type OnnxModel, opsetOf } from "./graph/model.ts";
export { type Attribute, floatAttribute, intAttribute, intsAttribute, Node, type NodeInit, stringAttribute } from "./graph/node.ts";
export { type ReadOptions, readModel } from "./graph/read-model.ts";
export type { Tensor } from "./graph/tensor.ts";
export { floatTensor, float32View, int64Tensor, tensorFromNumbers, toBigInts, toNumbers } from "./graph/tensor.ts";
export type { ExternalDataResolver } from "./graph/tensor-proto.ts";
export type { Dim, TensorValueType } from "./graph/types.ts";
export { type WriteOptions, writeModel } from "./graph/write-model.ts";
export { type Inference, inferModel } from "./infer/infer-model.ts";
export { inspectModel, type ModelInspection, type TensorDescription } from "./inspect/inspect-model.ts";
export { DEFAULT_LIMITS, type ModelLimits, type ScanResult, scanModel } from "./limits/scan-model.ts";
export { type FileFormat, sniffFormat } from "./limits/sniff-format.ts";
export type { Pass, PassContext, PassResult } from "./passes/pass.ts";
export { type RunOptions, type RunReport, runPasses } from "./passes/run-passes.ts";
export { CLEAN_UP, simplify } from "./passes/simplify.ts";
export { upgradeOpset } from "./passes/upgrade-opset.ts";
export { convertToFloat16 } from "./quantise/convert-float16.ts";
export type { DynamicOptions, Float16Options, StaticOptions } from "./quantise/options.ts";
export { quantiseDynamic } from "./quantise/quantise-dynamic.ts";
export { type ConversionResult, quantiseStatic } from "./quantise/quantise-static.ts";
export { RangeObserver, type Ranges, type ValueRange } from "./quantise/range-observer.ts";
export { addTaps, tapsFor } from "./quantise/taps.ts";
export type { GraphFacts, Outline, OutlineGroup, OutlineItem } from "./view/types.ts";
export { type GraphSketch, viewGraph } from "./view/view-graph.ts";
