import { DataType } from "../../graph/data-types.ts";
import type { Node } from "../../graph/node.ts";
import { elementCount, type Tensor } from "../../graph/tensor.ts";
import { forEachIndex, guardSize, need, type ReferenceOp, result, stridesOf, valuesOf } from "../op.ts";
import { positionOf, type ResolvedWindow, resolveWindow } from "./convolution.ts";

/** The taps of one output position: flat index inside the plane, or -1 in the padding that counts as such. */
function tapsAt(window: ResolvedWindow, sizes: readonly number[], output: readonly number[]): number[] {
  const strides = stridesOf(sizes);
  const taps: number[] = [];
  forEachIndex(window.kernel, (tap) => {
    let [flat, inside] = [0, true];
    for (let axis = 0; axis < sizes.length; axis += 1) {
      const at = positionOf(window, axis, output, tap);
      const size = sizes[axis] ?? 0;
      // What lies even behind the padding (ceil_mode) is no tap at all.
      if (at >= size + (window.ends[axis] ?? 0)) return;
      if (at < 0 || at >= size) inside = false;
      flat += at * (strides[axis] ?? 0);
    }
    taps.push(inside ? flat : -1);
  });
  return taps;
}

function pool(node: Node, data: Tensor, visit: (plane: number, taps: readonly number[], flat: number) => void): number[] {
  const [batch = 1, channels = 1, ...sizes] = data.dims;
  const window = resolveWindow(node, sizes, node.ints("kernel_shape") ?? []);
  const dims = [batch, channels, ...window.output];
  guardSize(dims, node);
  const planeSize = elementCount(sizes);
  const positions = elementCount(window.output);
  forEachIndex(window.output, (output, position) => {
    const taps = tapsAt(window, sizes, output);
    for (let plane = 0; plane < batch * channels; plane += 1) visit(plane * planeSize, taps, plane * positions + position);
  });
  return dims;
}

const averagePool: ReferenceOp = (inputs, node) => {
  const data = need(inputs, 0, node);
  const values = valuesOf(data);
  const padding = node.int("count_include_pad", 0) === 1;
  const output: number[] = [];
  const dims = pool(node, data, (plane, taps, flat) => {
    const inside = taps.filter((tap) => tap >= 0);
    const sum = inside.reduce((total, tap) => total + (values[plane + tap] ?? 0), 0);
    output[flat] = sum / (padding ? taps.length : inside.length);
  });
  return [result(data.dataType, dims, output)];
};

const lpPool: ReferenceOp = (inputs, node) => {
  const data = need(inputs, 0, node);
  const values = valuesOf(data);
  const p = node.int("p", 2);
  const output: number[] = [];
  const dims = pool(node, data, (plane, taps, flat) => {
    const sum = taps.reduce((total, tap) => total + (tap < 0 ? 0 : Math.abs(values[plane + tap] ?? 0) ** p), 0);
    output[flat] = sum ** (1 / p);
  });
  return [result(data.dataType, dims, output)];
};

/** Indices count over the whole tensor; with storage_order 1 the last two axes are counted column by column. */
const maxPool: ReferenceOp = (inputs, node) => {
  const data = need(inputs, 0, node);
  const values = valuesOf(data);
  const [output, indices]: [number[], number[]] = [[], []];
  const columns = data.dims.at(-1) ?? 1;
  const rows = data.dims.at(-2) ?? 1;
  const byColumn = node.int("storage_order", 0) === 1;
  const dims = pool(node, data, (plane, taps, flat) => {
    let [best, at] = [-Infinity, -1];
    for (const tap of taps) {
      const value = tap < 0 ? -Infinity : (values[plane + tap] ?? 0);
      if (tap >= 0 && (at < 0 || value > best)) [best, at] = [value, tap];
    }
    output[flat] = best;
    indices[flat] = plane + (byColumn ? (at % columns) * rows + Math.floor(at / columns) : at);
  });
  return [result(data.dataType, dims, output), result(DataType.INT64, dims, indices)].slice(0, Math.max(1, node.outputs.length));
};

function globalPool(reduce: (values: Float64Array, node: Node) => number): ReferenceOp {
  return (inputs, node) => {
    const data = need(inputs, 0, node);
    const values = valuesOf(data);
    const planes = elementCount(data.dims.slice(0, 2));
    const size = values.length / Math.max(1, planes);
    const output = Float64Array.from({ length: planes }, (_, plane) => reduce(values.subarray(plane * size, (plane + 1) * size), node));
    return [
      result(
        data.dataType,
        data.dims.map((dim, axis) => (axis < 2 ? dim : 1)),
        output,
      ),
    ];
  };
}

export const poolingOps: Readonly<Record<string, ReferenceOp>> = {
  AveragePool: averagePool,
  MaxPool: maxPool,
  LpPool: lpPool,
  GlobalAveragePool: globalPool((values) => values.reduce((sum, value) => sum + value, 0) / values.length),
  GlobalMaxPool: globalPool((values) => values.reduce((best, value) => Math.max(best, value), -Infinity)),
  GlobalLpPool: globalPool((values, node) => {
    const p = node.int("p", 2);
    return values.reduce((sum, value) => sum + Math.abs(value) ** p, 0) ** (1 / p);
  }),
};
