import type { Graph } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import { toNumbers } from "../graph/tensor.ts";
import type { QuantProfile } from "./profile.ts";

/**
 * What a node does with integers, where its runtime has a kernel for them:
 * weighted: constant weights with scales of their own; product: MatMul of two activations; combining: own parameters on every side;
 * bounded: combining with an output range that is known without looking; moving: output elements are input elements, parameters are shared;
 * direct: moving, but the runtime does not see through DequantizeLinear → op → QuantizeLinear, so the op is written on the integers themselves.
 */
export type Role = "weighted" | "product" | "combining" | "bounded" | "moving" | "direct";

/** onnxruntime 1.30's CPU provider, tried operator by operator: which ops its QDQ selectors turn into integer kernels. */
const ONNXRUNTIME: Readonly<Record<string, Role>> = {
  Conv: "weighted",
  Gemm: "weighted",
  MatMul: "weighted",
  Add: "combining",
  Mul: "combining",
  Concat: "combining",
  Where: "combining",
  AveragePool: "combining",
  GlobalAveragePool: "combining",
  LeakyRelu: "combining",
  Sigmoid: "bounded",
  Softmax: "bounded",
  MaxPool: "moving",
  Reshape: "moving",
  Transpose: "moving",
  Flatten: "moving",
  Squeeze: "moving",
  Unsqueeze: "moving",
  Slice: "moving",
  Gather: "moving",
  Split: "moving",
  Expand: "moving",
  Tile: "moving",
  DepthToSpace: "moving",
  Resize: "moving",
  SpaceToDepth: "direct",
  Pad: "direct",
  Relu: "direct",
  Clip: "direct",
};

/** The TFLite int8 specification: more operators, everything between Q and DQ, a Concat shares its output's parameters. */
const TFLITE: Readonly<Record<string, Role>> = {
  ...ONNXRUNTIME,
  ConvTranspose: "weighted",
  Sub: "combining",
  HardSwish: "combining",
  ReduceMean: "combining",
  Tanh: "bounded",
  PRelu: "combining",
  // AVERAGE_POOL_2D does not rescale: a result with a scale of its own would be wrong without an error.
  AveragePool: "moving",
  SpaceToDepth: "moving",
  Pad: "moving",
  Relu: "combining",
  Clip: "combining",
};

const KERNELS = { onnxruntime: ONNXRUNTIME, tflite: TFLITE } as const;
const RUNTIME_NAMES = { onnxruntime: "onnxruntime on a CPU", tflite: "TFLite" } as const;

/** The ranges of bounded operators; scale 1/256 for those that end below 1, as TFLite prescribes. */
export const BOUNDED_RANGES: Readonly<Record<string, { readonly min: number; readonly max: number }>> = {
  Sigmoid: { min: 0, max: 255 / 256 },
  Softmax: { min: 0, max: 255 / 256 },
  Tanh: { min: -1, max: 127 / 128 },
};

/** Only these have dedicated inputs that are settings, not data. */
const DATA_INPUTS: Readonly<Record<string, readonly number[]>> = { Where: [1, 2], Add: [0, 1], Sub: [0, 1], Mul: [0, 1], MatMul: [0, 1] };

/** The inputs of a node that hold data to be quantised. */
export function dataInputs(node: Node): readonly number[] {
  return node.is("Concat") ? node.inputs.map((_, index) => index) : (DATA_INPUTS[node.opType] ?? [0]);
}

/** The role of a node, or the reason why it stays in float. */
export function roleOf(graph: Graph, node: Node, kernels: QuantProfile["kernels"]): Role | { readonly reason: string } {
  const role = node.domain === "" ? KERNELS[kernels][node.opType] : undefined;
  if (role === undefined) return { reason: `${RUNTIME_NAMES[kernels]} has no integer kernel for ${node.opType}` };
  const refusal = REFUSALS[node.opType]?.(graph, node) ?? null;
  if (refusal !== null) return { reason: refusal };
  if (node.is("Resize") && node.string("mode", "nearest") === "linear") return kernels === "tflite" ? "combining" : "direct";
  return role;
}

/** Conditions of single operators; a sentence part where they do not hold. */
const REFUSALS: Readonly<Record<string, (graph: Graph, node: Node) => string | null>> = {
  Resize: (_, node) =>
    ["nearest", "linear"].includes(node.string("mode", "nearest")) ? null : "cubic interpolation leaves the range of its input",
  Slice: (_, node) => (node.inputs.length > 1 ? null : "it is a Slice of an old operator set"),
  Pad: (graph, node) => {
    const value = node.inputs[2] ?? "";
    if (node.string("mode", "constant") !== "constant" || value === "") return null;
    const padding = graph.constantOf(value);
    return padding !== null && toNumbers(padding)[0] === 0 ? null : "it pads with something else than 0";
  },
  MaxPool: (_, node) => ((node.outputs[1] ?? "") === "" ? null : "its indices are read"),
  Clip: (graph, node) => (clipLimits(graph, node) === null ? "its limits are calculated" : null),
};

/** The constant limits of a Relu or Clip; null where they are not constant. */
export function clipLimits(graph: Graph, node: Node): { readonly low: number; readonly high: number } | null {
  if (node.is("Relu")) return { low: 0, high: Infinity };
  const limit = (index: number, name: string, fallback: number): number | null => {
    const input = node.inputs[index] ?? "";
    if (input === "") return node.float(name, fallback);
    const tensor = graph.constantOf(input);
    return tensor === null ? null : (toNumbers(tensor)[0] ?? fallback);
  };
  const [low, high] = [limit(1, "min", -Infinity), limit(2, "max", Infinity)];
  return low === null || high === null ? null : { low, high };
}
