/**
 * ONNX models in TypeScript: one graph, many passes. `./optimise` makes them smaller, `./view` draws them: a process that only reads and cleans up loads neither.
 *
 * `scanModel` and `sniffFormat` look at foreign bytes before anything is decoded; `readModel` gives an `OnnxModel` whose weights are views into
 * the file; `inspectModel` describes it; `simplify` cleans it up; `writeModel` gives the bytes back. All of them throw `OnnxError`, whose `code` is one
 * of the contracts' error codes. Run none of this on foreign bytes outside a child process with limits.
 */
export { type AttributeValue, GraphBuilder, type ModelFacts } from "./build/graph-builder.ts";
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
export { runNode } from "./reference/run-node.ts";
export { runModel as runReference } from "./reference/run-graph.ts";
