import type { Node } from "../../graph/node.ts";
import { DataType } from "../../graph/data-types.ts";
import { elementCount, type Tensor } from "../../graph/tensor.ts";
import { forEachIndex, need, type ReferenceOp, refuse, result, stridesOf, valuesOf } from "../op.ts";
import { broadcastIndex } from "./broadcast.ts";

interface Moments {
  readonly mean: number;
  readonly variance: number;
}

function momentsOf(values: ArrayLike<number>): Moments {
  let [sum, squares] = [0, 0];
  for (let index = 0; index < values.length; index += 1) sum += values[index] ?? 0;
  const mean = sum / values.length;
  for (let index = 0; index < values.length; index += 1) squares += ((values[index] ?? 0) - mean) ** 2;
  return { mean, variance: squares / values.length };
}

/** The channel (axis 1) of a flat index. */
function channelOf(dims: readonly number[]): (flat: number) => number {
  const [channels, plane] = [dims[1] ?? 1, elementCount(dims.slice(2))];
  return (flat) => Math.floor(flat / plane) % channels;
}

/** In training mode (opset 14) the statistics come from the batch; outputs 1 and 2 are the running ones. */
const batchNormalization: ReferenceOp = (inputs, node, opset) => {
  const data = need(inputs, 0, node);
  const [scale = [], bias = [], mean = [], variance = []] = [1, 2, 3, 4].map((index) => valuesOf(need(inputs, index, node)));
  const values = valuesOf(data);
  const epsilon = node.float("epsilon", 1e-5);
  const channel = channelOf(data.dims);
  const training = opset >= 14 && node.int("training_mode", 0) === 1;
  if (!training && node.outputs.slice(1).some((output) => output !== ""))
    throw refuse(node, "is in the training mode of an old operator set");
  const batch = training ? channelMoments(values, data.dims) : [];
  const used = Array.from(mean, (value, index) => batch[index] ?? { mean: value, variance: variance[index] ?? 1 });
  const normalised = values.map((value, flat) => {
    const at = channel(flat);
    const { mean: center = 0, variance: spread = 1 } = used[at] ?? {};
    return ((value - center) / Math.sqrt(spread + epsilon)) * (scale[at] ?? 1) + (bias[at] ?? 0);
  });
  const y = result(data.dataType, data.dims, normalised);
  if (!training) return [y];
  const momentum = node.float("momentum", 0.9);
  const running = (old: ArrayLike<number>, now: readonly number[]): Tensor =>
    result(
      need(inputs, 3, node).dataType,
      [now.length],
      now.map((value, index) => (old[index] ?? 0) * momentum + value * (1 - momentum)),
    );
  return [
    y,
    running(
      mean,
      batch.map((entry) => entry.mean),
    ),
    running(
      variance,
      batch.map((entry) => entry.variance),
    ),
  ];
};

function channelMoments(values: Float64Array, dims: readonly number[]): Moments[] {
  const channel = channelOf(dims);
  return Array.from({ length: dims[1] ?? 1 }, (_, index) => momentsOf(values.filter((_value, flat) => channel(flat) === index)));
}

/** Normalises blocks of `size` successive elements, then scales and shifts by `parameters(flat)`. */
function normaliseBlocks(
  data: Tensor,
  size: number,
  epsilon: number,
  affine: (value: number, flat: number) => number,
): { y: Tensor; moments: Moments[] } {
  const values = valuesOf(data);
  const moments = Array.from({ length: Math.floor(values.length / size) }, (_, block) =>
    momentsOf(values.subarray(block * size, (block + 1) * size)),
  );
  const normalised = values.map((value, flat) => {
    const { mean = 0, variance = 1 } = moments[Math.floor(flat / size)] ?? {};
    return affine((value - mean) / Math.sqrt(variance + epsilon), flat);
  });
  return { y: result(data.dataType, data.dims, normalised), moments };
}

const instanceNormalization: ReferenceOp = (inputs, node) => {
  const data = need(inputs, 0, node);
  const [scale = [], bias = []] = [1, 2].map((index) => valuesOf(need(inputs, index, node)));
  const channel = channelOf(data.dims);
  const affine = (value: number, flat: number): number => value * (scale[channel(flat)] ?? 1) + (bias[channel(flat)] ?? 0);
  return [normaliseBlocks(data, elementCount(data.dims.slice(2)), node.float("epsilon", 1e-5), affine).y];
};

/** Scale and bias stand per channel since opset 21, per group before. */
const groupNormalization: ReferenceOp = (inputs, node, opset) => {
  const data = need(inputs, 0, node);
  const [scale = [], bias = []] = [1, 2].map((index) => valuesOf(need(inputs, index, node)));
  const groups = node.int("num_groups", 1);
  const channels = data.dims[1] ?? 1;
  const channel = channelOf(data.dims);
  const at = (flat: number): number => (opset >= 21 ? channel(flat) : Math.floor(channel(flat) / (channels / groups)));
  const affine = (value: number, flat: number): number => value * (scale[at(flat)] ?? 1) + (bias[at(flat)] ?? 0);
  const size = elementCount(data.dims.slice(1)) / groups;
  return [normaliseBlocks(data, size, node.float("epsilon", 1e-5), affine).y];
};

/** Outputs: y, mean, 1 / √(variance + ε) over the axes from `axis` on. */
const layerNormalization: ReferenceOp = (inputs, node) => {
  const data = need(inputs, 0, node);
  const scale = need(inputs, 1, node);
  const bias = inputs[2] ?? null;
  const rank = data.dims.length;
  const axis = node.int("axis", -1) < 0 ? node.int("axis", -1) + rank : node.int("axis", -1);
  const affine = trailing(data.dims, scale, bias);
  const epsilon = node.float("epsilon", 1e-5);
  const { y, moments } = normaliseBlocks(data, elementCount(data.dims.slice(axis)), epsilon, affine);
  const dims = data.dims.map((dim, at) => (at < axis ? dim : 1));
  const extra = [moments.map(({ mean }) => mean), moments.map(({ variance }) => 1 / Math.sqrt(variance + epsilon))];
  return [y, ...extra.map((values) => result(DataType.FLOAT, dims, values))].slice(0, Math.max(1, node.outputs.length));
};

function trailing(dims: readonly number[], scale: Tensor, bias: Tensor | null): (value: number, flat: number) => number {
  const [factors, shifts] = [valuesOf(scale), bias === null ? null : valuesOf(bias)];
  const [factorAt, shiftAt]: [number[], number[]] = [[], []];
  const [factorStrides, shiftStrides] = [stridesOf(scale.dims), stridesOf(bias?.dims ?? [])];
  forEachIndex(dims, (index) => {
    factorAt.push(broadcastIndex(scale.dims, index, factorStrides));
    if (bias !== null) shiftAt.push(broadcastIndex(bias.dims, index, shiftStrides));
  });
  return (value, flat) => value * (factors[factorAt[flat] ?? 0] ?? 1) + (shifts?.[shiftAt[flat] ?? 0] ?? 0);
}

const rmsNormalization: ReferenceOp = (inputs, node) => {
  const data = need(inputs, 0, node);
  const values = valuesOf(data);
  const axis = node.int("axis", -1) < 0 ? node.int("axis", -1) + data.dims.length : node.int("axis", -1);
  const size = elementCount(data.dims.slice(axis));
  const affine = trailing(data.dims, need(inputs, 1, node), null);
  const epsilon = node.float("epsilon", 1e-5);
  const roots = Array.from({ length: values.length / size }, (_, block) =>
    Math.sqrt(values.subarray(block * size, (block + 1) * size).reduce((sum, value) => sum + value * value, 0) / size + epsilon),
  );
  return [
    result(
      data.dataType,
      data.dims,
      values.map((value, flat) => affine(value / (roots[Math.floor(flat / size)] ?? 1), flat)),
    ),
  ];
};

/** Local response normalisation across `size` neighbouring channels. */
const lrn: ReferenceOp = (inputs, node) => {
  const data = need(inputs, 0, node);
  const values = valuesOf(data);
  const [alpha, beta, bias] = [node.float("alpha", 1e-4), node.float("beta", 0.75), node.float("bias", 1)];
  const size = node.int("size", 1);
  const [channels, plane] = [data.dims[1] ?? 1, elementCount(data.dims.slice(2))];
  const channel = channelOf(data.dims);
  return [
    result(
      data.dataType,
      data.dims,
      values.map((value, flat) => {
        const here = channel(flat);
        let squares = 0;
        for (
          let at = Math.max(0, here - Math.floor((size - 1) / 2));
          at <= Math.min(channels - 1, here + Math.ceil((size - 1) / 2));
          at += 1
        )
          squares += (values[flat + (at - here) * plane] ?? 0) ** 2;
        return value / (bias + (alpha / size) * squares) ** beta;
      }),
    ),
  ];
};

/** (x − mean) / (√variance + 1e-9) over `axes`. */
const meanVariance: ReferenceOp = (inputs, node: Node) => {
  const data = need(inputs, 0, node);
  const values = valuesOf(data);
  const axes = new Set((node.ints("axes") ?? [0, 2, 3]).map((axis) => (axis < 0 ? axis + data.dims.length : axis)));
  const keys: number[] = [];
  const kept = data.dims.map((dim, axis) => (axes.has(axis) ? 1 : dim));
  const strides = stridesOf(kept);
  forEachIndex(data.dims, (index) => void keys.push(broadcastIndex(kept, index, strides)));
  const moments = Array.from({ length: elementCount(kept) }, (_, key) => momentsOf(values.filter((_value, flat) => keys[flat] === key)));
  return [
    result(
      data.dataType,
      data.dims,
      values.map((value, flat) => {
        const { mean = 0, variance = 1 } = moments[keys[flat] ?? 0] ?? {};
        return (value - mean) / (Math.sqrt(variance) + 1e-9);
      }),
    ),
  ];
};

export const normalisationOps: Readonly<Record<string, ReferenceOp>> = {
  BatchNormalization: batchNormalization,
  InstanceNormalization: instanceNormalization,
  GroupNormalization: groupNormalization,
  LayerNormalization: layerNormalization,
  RMSNormalization: rmsNormalization,
  LRN: lrn,
  MeanVarianceNormalization: meanVariance,
};
