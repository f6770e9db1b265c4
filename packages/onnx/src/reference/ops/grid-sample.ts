import type { Node } from "../../graph/node.ts";
import { elementCount } from "../../graph/tensor.ts";
import { guardSize, need, type ReferenceOp, refuse, result, valuesOf } from "../op.ts";
import { cubicWeight } from "./resize.ts";
import { roundHalfEven } from "./elementwise.ts";

type Weight = readonly [index: number, weight: number];

/** -1 … 1 to positions; without align_corners the ends are the outer edges of the border pixels. */
function unnormalise(value: number, size: number, align: boolean): number {
  return align ? ((value + 1) / 2) * (size - 1) : ((value + 1) * size - 1) / 2;
}

function reflect(position: number, low: number, high: number): number {
  const range = high - low;
  if (range <= 0) return low;
  const phase = (((position - low) % (2 * range)) + 2 * range) % (2 * range);
  return low + (phase > range ? 2 * range - phase : phase);
}

/** Positions outside by `padding`: -1 stands for a zero. */
function settle(index: number, size: number, padding: string, align: boolean): number {
  if (index >= 0 && index < size) return index;
  if (padding === "zeros") return -1;
  if (padding === "border") return Math.min(Math.max(index, 0), size - 1);
  const mirrored = Math.round(reflect(index, align ? 0 : -0.5, align ? size - 1 : size - 0.5));
  return Math.min(Math.max(mirrored, 0), size - 1);
}

function weightsOf(position: number, size: number, mode: string, padding: string, align: boolean): Weight[] {
  const floor = Math.floor(position);
  const raw: Weight[] =
    mode === "nearest"
      ? [[roundHalfEven(position), 1]]
      : mode === "cubic" || mode === "bicubic"
        ? [-1, 0, 1, 2].map((step) => [floor + step, cubicWeight(position - floor - step, -0.75)])
        : [
            [floor, floor + 1 - position],
            [floor + 1, position - floor],
          ];
  return raw.map(([index, weight]) => [settle(index, size, padding, align), weight]);
}

function clampPosition(position: number, size: number, padding: string, align: boolean, mode: string): number {
  if (mode.endsWith("cubic") || padding === "zeros") return position;
  if (padding === "border") return Math.min(Math.max(position, 0), size - 1);
  return Math.min(Math.max(reflect(position, align ? 0 : -0.5, align ? size - 1 : size - 0.5), 0), size - 1);
}

/** x [N, C, H, W], grid [N, h, w, 2] of (x, y) → [N, C, h, w]. */
const gridSample: ReferenceOp = (inputs, node: Node) => {
  const [data, grid] = [need(inputs, 0, node), need(inputs, 1, node)];
  if (data.dims.length !== 4) throw refuse(node, `samples ${data.dims.length - 2} axes`);
  const [batch = 1, channels = 1, height = 1, width = 1] = data.dims;
  const [, rows = 1, columns = 1] = grid.dims;
  const [values, places] = [valuesOf(data), valuesOf(grid)];
  const [mode, padding] = [node.string("mode", "linear"), node.string("padding_mode", "zeros")];
  const align = node.int("align_corners", 0) === 1;
  const along = (value: number, size: number): Weight[] =>
    weightsOf(clampPosition(unnormalise(value, size, align), size, padding, align, mode), size, mode, padding, align);
  const dims = [batch, channels, rows, columns];
  const output = new Float64Array(guardSize(dims, node));
  for (let point = 0; point < elementCount([batch, rows, columns]); point += 1) {
    const [across, down] = [along(places[point * 2] ?? 0, width), along(places[point * 2 + 1] ?? 0, height)];
    const [sample, at] = [Math.floor(point / (rows * columns)), point % (rows * columns)];
    for (let channel = 0; channel < channels; channel += 1) {
      const plane = (sample * channels + channel) * height;
      let sum = 0;
      for (const [y, yWeight] of down)
        for (const [x, xWeight] of across) if (y >= 0 && x >= 0) sum += yWeight * xWeight * (values[(plane + y) * width + x] ?? 0);
      output[(sample * channels + channel) * rows * columns + at] = sum;
    }
  }
  return [result(data.dataType, dims, output)];
};

export const gridSampleOps: Readonly<Record<string, ReferenceOp>> = { GridSample: gridSample };
