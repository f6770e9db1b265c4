import type { CpuReason, EdgeTpuLimitation } from "@flotilla/contracts/targets";
import type { OperatorFacts, TensorFacts } from "./operator-facts.ts";

type Rule = (operator: OperatorFacts) => EdgeTpuLimitation | null;

const always: Rule = () => null;
const noActivation: Rule = ({ options }) => ((options["fusedActivationFunction"] ?? 0) === 0 ? null : "fused-activation");

/** Sizes may not differ in x and y. Runtimes before 13 took no dilated depthwise kernels at all. */
const evenDilation: Rule = ({ options }) =>
  (options["dilationWFactor"] ?? 1) === (options["dilationHFactor"] ?? 1) ? null : "unequal-dilation";
/** The first axis is the batch's, also where it is counted from behind. */
const notAlongBatch: Rule = (operator) => (axesOf(operator).includes(0) ? "batch-axis" : null);

/**
 * The operators that the Edge TPU compiler maps, with their documented limits: those of compiler 16 for runtime 14, the last that there are, and its default.
 * Older runtimes have narrower ones (no dilated depthwise convolutions, MEAN and PAD over height and width only).
 * Source: https://coral.ai/docs/edgetpu/models-intro/#supported-operations
 */
export const EDGE_TPU_OPERATORS: Readonly<Record<string, Rule>> = {
  ADD: always,
  AVERAGE_POOL_2D: noActivation,
  CONCATENATION: (operator) => noActivation(operator) ?? constantOperands(operator),
  CONV_2D: evenDilation,
  DEPTHWISE_CONV_2D: evenDilation,
  EXPAND_DIMS: always,
  FULLY_CONNECTED: ({ options, outputs }) => {
    if ((options["weightsFormat"] ?? 0) !== 0) return "weights-format";
    return outerSizes(outputs[0], 1).every((size) => size === 1) ? null : "one-dimensional-output";
  },
  L2_NORMALIZATION: always,
  LOGISTIC: always,
  UNIDIRECTIONAL_SEQUENCE_LSTM: always,
  MAXIMUM: always,
  MAX_POOL_2D: noActivation,
  MEAN: (operator) => notAlongBatch(operator) ?? channelsOfFour(operator),
  MINIMUM: always,
  MUL: always,
  PACK: ({ options, outputs }) => {
    const axis = Number(options["axis"] ?? 0);
    return axis === 0 || axis + (outputs[0]?.shape.length ?? 0) === 0 ? "batch-axis" : null;
  },
  PAD: (operator) => (paddedAxes(operator).includes(0) ? "batch-axis" : null),
  PRELU: ({ inputs }) => (outerSizes(inputs[1], 1).every((size) => size === 1) ? null : "shared-slopes"),
  QUANTIZE: always,
  REDUCE_MAX: notAlongBatch,
  REDUCE_MIN: notAlongBatch,
  RELU: always,
  RELU6: always,
  RELU_N1_TO_1: always,
  RESHAPE: always,
  RESIZE_BILINEAR: always,
  RESIZE_NEAREST_NEIGHBOR: always,
  RSQRT: always,
  SLICE: always,
  SOFTMAX: ({ inputs }) => {
    const [input] = inputs;
    return outerSizes(input, 1).every((size) => size === 1) && (input?.shape.at(-1) ?? 0) <= 16_000 ? null : "one-dimensional-input";
  },
  SPACE_TO_DEPTH: always,
  SPLIT: ({ inputs }) => {
    const [axis = 0] = integersOf(inputs[0]);
    return axis === 0 || axis + (inputs[1]?.shape.length ?? 0) === 0 ? "batch-axis" : null;
  },
  SQUEEZE: always,
  STRIDED_SLICE: ({ inputs, options }) => {
    const strides = integersOf(inputs[3]);
    const masked = (options["ellipsisMask"] ?? 0) !== 0 || (options["newAxisMask"] ?? 0) !== 0;
    return strides.every((stride) => stride === 1) && !masked ? null : "strides";
  },
  SUB: always,
  SUM: notAlongBatch,
  SQUARED_DIFFERENCE: always,
  TANH: always,
  TRANSPOSE: always,
  TRANSPOSE_CONV: always,
};

/** Of these the list says that large ones might stay on the CPU, and not how large. */
const DEPENDS_ON_SIZE = new Set(["RESHAPE", "RESIZE_BILINEAR", "RESIZE_NEAREST_NEIGHBOR"]);

export function dependsOnSize({ kind }: OperatorFacts): boolean {
  return DEPENDS_ON_SIZE.has(kind);
}

/** Inputs that hold weights, by operator. They must be constant. */
const WEIGHTS: Readonly<Record<string, readonly number[]>> = {
  CONV_2D: [1, 2],
  DEPTHWISE_CONV_2D: [1, 2],
  FULLY_CONNECTED: [1, 2],
  TRANSPOSE_CONV: [1, 3],
  PRELU: [1],
};

/** Inputs that say where and how much: axes, sizes, amounts. They must be constant too, for sizes to be known when it is compiled. */
const SETTINGS: Readonly<Record<string, readonly number[]>> = {
  EXPAND_DIMS: [1],
  MEAN: [1],
  PAD: [1],
  REDUCE_MAX: [1],
  REDUCE_MIN: [1],
  RESHAPE: [1],
  RESIZE_BILINEAR: [1],
  RESIZE_NEAREST_NEIGHBOR: [1],
  SLICE: [1, 2],
  SPLIT: [0],
  STRIDED_SLICE: [1, 2, 3],
  SUM: [1],
  TRANSPOSE: [1],
  TRANSPOSE_CONV: [0],
};

/** Constants that the operator calculates with, in the file's bytes. */
export function parametersOf({ kind, inputs }: OperatorFacts): readonly TensorFacts[] {
  const settings = SETTINGS[kind] ?? [];
  return inputs.flatMap((input, index) => (input === null || input.content === null || settings.includes(index) ? [] : [input]));
}

/** Whether weights are the result of another operator. */
export function calculatesWeights({ kind, inputs }: OperatorFacts): boolean {
  return (WEIGHTS[kind] ?? []).some((index) => isCalculated(inputs[index]));
}

function isCalculated(tensor: TensorFacts | null | undefined): boolean {
  return tensor !== null && tensor !== undefined && tensor.content === null;
}

/** Why the compiler would not map this operator by itself; null where it would. */
export function ownReason(operator: OperatorFacts): CpuReason | null {
  const rule = EDGE_TPU_OPERATORS[operator.kind];
  // Not in the list either, and logged as "working on an unsupported data type".
  if (operator.kind === "DEQUANTIZE") return { code: "NOT_INTEGER", type: operator.outputs[0]?.type ?? "FLOAT32" };
  if (rule === undefined) return { code: "NOT_SUPPORTED" };
  const parameters = [...(WEIGHTS[operator.kind] ?? []), ...(SETTINGS[operator.kind] ?? [])];
  // An LSTM's state is 16-bit by TFLite's own rules, and no tensor between operators.
  const isData = (index: number): boolean => (operator.kind === "UNIDIRECTIONAL_SEQUENCE_LSTM" ? index === 0 : !parameters.includes(index));
  const data = [
    ...operator.inputs.filter((input, index) => input !== null && isData(index) && input.type !== "INT32"),
    ...operator.outputs,
  ];
  for (const tensor of data) {
    if (tensor === null) continue;
    if (tensor.isDynamic) return { code: "DYNAMIC_SHAPE" };
    if (tensor.type !== "INT8" && tensor.type !== "UINT8") return { code: "NOT_INTEGER", type: tensor.type };
    if (outerSizes(tensor, 3).some((size) => size !== 1)) return { code: "TOO_MANY_AXES", shape: [...tensor.shape] };
  }
  if (parameters.some((index) => isCalculated(operator.inputs[index]))) return { code: "CALCULATED_PARAMETERS" };
  const limitation = rule(operator);
  return limitation === null ? null : { code: "LIMITATION", limitation };
}

/** The sizes in front of the last `kept` axes. */
function outerSizes(tensor: TensorFacts | null | undefined, kept: number): readonly number[] {
  return tensor?.shape.slice(0, Math.max(0, tensor.shape.length - kept)) ?? [];
}

/** A constant concatenated with data may only be zeros, which is padding: of quantised tensors the zero point's integer. */
function constantOperands({ inputs }: OperatorFacts): EdgeTpuLimitation | null {
  const constants = inputs.flatMap((input) => (input === null || input.content === null ? [] : [{ ...input, content: input.content }]));
  if (constants.length === 0) return null;
  const areZeros = constants.every(({ content, zeroPoint }) => content.every((byte) => byte === (zeroPoint & 0xff)));
  return inputs.length === 2 && areZeros ? null : "constant-operand";
}

/** The mean over channels, the last axis of an image, wants a multiple of four of them. */
function channelsOfFour(operator: OperatorFacts): EdgeTpuLimitation | null {
  const shape = operator.inputs[0]?.shape ?? [];
  const last = shape.length - 1;
  return shape.length > 1 && axesOf(operator).includes(last) && (shape[last] ?? 0) % 4 !== 0 ? "channels-of-four" : null;
}

/** The 32-bit integers of a constant. */
function integersOf(tensor: TensorFacts | null | undefined): readonly number[] {
  const bytes = tensor?.content ?? new Uint8Array();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: Math.floor(bytes.byteLength / 4) }, (_, index) => view.getInt32(index * 4, true));
}

function axesOf({ inputs }: OperatorFacts): readonly number[] {
  const rank = inputs[0]?.shape.length ?? 0;
  return integersOf(inputs[1]).map((axis) => (axis < 0 ? axis + rank : axis));
}

function paddedAxes({ inputs }: OperatorFacts): readonly number[] {
  const amounts = integersOf(inputs[1]);
  return Array.from({ length: amounts.length / 2 }, (_, axis) => axis).filter(
    (axis) => (amounts[axis * 2] ?? 0) !== 0 || (amounts[axis * 2 + 1] ?? 0) !== 0,
  );
}
