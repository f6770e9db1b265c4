import type { Graph } from "../graph/graph.ts";
import { DataType } from "../graph/data-types.ts";
import { float32View, type Tensor } from "../graph/tensor.ts";

/**
 * The value per channel (axis 1) of a constant that is broadcast against [batch, channels, …] of `rank` axes; null if it varies along
 * another axis or is no float32.
 */
export function channelVector(tensor: Tensor | null, channels: number, rank: number): Float32Array | null {
  if (tensor === null || tensor.dataType !== DataType.FLOAT || tensor.dims.length > rank) return null;
  const values = float32View(tensor);
  if (values.length === 1) return new Float32Array(channels).fill(values[0] ?? 0);
  const aligned = [...Array.from({ length: rank - tensor.dims.length }, () => 1), ...tensor.dims];
  const perChannel = aligned.every((dim, axis) => dim === (axis === 1 ? channels : 1));
  return perChannel ? values : null;
}

/** The float32 constant `name`, or null. */
export function floatConstant(graph: Graph, name: string): Tensor | null {
  const tensor = graph.constantOf(name);
  return tensor !== null && tensor.dataType === DataType.FLOAT ? tensor : null;
}
