import { refusal } from "../../reasons.ts";
import { DataType, tensorFromNumbers } from "@flotilla/onnx";
import { activate, refuseActivation } from "../emit/activation.ts";
import { dataFormat, range, transpose } from "../emit/axes.ts";
import { reshape } from "../emit/reshape.ts";
import { spatialRank } from "../emit/window.ts";
import { kernelAndBias, type LayerKind } from "./layer-kind.ts";

/**
 * LocallyConnected1D and 2D of Keras 1 and 2: a convolution (VALID) with a kernel of its own for each place, [places, window · channels, filters]; bias
 * [...places, filters].
 * Source: keras 2 layers/local.py; backend.py, local_conv
 */
export const locallyConnected: LayerKind = {
  classes: ["LocallyConnected1D", "LocallyConnected2D"],
  about: "Gather, MatMul, Add. implementation 1, channels last",
  slots: kernelAndBias("kernel"),
  refuse: (layer) => {
    if (layer.config.int("implementation", 1) !== 1)
      return refusal("SETTING", { setting: `implementation=${layer.config.int("implementation", 1)}` });
    if (dataFormat(layer.config) === "channels_first") return refusal("SETTING", { setting: "data_format=channels_first" });
    return refuseActivation(layer);
  },
  convert: (call) => {
    const { b, config, layer } = call;
    const x = call.input();
    const rank = spatialRank(layer.className);
    const sizes = range(1, rank + 1).map((axis) => call.size(x, axis));
    const channels = call.size(x, -1);
    const windows = config.sizes("kernel_size", rank);
    const strides = config.sizes("strides", rank, 1);
    const places = sizes.map((size, axis) => Math.floor((size - (windows[axis] ?? 1)) / (strides[axis] ?? 1)) + 1);
    const read = placesRead(sizes, windows, strides, places);
    const [count, width] = [read.length, read[0]?.length ?? 0];
    const filters = config.int("filters");
    const kernel = call.weight("kernel", [count, width * channels, filters]);
    const flat = reshape(b, x, [b.shape(x)[0] ?? null, sizes.reduce((total, size) => total * size, 1), channels]);
    const indices = b.constant(tensorFromNumbers(DataType.INT64, [count, width], read.flat()), "places");
    const patches = reshape(b, b.op("Gather", [flat, indices], { axis: 1n }), [b.shape(x)[0] ?? null, count, width * channels]);
    const product = b.op("MatMul", [transpose(b, patches, [1, 0, 2]), b.constant(kernel, "kernel")]);
    const spread = reshape(b, transpose(b, product, [1, 0, 2]), [b.shape(x)[0] ?? null, ...places, filters]);
    const sum = call.has("bias") ? b.op("Add", [spread, b.constant(call.weight("bias", [...places, filters]), "bias")]) : spread;
    return activate(b, sum, config);
  },
};

/** For each place of the result the places of the input, all counted through, that its window covers. */
function placesRead(
  sizes: readonly number[],
  windows: readonly number[],
  strides: readonly number[],
  places: readonly number[],
): number[][] {
  const corners = (counts: readonly number[], steps: readonly number[]): number[] =>
    counts.reduce<number[]>(
      (before, count, axis) => before.flatMap((at) => range(0, count).map((index) => at * (sizes[axis] ?? 1) + index * (steps[axis] ?? 1))),
      [0],
    );
  const offsets = corners(
    windows,
    windows.map(() => 1),
  );
  return corners(places, strides).map((corner) => offsets.map((offset) => corner + offset));
}
