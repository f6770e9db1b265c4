import type { Node } from "../../graph/node.ts";
import { type Tensor, tensorFromNumbers } from "../../graph/tensor.ts";
import { axisOf, need, pickElements, type ReferenceOp, refuse, stridesOf, toIntegers } from "../op.ts";

/** Pads per axis, begins then ends; with a list of axes (opset 18) the others get none. */
function padsOf(inputs: readonly (Tensor | null)[], node: Node, rank: number): number[] {
  const given = node.ints("pads") ?? toIntegers(need(inputs, 1, node));
  const axes = inputs[3] === null || inputs[3] === undefined ? null : toIntegers(inputs[3]).map((axis) => axisOf(axis, rank, node));
  if (axes === null) return given;
  const pads = Array.from({ length: rank * 2 }, () => 0);
  for (const [index, axis] of axes.entries()) {
    pads[axis] = given[index] ?? 0;
    pads[axis + rank] = given[index + axes.length] ?? 0;
  }
  return pads;
}

/** Where position `at` of an axis of `size` lies in the data; -1 is padding. */
function padSource(at: number, size: number, mode: string, node: Node): number {
  if (at >= 0 && at < size) return at;
  switch (mode) {
    case "constant":
      return -1;
    case "edge":
      return at < 0 ? 0 : size - 1;
    case "wrap":
      return ((at % size) + size) % size;
    case "reflect": {
      if (size === 1) return 0;
      const period = 2 * (size - 1);
      const inside = ((at % period) + period) % period;
      return inside < size ? inside : period - inside;
    }
    default:
      throw refuse(node, `pads by ${JSON.stringify(mode)}`);
  }
}

const pad: ReferenceOp = (inputs, node) => {
  const data = need(inputs, 0, node);
  const rank = data.dims.length;
  const pads = padsOf(inputs, node, rank);
  const mode = node.string("mode", "constant");
  const strides = stridesOf(data.dims);
  const filler = inputs[2] ?? (data.strings === undefined ? tensorFromNumbers(data.dataType, [], [node.float("value", 0)]) : null);
  const dims = data.dims.map((dim, axis) => dim + (pads[axis] ?? 0) + (pads[axis + rank] ?? 0));
  const pick = (index: readonly number[]): number => {
    let flat = 0;
    for (let axis = 0; axis < rank; axis += 1) {
      const from = padSource((index[axis] ?? 0) - (pads[axis] ?? 0), data.dims[axis] ?? 0, mode, node);
      if (from < 0) return -1;
      flat += from * (strides[axis] ?? 0);
    }
    return flat;
  };
  return [pickElements(data, dims, node, pick, filler)];
};

/** A transposition of the data seen with other dimensions: what DepthToSpace and SpaceToDepth are. */
function rearrange(data: Tensor, view: readonly number[], perm: readonly number[], dims: readonly number[], node: Node): Tensor {
  const strides = stridesOf(view);
  const moved = pickElements(
    { ...data, dims: view },
    perm.map((axis) => view[axis] ?? 1),
    node,
    (index) => index.reduce((flat, at, position) => flat + at * (strides[perm[position] ?? 0] ?? 0), 0),
  );
  return { ...moved, dims };
}

const depthToSpace: ReferenceOp = (inputs, node) => {
  const data = need(inputs, 0, node);
  const [n = 1, c = 1, h = 1, w = 1] = data.dims;
  const block = node.int("blocksize", 1);
  const depth = c / (block * block);
  const columns = node.string("mode", "DCR") === "CRD";
  const view = columns ? [n, depth, block, block, h, w] : [n, block, block, depth, h, w];
  return [rearrange(data, view, columns ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2], [n, depth, h * block, w * block], node)];
};

const spaceToDepth: ReferenceOp = (inputs, node) => {
  const data = need(inputs, 0, node);
  const [n = 1, c = 1, h = 1, w = 1] = data.dims;
  const block = node.int("blocksize", 1);
  const view = [n, c, h / block, block, w / block, block];
  return [rearrange(data, view, [0, 3, 5, 1, 2, 4], [n, c * block * block, h / block, w / block], node)];
};

/** The first `sequence_lens[b]` steps of each batch entry run backwards. */
const reverseSequence: ReferenceOp = (inputs, node) => {
  const data = need(inputs, 0, node);
  const lengths = toIntegers(need(inputs, 1, node));
  const [batch, time] = [node.int("batch_axis", 1), node.int("time_axis", 0)];
  const strides = stridesOf(data.dims);
  return [
    pickElements(data, data.dims, node, (index) => {
      const [step, length] = [index[time] ?? 0, lengths[index[batch] ?? 0] ?? 0];
      const from = step < length ? length - 1 - step : step;
      return index.reduce((flat, at, axis) => flat + (axis === time ? from : at) * (strides[axis] ?? 0), 0);
    }),
  ];
};

const centerCropPad: ReferenceOp = (inputs, node) => {
  const data = need(inputs, 0, node);
  const wanted = toIntegers(need(inputs, 1, node));
  const rank = data.dims.length;
  const axes = (node.ints("axes") ?? data.dims.map((_, axis) => axis)).map((axis) => axisOf(axis, rank, node));
  const dims = [...data.dims];
  const shift = dims.map(() => 0);
  for (const [index, axis] of axes.entries()) {
    const [from, to] = [data.dims[axis] ?? 0, wanted[index] ?? 0];
    dims[axis] = to;
    shift[axis] = to > from ? -Math.floor((to - from) / 2) : Math.floor((from - to) / 2);
  }
  const strides = stridesOf(data.dims);
  const filler = data.strings === undefined ? tensorFromNumbers(data.dataType, [], [0]) : null;
  const pick = (index: readonly number[]): number => {
    let flat = 0;
    for (let axis = 0; axis < rank; axis += 1) {
      const from = (index[axis] ?? 0) + (shift[axis] ?? 0);
      if (from < 0 || from >= (data.dims[axis] ?? 0)) return -1;
      flat += from * (strides[axis] ?? 0);
    }
    return flat;
  };
  return [pickElements(data, dims, node, pick, filler)];
};

export const layoutOps: Readonly<Record<string, ReferenceOp>> = {
  Pad: pad,
  DepthToSpace: depthToSpace,
  SpaceToDepth: spaceToDepth,
  ReverseSequence: reverseSequence,
  CenterCropPad: centerCropPad,
};
