import { OnnxError } from "../errors.ts";
import { DataType } from "../graph/data-types.ts";
import type { Graph } from "../graph/graph.ts";
import type { OnnxModel } from "../graph/model.ts";
import { intAttribute, type Node } from "../graph/node.ts";
import { floatTensor } from "../graph/tensor.ts";
import { inferModel } from "../infer/infer-model.ts";
import { floatConstant } from "../passes/channel-vector.ts";
import { dedupeInitialisers } from "../passes/dedupe-initialisers.ts";
import { removeDeadCode } from "../passes/remove-dead-code.ts";
import { runPasses } from "../passes/run-passes.ts";
import { upgradeOpset } from "../passes/upgrade-opset.ts";
import { SharedConstants } from "./insert-qdq.ts";
import type { DynamicOptions } from "./options.ts";

import type { ConversionResult, ConversionWarning } from "./conversion-result.ts";
import { findLayers } from "./find-layers.ts";
import { isQuantisableLstm, toDynamicLstm } from "./quantise-lstm.ts";
import { quantiseWeights } from "./quantise-weights.ts";
import { shortenNames } from "./shorten-names.ts";
import { storeWeights } from "./store-weights.ts";
import { transposeWeights } from "./transpose-weights.ts";
import { assertFiniteWeights } from "./weighted-layer.ts";

/**
 * Quantisation without calibration data. MatMul and Gemm become MatMulInteger with activations quantised per run, LSTM becomes onnxruntime's
 * DynamicQuantizeLSTM; convolutions keep float arithmetic and only store int8 weights, because ConvInteger is 5 to 9 times slower than float on CPUs. Changes `model` and returns it.
 * @throws OnnxError INVALID_INPUT where nothing can be quantised, UNSUPPORTED_OPSET
 */
export function quantiseDynamic(model: OnnxModel, options: DynamicOptions = {}): ConversionResult {
  const notes = upgradeOpset(model, 13);
  inferModel(model);
  const { graph } = model;
  const layers = findLayers(graph, ["Conv", "ConvTranspose", "Gemm", "MatMul"], options);
  const recurrent = findRecurrent(graph, options);
  if (layers.length + recurrent.length === 0) {
    throw new OnnxError(
      "INVALID_INPUT",
      "The model has no Conv, Gemm, MatMul or LSTM with constant float32 weights, so dynamic int8 has nothing to quantise. Choose fp16 or leave the model as it is.",
      { reason: { code: "NOTHING_TO_QUANTISE", params: { method: "int8-dynamic" } } },
    );
  }
  for (const node of [...layers, ...recurrent]) assertFiniteWeights(graph, node);
  const shared = new SharedConstants(graph);
  const inputs = new Map<string, readonly string[]>();
  for (const node of layers) {
    if (!node.is("Gemm", "MatMul")) storeWeights(graph, node, { bits: 8, perChannel: options.perChannel ?? true });
    else toIntegerProduct(graph, node, shared, inputs, options);
  }
  const lstms = new Set(recurrent.filter((node) => isQuantisableLstm(graph, node)));
  for (const node of recurrent) {
    const { perChannel = true, reduceRange = true } = options;
    if (lstms.has(node)) toDynamicLstm(model, node, { perChannel, reduceRange });
    else storeWeights(graph, node, { bits: 8, perChannel });
  }
  graph.sortTopologically();
  runPasses(model, [dedupeInitialisers, removeDeadCode]);
  shortenNames(graph);
  return {
    model,
    notes: [...notes, ...summarise(layers, lstms.size, recurrent.length - lstms.size)],
    warnings: warningsFor(layers),
    placement: [],
  };
}

/** y = MatMulInteger(DynamicQuantizeLinear(x), int8 w) · (s_x · s_w) + b, the pattern that onnxruntime fuses to one kernel. */
function toIntegerProduct(
  graph: Graph,
  node: Node,
  shared: SharedConstants,
  inputs: Map<string, readonly string[]>,
  options: DynamicOptions,
): void {
  const [x = "", weightName = "", bias = ""] = node.inputs;
  const original = floatConstant(graph, weightName);
  if (original === null) return;
  const weight = node.is("Gemm") && node.int("transB", 0) === 1 ? transposeWeights(original) : original;
  const axis = options.perChannel === false || weight.dims.length !== 2 ? null : 1;
  const quantised = quantiseWeights(weight, { axis, reduceRange: options.reduceRange ?? true });
  const [quantisedX = "", scaleX = "", zeroX = ""] = inputs.get(x) ?? quantiseInput(graph, x, inputs);
  const scaleW =
    quantised.scales.length > 1
      ? graph.addConstant(floatTensor([quantised.scales.length], quantised.scales), "s")
      : shared.scale(quantised.scales[0] ?? 1);
  const [product, cast, scale, scaled] = ["i", "f", "m", "y"].map((hint) => graph.freshName(hint));
  const output = node.outputs[0] ?? "";
  const result = bias === "" ? output : (scaled ?? "");
  graph.removeNode(node);
  graph.addNode({
    opType: "MatMulInteger",
    name: node.name,
    inputs: [quantisedX, graph.addConstant(quantised.weights, "w"), zeroX],
    outputs: [product ?? ""],
  });
  graph.addNode({ opType: "Cast", inputs: [product ?? ""], outputs: [cast ?? ""], attributes: { to: intAttribute(DataType.FLOAT) } });
  graph.addNode({ opType: "Mul", inputs: [scaleX, scaleW], outputs: [scale ?? ""] });
  graph.addNode({ opType: "Mul", inputs: [cast ?? "", scale ?? ""], outputs: [result] });
  if (bias !== "") graph.addNode({ opType: "Add", inputs: [result, bias], outputs: [output] });
}

function quantiseInput(graph: Graph, x: string, inputs: Map<string, readonly string[]>): readonly string[] {
  const outputs = ["q", "s", "z"].map((hint) => graph.freshName(hint));
  graph.addNode({ opType: "DynamicQuantizeLinear", inputs: [x], outputs });
  inputs.set(x, outputs);
  return outputs;
}

/** LSTM, GRU and RNN with constant weights. */
function findRecurrent(graph: Graph, options: DynamicOptions): Node[] {
  return graph.nodes.filter(
    (node) =>
      node.is("LSTM", "GRU", "RNN") &&
      options.exclude?.includes(node.name) !== true &&
      options.excludeOperators?.includes(node.opType) !== true &&
      [1, 2].every((index) => floatConstant(graph, node.inputs[index] ?? "") !== null),
  );
}

function summarise(layers: readonly Node[], lstms: number, stored: number): string[] {
  const notes: string[] = [];
  const products = layers.filter((node) => node.is("Gemm", "MatMul")).length;
  if (products > 0) notes.push(`${products} matrix products run on integers, with activations quantised in each run.`);
  if (lstms > 0) notes.push(`${lstms} LSTM layers run on integers in onnxruntime, two to three times faster than in float.`);
  if (stored > 0) notes.push(`${stored} recurrent layers store int8 weights but calculate in float: smaller, not faster.`);
  return notes;
}

function warningsFor(layers: readonly Node[]): ConversionWarning[] {
  const convolutions = layers.filter((node) => node.is("Conv", "ConvTranspose")).length;
  if (convolutions === 0) return [];
  const sentence = `${convolutions} convolutions store int8 weights but calculate in float: smaller, not faster. Dynamic integer convolutions would be 5 to 9 times slower than float; static int8 is the way to speed.`;
  return [{ code: "CONVOLUTIONS_STAY_FLOAT", params: { count: convolutions }, sentence }];
}
