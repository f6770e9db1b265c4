import { OnnxError } from "../errors.ts";
import { DataType } from "../graph/data-types.ts";
import type { Graph } from "../graph/graph.ts";
import type { OnnxModel } from "../graph/model.ts";
import { intAttribute, type Node } from "../graph/node.ts";
import { float32View, floatTensor, type Tensor } from "../graph/tensor.ts";
import { inferModel } from "../infer/infer-model.ts";
import { floatConstant } from "../passes/channel-vector.ts";
import { dedupeInitialisers } from "../passes/dedupe-initialisers.ts";
import { removeDeadCode } from "../passes/remove-dead-code.ts";
import { runPasses } from "../passes/run-passes.ts";
import { upgradeOpset } from "../passes/upgrade-opset.ts";
import { addDequantised, SharedConstants } from "./insert-qdq.ts";
import type { DynamicOptions } from "./options.ts";
import { planPlacement } from "./plan-placement.ts";
import type { ConversionResult } from "./quantise-static.ts";
import { quantiseWeights } from "./quantise-weights.ts";
import { shortenNames } from "./shorten-names.ts";

/**
 * Quantisation without calibration data. MatMul and Gemm become MatMulInteger with activations quantised per run; convolutions keep float
 * arithmetic and only store int8 weights, because ConvInteger is 5 to 9 times slower than float on CPUs. Changes `model` and returns it.
 * @throws OnnxError INVALID_INPUT where nothing can be quantised, UNSUPPORTED_OPSET
 */
export function quantiseDynamic(model: OnnxModel, options: DynamicOptions = {}): ConversionResult {
  const notes = upgradeOpset(model, 13);
  inferModel(model);
  const { graph } = model;
  const { weighted } = planPlacement(graph, new Set(options.exclude));
  if (weighted.length === 0) {
    throw new OnnxError(
      "INVALID_INPUT",
      "The model has no Conv, Gemm or MatMul with constant float32 weights, so dynamic int8 has nothing to quantise. Choose fp16 or leave the model as it is.",
    );
  }
  const shared = new SharedConstants(graph);
  const inputs = new Map<string, readonly string[]>();
  for (const node of weighted) {
    if (node.is("Conv")) storeWeights(graph, node, shared, options);
    else toIntegerProduct(graph, node, shared, inputs, options);
  }
  graph.sortTopologically();
  runPasses(model, [dedupeInitialisers, removeDeadCode]);
  shortenNames(graph);
  return { model, notes: [...notes, ...summarise(weighted)] };
}

/** Conv(x, w) → Conv(x, DequantizeLinear(int8 w)): a smaller file, the same arithmetic. */
function storeWeights(graph: Graph, node: Node, shared: SharedConstants, options: DynamicOptions): void {
  const weight = floatConstant(graph, node.inputs[1] ?? "");
  if (weight === null) return;
  // Nothing multiplies these as integers, so all 8 bits can be used.
  const quantised = quantiseWeights(weight, { axis: 0, perChannel: options.perChannel ?? true, reduceRange: false });
  graph.setInput(node, 1, addDequantised(graph, shared, quantised.weights, quantised.scales, 0));
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
  const weight = node.is("Gemm") && node.int("transB", 0) === 1 ? transposed(original) : original;
  const quantised = quantiseWeights(weight, { axis: 1, perChannel: options.perChannel ?? true, reduceRange: options.reduceRange ?? true });
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

function transposed(tensor: Tensor): Tensor {
  const values = float32View(tensor);
  const [rows = 0, columns = 0] = tensor.dims;
  return floatTensor(
    [columns, rows],
    Float32Array.from(values, (_, flat) => values[(flat % rows) * columns + Math.floor(flat / rows)] ?? 0),
  );
}

function summarise(weighted: readonly Node[]): string[] {
  const convolutions = weighted.filter((node) => node.is("Conv")).length;
  const products = weighted.length - convolutions;
  const notes: string[] = [];
  if (products > 0) notes.push(`${products} matrix products run on integers, with activations quantised in each run.`);
  if (convolutions > 0)
    notes.push(
      `${convolutions} convolutions store int8 weights but calculate in float: smaller, not faster. Dynamic integer convolutions would be 5 to 9 times slower; static int8 is the way to speed.`,
    );
  return notes;
}
