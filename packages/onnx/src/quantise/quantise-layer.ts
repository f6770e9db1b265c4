import { DataType } from "../graph/data-types.ts";
import type { Graph } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import { float32View, tensorFromNumbers } from "../graph/tensor.ts";
import { floatConstant } from "../passes/channel-vector.ts";
import { addDequantised, type SharedConstants } from "./insert-qdq.ts";
import type { QuantProfile } from "./profile.ts";
import { biasFloors, quantiseBias, quantiseCompactly, quantiseWeights } from "./quantise-weights.ts";
import { channelAxis } from "./weighted-layer.ts";

interface LayerOptions {
  readonly profile: QuantProfile;
  readonly compact: boolean;
  /** Scale of the layer's data input. */
  readonly inputScale: number;
  /** Whether the layer's result is quantised at once: only then may its bias stay float. */
  readonly quantisedOutput: boolean;
}

/** Gives a Conv, ConvTranspose, Gemm or MatMul integer weights and an int32 bias, each behind a DequantizeLinear. */
export function quantiseLayer(graph: Graph, shared: SharedConstants, node: Node, options: LayerOptions): void {
  const weight = floatConstant(graph, node.inputs[1] ?? "");
  if (weight === null) return;
  const { profile, inputScale } = options;
  const biasTensor = floatConstant(graph, node.inputs[2] ?? "");
  const bias = biasTensor === null ? null : float32View(biasTensor);
  const quantise = options.compact && profile.perChannel ? quantiseCompactly : quantiseWeights;
  const quantised = quantise(weight, {
    axis: profile.perChannel ? channelAxis(node, weight.dims) : null,
    reduceRange: profile.reduceRange,
    type: profile.weights,
    ...(bias === null ? {} : { floors: biasFloors(bias, inputScale) }),
  });
  graph.setInput(node, 1, addDequantised(graph, shared, quantised, !node.is("Conv")));
  if (bias === null || (options.compact && options.quantisedOutput)) return;
  const { values, scales } = quantiseBias(bias, inputScale, quantised.scales);
  const weights = tensorFromNumbers(DataType.INT32, [values.length], values);
  graph.setInput(node, 2, addDequantised(graph, shared, { weights, scales, axis: 0 }));
}
