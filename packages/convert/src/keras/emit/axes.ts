import type { GraphBuilder } from "@flotilla/onnx";
import type { LayerConfig } from "../graph/layer-config.ts";

export type DataFormat = "channels_last" | "channels_first";

export function dataFormat(config: LayerConfig): DataFormat {
  return config.choice("data_format", ["channels_last", "channels_first"], "channels_last");
}

/** [n, …, c] → [n, c, …] and back: ONNX's convolutions, poolings and Resize want channels first. Inverse pairs are removed by the clean-up. */
export function toChannelsFirst(b: GraphBuilder, value: string): string {
  const rank = b.rank(value);
  return rank < 3 ? value : transpose(b, value, [0, rank - 1, ...range(1, rank - 1)]);
}

export function toChannelsLast(b: GraphBuilder, value: string): string {
  const rank = b.rank(value);
  return rank < 3 ? value : transpose(b, value, [0, ...range(2, rank), 1]);
}

/** Runs `write` on channels first, whatever the layer's own order is. */
export function onChannelsFirst(b: GraphBuilder, value: string, format: DataFormat, write: (value: string) => string): string {
  return format === "channels_first" ? write(value) : toChannelsLast(b, write(toChannelsFirst(b, value)));
}

export function transpose(b: GraphBuilder, value: string, perm: readonly number[]): string {
  return perm.every((axis, index) => axis === index) ? value : b.op("Transpose", [value], { perm: perm.map(BigInt) });
}

export function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index);
}
