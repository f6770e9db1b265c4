import type { GraphBuilder } from "@flotilla/onnx";
import { convertError } from "../../errors.ts";
import { float } from "./permute.ts";

export const INTERPOLATIONS: readonly string[] = ["nearest", "bilinear", "bicubic"];

const ATTRIBUTES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  bilinear: { mode: "linear", coordinate_transformation_mode: "half_pixel" },
  nearest: { mode: "nearest", coordinate_transformation_mode: "half_pixel", nearest_mode: "round_prefer_ceil" },
};

/**
 * Resizes pictures [n, c, h, w] to `sizes` as tf.image.resize (version 2: pixel centres, no antialiasing) does. Nearest and bilinear are ONNX's
 * Resize. Bicubic is two products with constant matrices: TensorFlow rounds the positions between pixels to 1/1024, and runtimes differ.
 * Source: tensorflow/core/kernels/image/resize_{bilinear,nearest_neighbor,bicubic}_op.cc with half_pixel_centers
 * @throws FlotillaError INVALID_GRAPH for bicubic where the size of the pictures is not known
 */
export function resizeImage(b: GraphBuilder, x: string, sizes: readonly number[], interpolation: string): string {
  const shape = b.shape(x);
  const from = shape.slice(2);
  if (interpolation === "bicubic") return resizeByMatrices(b, x, sizes);
  const attributes = ATTRIBUTES[interpolation] ?? {};
  const scales = sizes.map((size, axis) => size / Number(from[axis]));
  // Factors leave the batch alone; they must give the sizes exactly.
  const exact = scales.every(
    (scale, axis) => typeof from[axis] === "number" && Math.floor(Math.fround(scale) * from[axis]) === sizes[axis],
  );
  const result = exact
    ? b.op("Resize", [x, "", b.floats([1, 1, ...scales])], attributes)
    : b.op("Resize", [x, "", "", targetOf(b, x, sizes)], attributes);
  b.graph.types.set(result, { elemType: b.type(x).elemType, shape: [...shape.slice(0, 2), ...sizes] });
  return result;
}

function targetOf(b: GraphBuilder, x: string, sizes: readonly number[]): string {
  const head = b.op("Slice", [b.op("Shape", [x]), b.ints([0]), b.ints([2])]);
  return b.op("Concat", [head, b.ints(sizes)], { axis: 0n });
}

function resizeByMatrices(b: GraphBuilder, x: string, sizes: readonly number[]): string {
  const [height, width] = b.shape(x).slice(2);
  if (typeof height !== "number" || typeof width !== "number")
    throw convertError("INVALID_GRAPH", "Bicubic resizing needs pictures of a known size. Give the Input a fixed shape, or use bilinear.");
  const [rows = 1, columns = 1] = sizes;
  const across = b.op("MatMul", [
    x,
    b.constant(float([width, columns], transposed(cubicMatrix(width, columns), columns, width)), "columns"),
  ]);
  return b.op("MatMul", [b.constant(float([rows, height], cubicMatrix(height, rows)), "rows"), across]);
}

const STEPS = 1024;

/** Row `to` says how much each of `from` pixels gives to it. Pixels beyond the border count for nothing, and the rest is scaled up. */
function cubicMatrix(from: number, to: number): Float32Array {
  const matrix = new Float32Array(to * from);
  const scale = Math.fround(from / to);
  for (let row = 0; row < to; row += 1) {
    const place = Math.fround((row + 0.5) * scale - 0.5);
    const floor = Math.floor(place);
    const step = Math.round((place - floor) * STEPS);
    const weights = [far(step), near(step), near(STEPS - step), far(STEPS - step)];
    const inside = weights.map((weight, index) => (floor - 1 + index >= 0 && floor - 1 + index < from ? weight : 0));
    const sum = inside.reduce((total, weight) => total + weight, 0);
    for (const [index, weight] of inside.entries()) if (weight !== 0) matrix[row * from + floor - 1 + index] = weight / sum;
  }
  return matrix;
}

/** Keys' cubic with a = −0.5 at `step` / 1024 from the pixel, and at one pixel more. */
function near(step: number): number {
  const x = step / STEPS;
  return (1.5 * x - 2.5) * x * x + 1;
}

function far(step: number): number {
  const x = step / STEPS + 1;
  return ((-0.5 * x + 2.5) * x - 4) * x + 2;
}

function transposed(matrix: Float32Array, rows: number, columns: number): Float32Array {
  return Float32Array.from(matrix, (_, index) => matrix[(index % rows) * columns + Math.floor(index / rows)] ?? 0);
}
