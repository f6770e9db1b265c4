import { type Node, toNumbers } from "@flotilla/onnx";
import { knownShape, type Lowering, type NodeBuilder } from "./lowering.ts";

/**
 * BatchNormalization in inference: one Mul and one Add with constants; InstanceNormalization, GroupNormalization, LayerNormalization,
 * MeanVarianceNormalization and LpNormalization out of means, products and a square root.
 */
export const batchNormalisation: Lowering = {
  operators: ["BatchNormalization"],
  refuse: (graph, node) =>
    node.inputs.slice(1, 5).every((input) => graph.constantOf(input) !== null) && node.int("training_mode", 0) === 0
      ? null
      : "its statistics are not constant. Export the model for inference.",
  build: (b, node) => {
    const [scale, bias, mean, variance] = node.inputs.slice(1, 5).map((input) => {
      const tensor = b.graph.constantOf(input);
      return tensor === null ? new Float64Array() : toNumbers(tensor);
    });
    const channels = scale?.length ?? 0;
    const rank = knownShape(b.graph, node.inputs[0] ?? "")?.length ?? 4;
    const factor = Float64Array.from(
      { length: channels },
      (_, c) => (scale?.[c] ?? 1) / Math.sqrt((variance?.[c] ?? 1) + node.float("epsilon", 1e-5)),
    );
    const shift = factor.map((value, c) => (bias?.[c] ?? 0) - (mean?.[c] ?? 0) * value);
    const dims = channelDims(channels, rank);
    return b.op("Add", [b.op("Mul", [node.inputs[0] ?? "", b.floats(dims, factor)]), b.floats(dims, shift)]);
  },
};

export const normalisations: Lowering = {
  operators: ["InstanceNormalization", "GroupNormalization", "LayerNormalization", "MeanVarianceNormalization", "LpNormalization"],
  refuse: (graph, node) => {
    if (knownShape(graph, node.inputs[0] ?? "") === null) return "the shape of its data is not known.";
    return node.outputs.slice(1).some((output) => output !== "" && (graph.consumerCount(output) > 0 || graph.isOutput(output)))
      ? "its mean or deviation is read."
      : null;
  },
  build: (b, node) => BUILDS[node.opType]?.(b, node, knownShape(b.graph, node.inputs[0] ?? "") ?? []) ?? "",
};

type Build = (builder: NodeBuilder, node: Node, shape: readonly number[]) => string;

const BUILDS: Readonly<Record<string, Build>> = {
  InstanceNormalization: (b, node, shape) => {
    const normal = standardise(b, node.inputs[0] ?? "", places(shape), node.float("epsilon", 1e-5));
    return affine(b, normal, node, channelDims(shape[1] ?? 1, shape.length));
  },
  GroupNormalization: (b, node, shape) => {
    const [batch = 1, channels = 1, ...rest] = shape;
    const groups = node.int("num_groups", 1);
    const grouped = b.reshape(node.inputs[0] ?? "", [batch, groups, channels / groups, ...rest]);
    const axes = Array.from({ length: rest.length + 1 }, (_, axis) => axis + 2);
    const normal = b.reshape(standardise(b, grouped, axes, node.float("epsilon", 1e-5)), shape);
    return affine(b, normal, node, channelDims(channels, shape.length));
  },
  LayerNormalization: (b, node, shape) => {
    const given = node.int("axis", -1);
    const first = given < 0 ? given + shape.length : given;
    const axes = Array.from({ length: shape.length - first }, (_, axis) => axis + first);
    return affine(b, standardise(b, node.inputs[0] ?? "", axes, node.float("epsilon", 1e-5)), node, null);
  },
  MeanVarianceNormalization: (b, node, shape) =>
    standardise(
      b,
      node.inputs[0] ?? "",
      (node.ints("axes") ?? [0, 2, 3]).map((axis) => (axis < 0 ? axis + shape.length : axis)),
      1e-9,
    ),
  LpNormalization: (b, node, shape) => {
    const given = node.int("axis", -1);
    const axis = given < 0 ? given + shape.length : given;
    const [data = ""] = node.inputs;
    const size =
      node.int("p", 2) === 1
        ? b.reduce("ReduceSum", b.op("Abs", [data]), [axis])
        : b.op("Sqrt", [b.reduce("ReduceSum", b.square(data), [axis])]);
    return b.op("Div", [data, size]);
  },
};

function places(shape: readonly number[]): number[] {
  return Array.from({ length: shape.length - 2 }, (_, axis) => axis + 2);
}

/** (x − mean) / √(variance + ε) over `axes`. */
function standardise(b: NodeBuilder, data: string, axes: readonly number[], epsilon: number): string {
  const centred = b.op("Sub", [data, b.reduce("ReduceMean", data, axes)]);
  const variance = b.reduce("ReduceMean", b.square(centred), axes);
  return b.op("Div", [centred, b.op("Sqrt", [b.op("Add", [variance, b.scalar(epsilon)])])]);
}

/** · scale + bias, in `dims` where they are per channel. */
function affine(b: NodeBuilder, data: string, node: Node, dims: readonly number[] | null): string {
  const operand = (name: string): string => {
    const tensor = b.graph.constantOf(name);
    return dims === null ? name : tensor === null ? b.reshape(name, dims) : b.graph.addConstant({ ...tensor, dims });
  };
  const [, scale = "", bias = ""] = node.inputs;
  const scaled = scale === "" ? data : b.op("Mul", [data, operand(scale)]);
  return bias === "" ? scaled : b.op("Add", [scaled, operand(bias)]);
}

function channelDims(channels: number, rank: number): readonly number[] {
  return rank < 2 ? [channels] : [channels, ...Array.from({ length: rank - 2 }, () => 1)];
}
