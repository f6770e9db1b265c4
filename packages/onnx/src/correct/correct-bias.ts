import type { OnnxModel } from "../graph/model.ts";
import { float32View, floatTensor } from "../graph/tensor.ts";
import { floatConstant } from "../passes/channel-vector.ts";
import { dequantiseWeights, integerWeights } from "./dequantise-weights.ts";
import { type Layer, listLayers, replaceConstant } from "./layers.ts";
import { type ChannelTap, measureChannels } from "./measure-channels.ts";
import type { Batches, OpenModel } from "./run-model.ts";

/** Layer → what has to be added to each element of its bias. */
export type BiasShifts = ReadonlyMap<string, Float64Array>;

/**
 * Bias correction (Nagel et al., Data-Free Quantization Through Weight Equalization and Bias Correction, 2019, arXiv 1906.04721, §4.2), with the
 * expectation taken over calibration data instead of from BatchNorm's parameters.
 *
 * Before:     y = Ŵ · x + b, Ŵ the rounded weights: E[y] is off by E[(Ŵ − W) · x] in each output channel
 * After:      y = Ŵ · x + b + E[(W − Ŵ) · x], x as the quantised model sees it
 * Conditions: a Conv, ConvTranspose or Gemm with integer weights after quantisation and a bias or room for one; MatMul has none and is left out
 *
 * Each layer answers for its own rounding only, measured on the same input: one pass finds all shifts, and they hold for any choice of layers that stay
 * in float. Correcting the whole shift E[y_fp32] − E[y_int8] of all layers at once counts each shift again in every layer behind it, and
 * diverges (MobileNetV2's agreement: 93 → 75 → 13 % in two rounds).
 *
 * It helped every convolutional net that we have, most those with few weights per output (depthwise); 16 samples are enough. It cannot hurt what it
 * measures on, but a calibration set unlike the devices' data gives shifts unlike theirs.
 */
export async function measureBiasShifts(
  model: OnnxModel,
  quantised: OnnxModel,
  run: { readonly open: OpenModel; readonly batches: Batches; readonly signal?: AbortSignal },
): Promise<BiasShifts> {
  const layers = new Map(correctable(model).map((layer) => [layer.name, layer]));
  const measured = await measureChannels(quantised, (copy) => addErrorNodes(copy, layers), "mean", run);
  return new Map(
    [...measured].filter(([name, shift]) => shift.length === layers.get(name)?.layout.outputs && shift.every(Number.isFinite)),
  );
}

/** Corrects the biases of the float `model`, except of layers that stay in float; quantise it then. Returns how many were corrected. */
export function correctBias(model: OnnxModel, shifts: BiasShifts, exclude: ReadonlySet<string> = new Set()): number {
  const layers = correctable(model).filter((layer) => !exclude.has(layer.name));
  return layers.filter((layer) => addToBias(model, layer, shifts.get(layer.name))).length;
}

function correctable(model: OnnxModel): Layer[] {
  return listLayers(model.graph).filter((layer) => layer.node.is("Conv", "ConvTranspose", "Gemm"));
}

/** Beside each integer layer the same node with the weights W − Ŵ and no bias: what rounding took away. */
function addErrorNodes({ graph }: OnnxModel, originals: ReadonlyMap<string, Layer>): ChannelTap[] {
  return graph.nodes.flatMap((node) => {
    const layer = originals.get(node.name);
    const rounded = layer === undefined ? null : integerWeights(graph, node);
    if (layer === undefined || rounded === null || rounded.integers.length !== float32View(layer.weight).length) return [];
    const real = dequantiseWeights(rounded);
    const difference = float32View(layer.weight).map((value, flat) => value - (real[flat] ?? 0));
    const value = graph.freshName("e");
    graph.addNode({
      opType: node.opType,
      inputs: [node.inputs[0] ?? "", graph.addConstant(floatTensor(rounded.dims, difference), "w")],
      outputs: [value],
      attributes: node.attributes,
    });
    return [{ key: layer.name, value, rank: rounded.dims.length, channelAxis: 1 }];
  });
}

function addToBias({ graph }: OnnxModel, { node }: Layer, shift: Float64Array | undefined): boolean {
  const name = node.inputs[2] ?? "";
  const bias = floatConstant(graph, name);
  if (shift === undefined || (name !== "" && (bias?.dims.length !== 1 || bias.dims[0] !== shift.length))) return false;
  const before = bias === null ? new Float32Array(shift.length) : float32View(bias);
  const after = before.map((value, channel) => value + (shift[channel] ?? 0));
  replaceConstant(graph, node, 2, floatTensor([shift.length], after));
  return true;
}
