import { OnnxError } from "../errors.ts";
import { DataType } from "../graph/data-types.ts";
import type { Graph } from "../graph/graph.ts";
import type { OnnxModel } from "../graph/model.ts";
import { intAttribute, type Node } from "../graph/node.ts";
import { byteLength } from "../graph/tensor.ts";
import { inferModel } from "../infer/infer-model.ts";
import { floatConstant } from "../passes/channel-vector.ts";
import { dedupeInitialisers } from "../passes/dedupe-initialisers.ts";
import { removeDeadCode } from "../passes/remove-dead-code.ts";
import { runPasses } from "../passes/run-passes.ts";
import { upgradeOpset } from "../passes/upgrade-opset.ts";
import type { ConversionResult } from "./conversion-result.ts";
import type { WeightOnlyOptions } from "./options.ts";
import { quantiseBlocks } from "./quantise-blocks.ts";
import { isEmbedding, quantiseEmbedding } from "./quantise-embedding.ts";
import { shortenNames } from "./shorten-names.ts";
import { storeWeights } from "./store-weights.ts";
import { transposeWeights } from "./transpose-weights.ts";
import { assertFiniteWeights } from "./weighted-layer.ts";

type WeightBits = NonNullable<WeightOnlyOptions["bits"]>;

const STORED = ["Conv", "ConvTranspose", "LSTM", "GRU", "RNN"];
/** DequantizeLinear has an axis since 13, and blocks and 4 bits since 21. */
const AXIS_OPSET = 13;
const BLOCK_OPSET = 21;
const BLOCK_IR = 10;
/** Smaller weights would not pay for their nodes and scales. */
const SMALLEST_BYTES = 1024;

/**
 * Stores weights in fewer bits and calculates in float: no calibration, hardly any loss with 8 or 16 bits. onnxruntime fuses blocked weights of MatMul and
 * Gemm to MatMulNBits, which saves memory too; everything else becomes float32 again when the model is loaded. Changes `model` and returns it.
 * @throws OnnxError INVALID_INPUT where nothing is worth it, UNSUPPORTED_OPSET
 */
export function quantiseWeightOnly(model: OnnxModel, options: WeightOnlyOptions = {}): ConversionResult {
  inferModel(model);
  const { graph } = model;
  const bits = options.bits ?? 8;
  const blocked = bits === 4 || (bits === 8 && options.blockSize !== undefined);
  const chosen = chooseNodes(graph, options);
  if (chosen.length === 0) {
    throw new OnnxError(
      "INVALID_INPUT",
      `The model has no constant float32 weights of ${SMALLEST_BYTES} bytes or more in Conv, Gemm, MatMul, recurrent or embedding nodes, so there is nothing to store in fewer bits. Leave the model as it is.`,
      { reason: { code: "NOTHING_TO_QUANTISE", params: { method: "weight-only" } } },
    );
  }
  if (bits !== 16) for (const node of chosen) assertFiniteWeights(graph, node);
  const usesBlocks = blocked && chosen.some((node) => isBlockable(graph, node));
  const notes = upgradeOpset(model, usesBlocks ? BLOCK_OPSET : AXIS_OPSET);
  if (usesBlocks) model.irVersion = Math.max(model.irVersion, BLOCK_IR);
  const counts = { blocked: 0, stored: 0, embeddings: 0 };
  for (const node of chosen) {
    if (bits !== 16 && blocked && isBlockable(graph, node)) {
      storeBlocks(graph, node, { bits, blockSize: options.blockSize ?? 32, symmetric: options.symmetric ?? bits === 8 });
      counts.blocked += 1;
    } else if (isEmbedding(graph, node)) {
      quantiseEmbedding(graph, node);
      counts.embeddings += 1;
    } else {
      storeWeights(graph, node, { bits: bits === 16 ? 16 : 8, perChannel: true });
      counts.stored += 1;
    }
  }
  graph.sortTopologically();
  runPasses(model, [dedupeInitialisers, removeDeadCode]);
  shortenNames(graph);
  return { model, notes: [...notes, ...summarise(counts, bits, options.blockSize ?? 32)], warnings: [], placement: [] };
}

function chooseNodes(graph: Graph, options: WeightOnlyOptions): Node[] {
  const names = new Set(options.exclude);
  const operators = new Set(options.excludeOperators);
  return graph.nodes.filter((node) => {
    if (names.has(node.name) || operators.has(node.opType)) return false;
    if (isEmbedding(graph, node)) return options.bits !== 16 && isWorthIt(graph, node.inputs[0]);
    return node.is(...STORED, "MatMul", "Gemm") && isWorthIt(graph, node.inputs[1]);
  });
}

function isWorthIt(graph: Graph, name = ""): boolean {
  const tensor = floatConstant(graph, name);
  return tensor !== null && tensor.dims.length >= 2 && byteLength(tensor) >= SMALLEST_BYTES;
}

function isBlockable(graph: Graph, node: Node): boolean {
  return node.is("MatMul", "Gemm") && floatConstant(graph, node.inputs[1] ?? "")?.dims.length === 2;
}

function storeBlocks(graph: Graph, node: Node, options: Parameters<typeof quantiseBlocks>[1]): void {
  const weight = floatConstant(graph, node.inputs[1] ?? "");
  if (weight === null) return;
  const isTransposed = node.is("Gemm") && node.int("transB", 0) === 1;
  const { weights, scales, zeroPoints } = quantiseBlocks(isTransposed ? transposeWeights(weight) : weight, options);
  if (isTransposed) node.attributes.set("transB", intAttribute(0));
  const output = graph.freshName("d");
  const inputs = [graph.addConstant(weights, "w"), graph.addConstant(scales, "s")];
  if (zeroPoints !== null) inputs.push(graph.addConstant(zeroPoints, "z"));
  graph.addNode({
    opType: "DequantizeLinear",
    inputs,
    outputs: [output],
    attributes: { axis: intAttribute(0), block_size: intAttribute(options.blockSize) },
  });
  graph.types.set(output, { elemType: DataType.FLOAT, shape: weights.dims });
  graph.setInput(node, 1, output);
}

function summarise(counts: { blocked: number; stored: number; embeddings: number }, bits: WeightBits, blockSize: number): string[] {
  const notes: string[] = [];
  if (counts.blocked > 0)
    notes.push(`${counts.blocked} matrix products have ${bits}-bit weights with a scale for each ${blockSize} values.`);
  if (counts.embeddings > 0) notes.push(`${counts.embeddings} embeddings have int8 rows with a scale each.`);
  if (counts.stored > 0)
    notes.push(
      `${counts.stored} layers store ${bits === 16 ? "float16" : "int8"} weights and calculate in float: the file is smaller, the model not faster.`,
    );
  return notes;
}
