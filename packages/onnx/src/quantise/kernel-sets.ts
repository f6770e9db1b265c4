import { DataType } from "../graph/data-types.ts";
import type { Graph } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import { elementCount, toNumbers } from "../graph/tensor.ts";
import type { FloatReason } from "./float-reasons.ts";
import type { QuantProfile } from "./profile.ts";

/**
 * What a node does with integers, where its runtime has a kernel for them:
 * weighted: constant weights with scales of their own; product: MatMul of two activations; combining: own parameters on every side;
 * bounded: combining with an output range that is known without looking; moving: output elements are input elements, parameters are shared;
 * scaling: multiplied by a positive constant, which becomes part of the scale, so that nothing is left to do at run time;
 * direct: moving, but the runtime does not see through DequantizeLinear → op → QuantizeLinear, so the op is written on the integers themselves.
 */
export type Role = "weighted" | "product" | "combining" | "bounded" | "moving" | "scaling" | "direct";

/**
 * onnxruntime 1.30's CPU provider, tried operator by operator: which ops its QDQ selectors turn into integer kernels. What is missing here runs in
 * float even between DequantizeLinear and QuantizeLinear, as the tests show for LayerNormalization, Gelu, HardSwish, ConvTranspose and more; HardSwish
 * and HardSigmoid behind a Conv are taken apart first (`lowerActivations`). LSTM and GRU are for dynamic quantisation.
 */
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
  GatherElements: "moving",
  ReduceMax: "moving",
  ReduceMin: "moving",
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
  // Of several values one is taken: all share a scale, as for the pools.
  GlobalMaxPool: "moving",
  ReduceMax: "moving",
  ReduceMin: "moving",
  Max: "moving",
  Min: "moving",
  ReduceSum: "combining",
  SpaceToDepth: "moving",
  Pad: "moving",
  Relu: "combining",
  Clip: "combining",
};

/** onnxruntime has no kernel on 16-bit integers: such a node runs in float between DequantizeLinear and QuantizeLinear. */
const ONNXRUNTIME_16: Readonly<Record<string, Role>> = {
  ...ONNXRUNTIME,
  SpaceToDepth: "moving",
  Pad: "moving",
  Relu: "combining",
  Clip: "combining",
};

/** What of a profile decides where integers go. */
export type KernelChoice = Partial<Pick<QuantProfile, "kernels" | "activations">>;

/** Whether nodes may be written on the integers themselves: onnxruntime has kernels for 8 bits there, TFLite wants none. */
export function writesOnIntegers({ kernels, activations }: KernelChoice): boolean {
  return kernels !== "tflite" && activations?.endsWith("16") !== true;
}

function rolesOf(choice: KernelChoice): Readonly<Record<string, Role>> {
  if (choice.kernels === "tflite") return TFLITE;
  return writesOnIntegers(choice) ? ONNXRUNTIME : ONNXRUNTIME_16;
}

export const RUNTIME_NAMES = { onnxruntime: "onnxruntime on a CPU", tflite: "TFLite" } as const;

/** The ranges of bounded operators; scale 1/256 for those that end below 1, as TFLite prescribes. */
export const BOUNDED_RANGES: Readonly<Record<string, { readonly min: number; readonly max: number }>> = {
  Sigmoid: { min: 0, max: 255 / 256 },
  Softmax: { min: 0, max: 255 / 256 },
  Tanh: { min: -1, max: 127 / 128 },
};

/** Only these have dedicated inputs that are settings, not data. */
const DATA_INPUTS: Readonly<Record<string, readonly number[]>> = {
  Where: [1, 2],
  Add: [0, 1],
  Sub: [0, 1],
  Mul: [0, 1],
  MatMul: [0, 1],
  Max: [0, 1],
  Min: [0, 1],
};

/** The inputs of a node that hold data to be quantised. */
export function dataInputs(node: Node): readonly number[] {
  return node.is("Concat") ? node.inputs.map((_, index) => index) : (DATA_INPUTS[node.opType] ?? [0]);
}

/** The role of a node, or the reason why it stays in float. */
export function roleOf(graph: Graph, node: Node, choice: KernelChoice): Role | { readonly reason: FloatReason } {
  const role = node.domain === "" ? rolesOf(choice)[node.opType] : undefined;
  if (role === undefined) return { reason: "no_kernel" };
  const refusal = REFUSALS[node.opType]?.(graph, node) ?? null;
  if (refusal !== null) return { reason: refusal };
  if (node.is("Resize") && node.string("mode", "nearest") === "linear") return writesOnIntegers(choice) ? "direct" : "combining";
  if (writesOnIntegers(choice) && scalingFactor(graph, node) !== null) return "scaling";
  return role;
}

/** The k > 0 of y = x · k, the constant second and of one value; null for any other node. */
export function scalingFactor(graph: Graph, node: Node): number | null {
  if (!node.is("Mul")) return null;
  const constant = graph.constantOf(node.inputs[1] ?? "");
  const rank = graph.typeOf(node.inputs[0] ?? "")?.shape?.length;
  if (constant?.dataType !== DataType.FLOAT || elementCount(constant.dims) !== 1) return null;
  if (constant.dims.length > 0 && (rank === undefined || constant.dims.length > rank)) return null;
  const [factor = 0] = toNumbers(constant);
  return factor > SMALLEST_FACTOR && factor < 1 / SMALLEST_FACTOR ? factor : null;
}

/** Beyond it a scale could leave float32's range. */
const SMALLEST_FACTOR = 2 ** -20;

/** Conditions of single operators; the reason where they do not hold. */
const REFUSALS: Readonly<Record<string, (graph: Graph, node: Node) => FloatReason | null>> = {
  Resize: (_, node) => (["nearest", "linear"].includes(node.string("mode", "nearest")) ? null : "cubic"),
  Slice: (_, node) => (node.inputs.length > 1 ? null : "old_slice"),
  Pad: (graph, node) => {
    const value = node.inputs[2] ?? "";
    if (node.string("mode", "constant") !== "constant" || value === "") return null;
    const padding = graph.constantOf(value);
    return padding !== null && toNumbers(padding)[0] === 0 ? null : "pad_value";
  },
  Max: (_, node) => (node.inputs.length === 2 ? null : "no_kernel"),
  Min: (_, node) => (node.inputs.length === 2 ? null : "no_kernel"),
  MaxPool: (_, node) => ((node.outputs[1] ?? "") === "" ? null : "indices_read"),
  Clip: (graph, node) => (clipLimits(graph, node) === null ? "calculated_limits" : null),
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
