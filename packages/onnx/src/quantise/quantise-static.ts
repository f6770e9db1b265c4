import { OnnxError } from "../errors.ts";
import { DataType } from "../graph/data-types.ts";
import type { Graph } from "../graph/graph.ts";
import type { OnnxModel } from "../graph/model.ts";
import type { Node } from "../graph/node.ts";
import { float32View, tensorFromNumbers } from "../graph/tensor.ts";
import { inferModel } from "../infer/infer-model.ts";
import { floatConstant } from "../passes/channel-vector.ts";
import { dedupeInitialisers } from "../passes/dedupe-initialisers.ts";
import { removeDeadCode } from "../passes/remove-dead-code.ts";
import { runPasses } from "../passes/run-passes.ts";
import { upgradeOpset } from "../passes/upgrade-opset.ts";
import { addDequantised, addQdqPair, QUANTISED_TYPES, SharedConstants } from "./insert-qdq.ts";
import type { StaticOptions } from "./options.ts";
import { type Placement, planPlacement } from "./plan-placement.ts";
import { biasFloors, quantiseBias, quantiseWeights } from "./quantise-weights.ts";
import type { Ranges } from "./range-observer.ts";
import { asymmetricParams, INT8_RANGE, type QuantParams, UINT8_RANGE } from "./scale-maths.ts";
import { shortenNames } from "./shorten-names.ts";

export interface ConversionResult {
  readonly model: OnnxModel;
  /** Sentences for the job's log: what was converted, what stayed and why. */
  readonly notes: string[];
}

/** QuantizeLinear has an axis, and with it scales per channel, since opset 13. */
const QDQ_OPSET = 13;

/**
 * Post-training static quantisation in QDQ form: int8 weights, int32 biases, activations in 8 bits by the calibrated `ranges`. Changes
 * `model` and returns it. Simplify first; the ranges come from `tapsFor` of the same model and options.
 * @throws OnnxError INVALID_INPUT where a range is missing or nothing can be quantised, UNSUPPORTED_OPSET
 */
export function quantiseStatic(model: OnnxModel, ranges: Ranges, options: StaticOptions = {}): ConversionResult {
  const notes = upgradeOpset(model, QDQ_OPSET);
  inferModel(model);
  const { graph } = model;
  const placement = planPlacement(graph, new Set(options.exclude));
  if (placement.weighted.length === 0) {
    throw new OnnxError(
      "INVALID_INPUT",
      "The model has no Conv, Gemm or MatMul with constant float32 weights, so static int8 has nothing to quantise. Choose fp16 or leave the model as it is.",
    );
  }
  const params = chooseParams(placement, ranges, options.activations ?? "uint8");
  absorbActivations(graph, placement);
  const shared = new SharedConstants(graph);
  for (const node of placement.weighted) quantiseNodeWeights(graph, node, shared, params, options);
  for (const [value, valueParams] of params)
    quantiseValue(graph, placement, shared, value, valueParams, QUANTISED_TYPES[options.activations ?? "uint8"]);
  graph.sortTopologically();
  runPasses(model, [dedupeInitialisers, removeDeadCode]);
  shortenNames(graph);
  notes.push(...summarise(graph, placement, options));
  return { model, notes };
}

function chooseParams(placement: Placement, ranges: Ranges, type: "uint8" | "int8"): Map<string, QuantParams> {
  const integers = type === "uint8" ? UINT8_RANGE : INT8_RANGE;
  const params = new Map<string, QuantParams>();
  for (const [value, source] of placement.rangeOf) {
    const range = ranges.get(source);
    if (range === undefined) {
      throw new OnnxError(
        "INVALID_INPUT",
        `No range was observed for the value ${JSON.stringify(source)}. Calibrate with the taps of this model and these options.`,
      );
    }
    params.set(value, asymmetricParams(range.min, range.max, integers));
  }
  return params;
}

/** Conv → Relu becomes Conv: quantising to the Relu's output range saturates at the same places. */
function absorbActivations(graph: Graph, placement: Placement): void {
  for (const [activation, producer] of placement.absorbed) {
    const output = activation.outputs[0] ?? "";
    graph.removeNode(activation);
    graph.setOutput(producer, 0, output);
  }
}

function quantiseNodeWeights(
  graph: Graph,
  node: Node,
  shared: SharedConstants,
  params: ReadonlyMap<string, QuantParams>,
  options: StaticOptions,
): void {
  const weight = floatConstant(graph, node.inputs[1] ?? "");
  const inputScale = params.get(node.inputs[0] ?? "")?.scale;
  if (weight === null || inputScale === undefined) return;
  const biasTensor = floatConstant(graph, node.inputs[2] ?? "");
  const bias = biasTensor === null ? null : float32View(biasTensor);
  const axis = node.is("Conv") || node.int("transB", 0) === 1 ? 0 : 1;
  const quantised = quantiseWeights(weight, {
    axis,
    perChannel: options.perChannel ?? true,
    reduceRange: options.reduceRange ?? false,
    ...(bias === null ? {} : { floors: biasFloors(bias, inputScale) }),
  });
  graph.setInput(node, 1, addDequantised(graph, shared, quantised.weights, quantised.scales, axis, !node.is("Conv")));
  if (bias === null) return;
  const { values, scales } = quantiseBias(bias, inputScale, quantised.scales);
  graph.setInput(node, 2, addDequantised(graph, shared, tensorFromNumbers(DataType.INT32, [values.length], values), scales, 0));
}

/**
 * Behind a quantised producer every reader takes the dequantised value: a reader of the float one would keep the kernel from fusing. In front
 * of the first quantised node only the quantised readers do.
 */
function quantiseValue(
  graph: Graph,
  placement: Placement,
  shared: SharedConstants,
  value: string,
  params: QuantParams,
  dataType: number,
): void {
  const producer = graph.producerOf(value);
  const fromQuantised = producer !== null && placement.quantised.has(producer);
  const readers = graph.consumersOf(value).filter((consumer) => fromQuantised || placement.quantised.has(consumer));
  const isOutput = graph.isOutput(value) && fromQuantised && producer !== null;
  let source = value;
  if (isOutput) {
    source = graph.freshName("v");
    graph.setOutput(producer, producer.outputs.indexOf(value), source);
  }
  const dequantised = addQdqPair(graph, shared, source, params, dataType, isOutput ? value : undefined);
  if (isOutput) return;
  for (const reader of readers) {
    for (const [index, input] of reader.inputs.entries()) if (input === value) graph.setInput(reader, index, dequantised);
  }
}

function summarise(graph: Graph, placement: Placement, options: StaticOptions): string[] {
  const inFloat = graph.nodes.filter(
    (node) => node.is("Conv", "ConvTranspose", "Gemm", "MatMul", "LSTM", "GRU", "RNN") && !placement.quantised.has(node),
  );
  const notes = [
    `${placement.weighted.length} layers have int8 weights (${options.perChannel === false ? "one scale each" : "a scale per channel"}${options.reduceRange === true ? ", 7 bits" : ""}); ${placement.absorbed.size} activations were absorbed.`,
  ];
  if (inFloat.length > 0)
    notes.push(
      `${inFloat.length} layers stay in float: ${inFloat
        .slice(0, 5)
        .map((node) => node.describe())
        .join(", ")}${inFloat.length > 5 ? "…" : ""}.`,
    );
  if (options.reduceRange !== true)
    notes.push(
      "8-bit weights saturate on x86 CPUs without VNNI; check the accuracy on the devices' own CPU or use 7-bit weights (reduceRange).",
    );
  return notes;
}
