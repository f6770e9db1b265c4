import { type Node, toNumbers } from "@flotilla/onnx";
import type { Emitter } from "../emitter.ts";
import { identity, type Perm, physicalShape } from "../layout.ts";
import { readMoved } from "../moving.ts";
import { linearPositions, nearestPositions, positionsOf, type ResizeFlags } from "../resize-positions.ts";
import type { OperatorRule } from "../rule.ts";

/**
 * Resize over one or two axes: RESIZE_NEAREST_NEIGHBOR or RESIZE_BILINEAR with the flags that sample where ONNX does (resize-positions.ts). Nearest positions that
 * neither flag gives are taken with GATHER.
 *
 * Layout: the two resized axes in the middle of four. Dtype: any, int8 in the input's scale.
 * Versions: 1; int8 2; half-pixel centres or aligned corners 3.
 * Source: tensorflow/lite/kernels/{resize_nearest_neighbor,resize_bilinear}.cc
 */
export const resize: OperatorRule = {
  operators: ["Resize"],
  builtins: ["RESIZE_NEAREST_NEIGHBOR", "RESIZE_BILINEAR", "GATHER"],
  integer: true,
  limits: "One or two axes, nearest or linear, constant sizes, no antialiasing, no cropping.",
  refuse: (emitter, node) => refusal(emitter, node),
  emit: (emitter, node) => {
    const [input = ""] = node.inputs;
    const [output = ""] = node.outputs;
    const axes = resizedAxes(emitter, node);
    const flags = flagsOf(emitter, node, axes);
    if (flags === null) {
      gatherPlaces(emitter, node, axes);
      return;
    }
    const rank = emitter.shapeOf(input).length;
    const perm = permFor(axes, rank);
    const { tensor, quant } = readMoved(emitter, input, perm);
    const plane = (value: string): number[] => {
      const shape = physicalShape(emitter.shapeOf(value), perm);
      return rank === 3 ? [shape[0] ?? 1, 1, ...shape.slice(1)] : shape;
    };
    const data = rank === 3 ? emitter.reshape(tensor, plane(input)) : tensor;
    const target = emitter.define(output, perm, quant);
    const result = rank === 3 ? emitter.temporary("plane", plane(output), target) : target;
    const size = emitter.integers(plane(output).slice(1, 3), "size");
    if (node.string("mode", "nearest") === "nearest")
      emitter.add("RESIZE_NEAREST_NEIGHBOR", [data, size], [result], { type: "ResizeNearestNeighborOptions", value: flags });
    else emitter.add("RESIZE_BILINEAR", [data, size], [result], { type: "ResizeBilinearOptions", value: flags });
    if (rank === 3) emitter.reshape(result, physicalShape(emitter.shapeOf(output), perm), target);
  },
};

function refusal(emitter: Emitter, node: Node): string | null {
  const mode = node.string("mode", "nearest");
  if (mode !== "nearest" && mode !== "linear") return `TFLite does not resize in mode ${mode}. Use nearest or linear.`;
  if (node.int("antialias", 0) === 1) return "TFLite does not antialias while it resizes.";
  if (node.string("coordinate_transformation_mode", "half_pixel") === "tf_crop_and_resize") return "TFLite does not crop while it resizes.";
  if ((node.inputs[3] ?? "") === "" && emitter.graph.constantOf(node.inputs[2] ?? "") === null)
    return "its scales are calculated. Make them constants.";
  const axes = resizedAxes(emitter, node);
  const rank = emitter.shapeOf(node.inputs[0] ?? "").length;
  if (axes.length > 2 || (rank !== 3 && rank !== 4 && axes.length > 0 && mode === "linear"))
    return `it resizes ${axes.length} of ${rank} axes; TFLite takes two of four.`;
  return mode === "nearest" || flagsOf(emitter, node, axes) !== null
    ? null
    : "it interpolates between positions that TFLite cannot sample at. Use half_pixel, align_corners or asymmetric with exact sizes.";
}

function resizedAxes(emitter: Emitter, node: Node): readonly number[] {
  const [from, to] = [emitter.shapeOf(node.inputs[0] ?? ""), emitter.shapeOf(node.outputs[0] ?? "")];
  return identity(from.length).filter((axis) => from[axis] !== to[axis]);
}

/** The resized axes in the middle, in their order, the others around them. */
function permFor(axes: readonly number[], rank: number): Perm {
  const middle = [...axes];
  const others = identity(rank).filter((axis) => !middle.includes(axis));
  // Of a tie the places of NCHW stay in the middle.
  while (middle.length < rank - 2)
    middle.push(others.includes(rank - 1) ? (others.splice(others.indexOf(rank - 1), 1)[0] ?? 0) : (others.pop() ?? 0));
  middle.sort((left, right) => left - right);
  const [first = 0, last = 0] = others;
  return [first, ...middle, last];
}

function scaleOf(emitter: Emitter, node: Node, axis: number): number | null {
  const scales = emitter.graph.constantOf(node.inputs[2] ?? "");
  if (scales === null || (node.inputs[3] ?? "") !== "") return null;
  const axes = node.ints("axes");
  const values = [...toNumbers(scales)];
  return values[axes === null ? axis : axes.indexOf(axis)] ?? null;
}

const FLAGS: readonly ResizeFlags[] = [
  { alignCorners: false, halfPixelCenters: true },
  { alignCorners: false, halfPixelCenters: false },
  { alignCorners: true, halfPixelCenters: false },
];

/** The flags with which TFLite samples all axes where ONNX does; null where none do. */
function flagsOf(emitter: Emitter, node: Node, axes: readonly number[]): ResizeFlags | null {
  const [from, to] = [emitter.shapeOf(node.inputs[0] ?? ""), emitter.shapeOf(node.outputs[0] ?? "")];
  if (from.length !== 3 && from.length !== 4) return null;
  const nearest = node.string("mode", "nearest") === "nearest";
  const fits = (flags: ResizeFlags): boolean =>
    axes.every((axis) => {
      const sizes = { from: from[axis] ?? 1, to: to[axis] ?? 1 };
      const wanted = positionsOf(node, sizes, scaleOf(emitter, node, axis));
      const given = nearest ? nearestPositions(flags, sizes) : linearPositions(flags, sizes);
      return wanted.every((position, index) => Math.abs(position - (given[index] ?? 0)) < 1e-4);
    });
  return FLAGS.find(fits) ?? null;
}

function gatherPlaces(emitter: Emitter, node: Node, axes: readonly number[]): void {
  const [input = ""] = node.inputs;
  const [output = ""] = node.outputs;
  const { tensor, perm, quant } = readMoved(emitter, input);
  const target = emitter.define(output, perm, quant);
  let data = tensor;
  for (const [index, axis] of axes.entries()) {
    const sizes = { from: emitter.shapeOf(input)[axis] ?? 1, to: emitter.shapeOf(output)[axis] ?? 1 };
    const places = emitter.integers(positionsOf(node, sizes, scaleOf(emitter, node, axis)), "places");
    const place = perm.indexOf(axis);
    const shape = emitter.describe(data).shape.map((size, other) => (other === place ? sizes.to : size));
    const result = index === axes.length - 1 ? target : emitter.temporary("gathered", shape, target);
    emitter.add("GATHER", [data, places], [result], { type: "GatherOptions", value: { axis: place, batchDims: 0 } });
    data = result;
  }
  if (axes.length === 0) emitter.reshape(data, emitter.describe(data).shape, target);
}
