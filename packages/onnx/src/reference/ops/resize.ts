import type { Node } from "../../graph/node.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { aroundAxis, guardSize, need, type ReferenceOp, result, toIntegers, valuesOf } from "../op.ts";
import { roundHalfEven } from "./elementwise.ts";

interface Axis {
  readonly axis: number;
  readonly from: number;
  readonly to: number;
  readonly scale: number;
  /** Start and end of the region of interest, 0 to 1. */
  readonly roi: readonly [number, number];
}

interface Method {
  readonly mode: string;
  readonly coordinates: string;
  readonly nearest: string;
  readonly cubic: number;
  readonly excludeOutside: boolean;
  readonly antialias: boolean;
}

/** Where output position `at` lies in the input (ONNX Resize, coordinate_transformation_mode). */
function sourceOf(at: number, { from, to, scale, roi }: Axis, mode: string): number {
  switch (mode) {
    case "align_corners":
      // The text divides by the length before it is rounded down; runtimes differ where that is no integer.
      return to === 1 ? 0 : (at * (from - 1)) / (from * scale - 1);
    case "asymmetric":
      return at / scale;
    case "tf_crop_and_resize":
      return to > 1 ? roi[0] * (from - 1) + (at * (roi[1] - roi[0]) * (from - 1)) / (to - 1) : 0.5 * (roi[0] + roi[1]) * (from - 1);
    case "tf_half_pixel_for_nn":
      return (at + 0.5) / scale;
    case "pytorch_half_pixel":
      return to > 1 ? (at + 0.5) / scale - 0.5 : 0;
    case "half_pixel_symmetric": {
      const adjustment = to / (from * scale);
      return (from / 2) * (1 - adjustment) + (at + 0.5) / scale - 0.5;
    }
    default:
      return (at + 0.5) / scale - 0.5;
  }
}

function nearestOf(position: number, mode: string): number {
  if (mode === "floor") return Math.floor(position);
  if (mode === "ceil") return Math.ceil(position);
  if (Math.abs(position - Math.floor(position) - 0.5) < 1e-12)
    return mode === "round_prefer_ceil" ? Math.ceil(position) : Math.floor(position);
  return roundHalfEven(position);
}

/** Keys' cubic convolution with parameter `a`. */
export function cubicWeight(distance: number, a: number): number {
  const x = Math.abs(distance);
  if (x <= 1) return (a + 2) * x ** 3 - (a + 3) * x ** 2 + 1;
  return x < 2 ? a * x ** 3 - 5 * a * x ** 2 + 8 * a * x - 4 * a : 0;
}

type Weight = readonly [index: number, weight: number];

/** The input positions along one axis that make up one output position; the edge is repeated outside. */
function weightsAt(position: number, axis: Axis, method: Method): Weight[] {
  const clamp = (index: number): number => Math.min(Math.max(index, 0), axis.from - 1);
  if (method.mode === "nearest") return [[clamp(nearestOf(position, method.nearest)), 1]];
  const stretch = method.antialias ? Math.min(1, axis.scale) : 1;
  const reach = (method.mode === "cubic" ? 2 : 1) / stretch;
  const kernel = (distance: number): number =>
    method.mode === "cubic" ? cubicWeight(distance * stretch, method.cubic) : Math.max(0, 1 - Math.abs(distance * stretch));
  const weights: [number, number][] = [];
  for (let index = Math.floor(position - reach) + 1; index <= Math.floor(position + reach); index += 1) {
    const outside = index < 0 || index >= axis.from;
    weights.push([clamp(index), outside && method.excludeOutside ? 0 : kernel(position - index)]);
  }
  const total = weights.reduce((sum, [, weight]) => sum + weight, 0);
  return method.excludeOutside || method.antialias ? weights.map(([index, weight]) => [index, weight / total]) : weights;
}

function resample(values: Float64Array, dims: readonly number[], axis: Axis, method: Method): Float64Array {
  const { rows, size, columns } = aroundAxis(dims, axis.axis);
  const output = new Float64Array(rows * axis.to * columns);
  for (let at = 0; at < axis.to; at += 1) {
    const weights = weightsAt(sourceOf(at, axis, method.coordinates), axis, method);
    for (let row = 0; row < rows; row += 1)
      for (let column = 0; column < columns; column += 1) {
        let sum = 0;
        for (const [index, weight] of weights) sum += weight * (values[(row * size + index) * columns + column] ?? 0);
        output[(row * axis.to + at) * columns + column] = sum;
      }
  }
  return output;
}

/** With tf_crop_and_resize, what lies outside the input takes `extrapolation_value`. */
function extrapolate(values: Float64Array, dims: readonly number[], axis: Axis, fill: number): void {
  const { rows, columns } = aroundAxis(dims, axis.axis);
  for (let at = 0; at < axis.to; at += 1) {
    const source = sourceOf(at, axis, "tf_crop_and_resize");
    if (source >= 0 && source <= axis.from - 1) continue;
    for (let row = 0; row < rows; row += 1) values.fill(fill, (row * axis.to + at) * columns, (row * axis.to + at + 1) * columns);
  }
}

interface Request {
  readonly sizes: readonly number[] | null;
  readonly scales: readonly number[] | null;
  readonly roi: readonly number[];
  readonly axes: readonly number[];
}

function requestOf(inputs: readonly (Tensor | null)[], node: Node, opset: number, rank: number): Request {
  const list = (tensor: Tensor | null | undefined): number[] | null =>
    tensor === null || tensor === undefined || tensor.dims[0] === 0 ? null : [...valuesOf(tensor)];
  const attribute = node.attributes.get("scales");
  const late = node.is("Resize") && opset >= 11;
  return {
    sizes: late && inputs[3] !== null && inputs[3] !== undefined ? toIntegers(inputs[3]) : null,
    scales: attribute?.kind === "floats" ? [...attribute.value] : list(inputs[late ? 2 : 1]),
    roi: (late ? list(inputs[1]) : null) ?? [],
    axes: (node.ints("axes") ?? Array.from({ length: rank }, (_, axis) => axis)).map((axis) => (axis < 0 ? axis + rank : axis)),
  };
}

function plan(request: Request, dims: readonly number[], node: Node): Axis[] {
  const { sizes, scales, roi, axes } = request;
  const policy = node.string("keep_aspect_ratio_policy", "stretch");
  const ratios = sizes?.map((size, index) => size / (dims[axes[index] ?? 0] ?? 1)) ?? [];
  const kept = policy === "not_larger" ? Math.min(...ratios) : policy === "not_smaller" ? Math.max(...ratios) : null;
  return axes.map((axis, index): Axis => {
    const from = dims[axis] ?? 1;
    const given = sizes === null ? (scales?.[index] ?? 1) : (kept ?? ratios[index] ?? 1);
    const to = sizes === null ? Math.floor(from * given) : kept === null ? (sizes[index] ?? 1) : Math.floor(from * kept + 0.5);
    return { axis, from, to, scale: given, roi: [roi[index] ?? 0, roi[index + axes.length] ?? 1] };
  });
}

/** Upsample and Resize 10 sample at `index / scale`; Resize 11 and later say how. */
function methodOf(node: Node, opset: number): Method {
  const late = node.is("Resize") && opset >= 11;
  return {
    mode: node.string("mode", "nearest"),
    coordinates: late ? node.string("coordinate_transformation_mode", "half_pixel") : "asymmetric",
    nearest: late ? node.string("nearest_mode", "round_prefer_floor") : "floor",
    cubic: node.float("cubic_coeff_a", -0.75),
    excludeOutside: node.int("exclude_outside", 0) === 1,
    antialias: node.int("antialias", 0) === 1,
  };
}

const resize: ReferenceOp = (inputs, node, opset) => {
  const data = need(inputs, 0, node);
  const axes = plan(requestOf(inputs, node, opset, data.dims.length), data.dims, node);
  const method = methodOf(node, opset);
  let [values, dims] = [valuesOf(data), [...data.dims]];
  for (const axis of axes) {
    if (axis.from === axis.to && axis.scale === 1 && method.coordinates !== "tf_crop_and_resize") continue;
    const next = dims.with(axis.axis, axis.to);
    guardSize(next, node);
    values = resample(values, dims, axis, method);
    dims = next;
  }
  if (method.coordinates === "tf_crop_and_resize")
    for (const axis of axes) extrapolate(values, dims, axis, node.float("extrapolation_value", 0));
  return [result(data.dataType, dims, values)];
};

export const resizeOps: Readonly<Record<string, ReferenceOp>> = { Resize: resize, Upsample: resize };
